//! From a path to the template it fits: a handful of templates, compared segment by segment.

use crate::channel::Channel;
use crate::operation::Endpoint;

/// Most segments and parameters that a template may have.
const MAX_SEGMENTS: usize = 6;

/// The operations of one channel by path template and method.
pub(crate) struct Router<C: Channel> {
    base: &'static str,
    routes: Vec<Route<C>>,
}

/// One path template with the operations that it has, one per method.
pub(crate) struct Route<C: Channel> {
    pub(crate) template: &'static str,
    segments: Vec<&'static str>,
    pub(crate) endpoints: Vec<(usize, Endpoint<C>)>,
    /// Value of the `Allow` header.
    pub(crate) allow: &'static str,
}

/// The raw values of a template's parameters, still percent-encoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Captures<'a> {
    pairs: [(&'static str, &'a str); MAX_SEGMENTS],
    len: usize,
}

impl<'a> Captures<'a> {
    fn none() -> Self {
        Self { pairs: [("", ""); MAX_SEGMENTS], len: 0 }
    }

    /// The value; empty if the template has no such parameter, which no parameter takes.
    pub(crate) fn get(&self, name: &str) -> &'a str {
        self.pairs[..self.len].iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }
}

impl<C: Channel> Router<C> {
    pub(crate) fn new() -> Self {
        let mut routes: Vec<Route<C>> = Vec::new();
        for (index, endpoint) in C::operations().into_iter().enumerate() {
            let template = endpoint.spec.path;
            match routes.iter_mut().find(|route| route.template == template) {
                Some(route) => route.endpoints.push((index, endpoint)),
                None => routes.push(Route {
                    template,
                    segments: template.split('/').skip(1).collect(),
                    endpoints: vec![(index, endpoint)],
                    allow: "",
                }),
            }
        }
        for route in &mut routes {
            assert!(route.segments.len() <= MAX_SEGMENTS, "{}: too many segments", route.template);
            let methods: Vec<_> = route.endpoints.iter().map(|(_, endpoint)| endpoint.spec.method.as_str()).collect();
            // One string per template for the life of the process.
            route.allow = methods.join(", ").leak();
        }
        Self { base: C::BASE_PATH, routes }
    }

    /// The path after the API's base; the whole path where it lies outside.
    pub(crate) fn after_base<'a>(&self, path: &'a str) -> &'a str {
        path.strip_prefix(self.base).filter(|rest| rest.starts_with('/')).unwrap_or(path)
    }

    /// The template that a path fits, with the values of its parameters.
    pub(crate) fn find<'a>(&self, path: &'a str) -> Option<(&Route<C>, Captures<'a>)> {
        let rest = path.strip_prefix(self.base)?.strip_prefix('/')?;
        self.routes.iter().find_map(|route| Some((route, route.matches(rest)?)))
    }
}

impl<C: Channel> Route<C> {
    fn matches<'a>(&self, rest: &'a str) -> Option<Captures<'a>> {
        let mut captures = Captures::none();
        let mut sent = rest.split('/');
        for expected in &self.segments {
            let segment = sent.next()?;
            match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !segment.is_empty() => {
                    captures.pairs[captures.len] = (name, segment);
                    captures.len += 1;
                }
                None if segment == *expected => {}
                _ => return None,
            }
        }
        sent.next().is_none().then_some(captures)
    }

    /// The operation for a method, with its number among the channel's operations.
    pub(crate) fn method(&self, method: &http::Method) -> Option<&(usize, Endpoint<C>)> {
        self.endpoints.iter().find(|(_, endpoint)| endpoint.spec.method.as_str() == method.as_str())
    }
}
