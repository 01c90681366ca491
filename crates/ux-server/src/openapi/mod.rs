//! The OpenAPI 3.1 document of a channel, made from the data and types that serve.
//!
//! Examples are raw JSON, so that their digits stay as the channel's documents print them.

mod answers;
mod parameters;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::channel::Channel;
use crate::operation::{BodySpec, Endpoint, RequestExample};

/// The channel's OpenAPI 3.1 document: JSON with a line end behind it.
pub fn document<C: Channel>() -> String {
    let mut generator = generator("/components/schemas");
    let mut paths: Object<Object<Box<RawValue>>> = Object::new();
    for endpoint in C::operations() {
        let operation = operation::<C>(&endpoint, &mut generator);
        let method = endpoint.spec.method.as_str().to_ascii_lowercase();
        paths.entry(endpoint.spec.path).push(method, &operation);
    }
    let components = components::<C>(&mut generator);
    let document = Object::new()
        .with("openapi", &"3.1.0")
        .with("info", &info::<C>())
        .with("servers", &json!([{ "url": C::BASE_PATH }]))
        .with("security", &json!([{ "client_id": [], "client_secret": [] }]))
        .with("paths", &paths)
        .with("components", &components);
    pretty(&serde_json::to_string(&document).expect("text and numbers always serialise"))
}

/// A generator of JSON Schema 2020-12 whose definitions stand at `path`, as the published schemas are made.
fn generator(path: &'static str) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = path.into());
    settings.with_transform(RecursiveTransform(leave_out_defaults)).into_generator()
}

/// That a member which may be missing is nothing by default says nothing; generators of clients would take it for an
/// assurance that the member is always there.
fn leave_out_defaults(schema: &mut Schema) {
    schema.remove("default");
}

fn info<C: Channel>() -> Value {
    json!({
        "title": C::TITLE,
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Billing accounts after TM Forum's TMF666 v4.0.0, read from and changed in the billing systems behind this channel. \
            Every operation takes the headers client_id and client_secret. The first thing that is wrong with a request is its answer, \
            with one entry in `errors`. Headers and query parameters that are sent twice are refused, unknown ones ignored.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    })
}

fn operation<C: Channel>(endpoint: &Endpoint<C>, generator: &mut SchemaGenerator) -> Object<Box<RawValue>> {
    let spec = &endpoint.spec;
    let mut operation =
        Object::new().with("operationId", &spec.name).with("summary", &spec.summary).with("parameters", &parameters::of::<C>(endpoint));
    if let Some(body) = &endpoint.published.body {
        operation = operation.with("requestBody", &request_body(body, spec.examples, generator));
    }
    operation
        .with("responses", &answers::of::<C>(endpoint, generator))
        .with("x-requests", &spec.examples.iter().map(request).collect::<Vec<_>>())
}

fn request_body(body: &BodySpec, examples: &[RequestExample], generator: &mut SchemaGenerator) -> Object<Box<RawValue>> {
    let examples = examples.iter().filter_map(|example| Some((example.title, raw(example.body?))));
    Object::new()
        .with("required", &true)
        .with("description", &body.description)
        .with("content", &content(&(body.schema)(generator), examples))
}

/// A request that works in the sandbox, as the documentation page offers it.
fn request(example: &RequestExample) -> Object<Box<RawValue>> {
    let mut headers = Object::new();
    for (name, value) in example.headers {
        headers = headers.with(*name, value);
    }
    let request = Object::new().with("title", &example.title).with("target", &example.target).with("headers", &headers);
    match example.body {
        Some(body) => request.with("body", &raw(body)),
        None => request,
    }
}

fn components<C: Channel>(generator: &mut SchemaGenerator) -> Object<Box<RawValue>> {
    let responses = answers::shared::<C>(generator);
    let mut security = Object::new();
    for param in crate::param::CREDENTIALS {
        let scheme = json!({ "type": "apiKey", "in": "header", "name": param.name(), "description": param.description() });
        security = security.with(param.name(), &scheme);
    }
    Object::new()
        .with("schemas", &generator.take_definitions(true))
        .with("responses", &responses)
        .with("headers", &answers::headers::<C>())
        .with("securitySchemes", &security)
}

/// `content` of a JSON body.
fn content<'a>(schema: &Schema, examples: impl Iterator<Item = (&'a str, Box<RawValue>)>) -> Object<Box<RawValue>> {
    let mut named = Object::new();
    for (title, value) in examples {
        named = named.with(slug(title), &Object::new().with("summary", &title).with("value", &value));
    }
    let mut media = Object::new().with("schema", schema);
    if !named.is_empty() {
        media = media.with("examples", &named);
    }
    Object::new().with("application/json", &media)
}

fn raw(json: &str) -> Box<RawValue> {
    serde_json::from_str(json).expect("an example is JSON")
}

/// The same JSON on lines, as serde_json would write it, but with the digits of numbers as they are.
fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    let mut rest = json.chars().peekable();
    while let Some(c) = rest.next() {
        if in_text {
            out.push(c);
            in_text = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => {
                in_text = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while rest.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = rest.next_if(|c| matches!(c, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth -= 1;
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out.push('\n');
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A title as a key: `A fixed-line account` becomes `a-fixed-line-account`.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// A JSON object whose members keep the order in which they were added.
struct Object<T>(Vec<(String, T)>);

impl<T> Object<T> {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn entry(&mut self, name: &str) -> &mut T
    where
        T: Default,
    {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.0.push((name.to_owned(), T::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl Object<Box<RawValue>> {
    fn with(mut self, name: impl Into<String>, value: &(impl Serialize + ?Sized)) -> Self {
        self.push(name, value);
        self
    }

    fn push(&mut self, name: impl Into<String>, value: &(impl Serialize + ?Sized)) {
        self.0.push((name.into(), to_raw_value(value).expect("text and numbers always serialise")));
    }
}

impl<T: Serialize> Serialize for Object<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// The schema of `T` with everything that it needs, as a document of its own.
pub fn json_schema<T: JsonSchema>() -> Schema {
    generator("/$defs").into_root_schema_for::<T>()
}

/// The schema that `make` makes, as a document of its own.
pub(crate) fn root_schema(make: fn(&mut SchemaGenerator) -> Schema) -> Schema {
    let mut generator = generator("/$defs");
    let mut schema = make(&mut generator);
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), definitions.into());
    }
    schema
}
