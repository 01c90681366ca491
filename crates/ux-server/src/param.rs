//! Parameters as data: one constant is what the parser obeys, what an error names and what the OpenAPI document says.

use http::{HeaderMap, HeaderName};
use tmf666_model::Text;
use tmf666_model::codes::{BusinessUnit, CodeTable, Lob};

use crate::error::ApiError;

/// Where a parameter stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A `{name}` of the path template.
    Path,
    /// The query string.
    Query,
    /// The headers.
    Header,
}

/// One documented parameter whose values are read as `T`.
pub struct Param<T: 'static> {
    name: &'static str,
    alias: Option<&'static str>,
    place: Place,
    required: bool,
    secret: bool,
    kind: Kind<T>,
    description: &'static str,
    example: &'static str,
}

/// Which codes of a table a parameter takes.
type Accepted<T> = fn(&T) -> bool;

/// How the values are read.
enum Kind<T: 'static> {
    Table { read: fn(&str) -> Option<T>, accepted: Accepted<T>, codes: fn(Accepted<T>) -> Vec<Code> },
    Codes { read: fn(&str) -> Option<T>, allowed: fn() -> Vec<Code> },
    Pattern { read: fn(&str) -> Option<T>, pattern: &'static str },
}

/// One value of an enumerated parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The value as it is sent.
    pub value: &'static str,
    /// What it means.
    pub documentation: &'static str,
}

/// What a parameter's values look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One of these, in this spelling.
    Codes(Vec<Code>),
    /// Text that matches this regular expression (ECMA-262, as in OpenAPI).
    Pattern(&'static str),
}

/// A parameter without its type: what the OpenAPI document needs.
pub trait AnyParam: Sync {
    /// The documented name.
    fn name(&self) -> &'static str;
    /// A second name that callers use for the same parameter.
    fn alias(&self) -> Option<&'static str>;
    /// Path, query or header.
    fn place(&self) -> Place;
    /// Whether every request of the operation needs it.
    fn is_required(&self) -> bool;
    /// What its values look like.
    fn shape(&self) -> Shape;
    /// What it means, for the caller.
    fn description(&self) -> &'static str;
    /// A value that works in the sandbox.
    fn example(&self) -> &'static str;
}

impl<T: CodeTable> Param<T> {
    /// A parameter that takes every code of a table.
    pub const fn code(place: Place, name: &'static str) -> Self {
        Self::code_where(place, name, |_| true)
    }

    /// A parameter that takes those codes of a table that `accepted` holds for.
    pub const fn code_where(place: Place, name: &'static str, accepted: fn(&T) -> bool) -> Self {
        let read = |text: &str| T::try_parse(text).ok();
        let codes = |accepted: Accepted<T>| T::known().iter().filter(|code| accepted(code)).map(code).collect();
        Self::new(place, name, Kind::Table { read, accepted, codes })
    }
}

/// One line of a table as an enumerated value.
fn code<T: CodeTable>(known: &'static T) -> Code {
    Code { value: known.as_str(), documentation: known.documentation().unwrap_or_default() }
}

impl Param<Text> {
    /// A parameter that takes 1 to 64 characters, none of them a control character. Nothing is trimmed or padded.
    pub const fn text(place: Place, name: &'static str) -> Self {
        Self::pattern(place, name, r"^[^\u0000-\u001F\u007F]{1,64}$", |text| {
            let fits = !text.chars().any(|c| c.is_ascii_control()) && (1..=64).contains(&text.chars().count());
            fits.then(|| Text::from(text))
        })
    }
}

impl Param<bool> {
    /// A parameter that takes `true` or `false`.
    pub const fn boolean(place: Place, name: &'static str) -> Self {
        Self::new(
            place,
            name,
            Kind::Codes {
                read: |text| text.parse().ok(),
                allowed: || ["true", "false"].map(|value| Code { value, documentation: "" }).to_vec(),
            },
        )
    }
}

impl<T> Param<T> {
    /// A parameter whose values match `pattern`; `read` decides it and returns `None` for every text that does not.
    pub const fn pattern(place: Place, name: &'static str, pattern: &'static str, read: fn(&str) -> Option<T>) -> Self {
        Self::new(place, name, Kind::Pattern { read, pattern })
    }

    /// A parameter that takes the codes that `allowed` lists, and `read` knows.
    pub const fn codes(place: Place, name: &'static str, allowed: fn() -> Vec<Code>, read: fn(&str) -> Option<T>) -> Self {
        Self::new(place, name, Kind::Codes { read, allowed })
    }

    const fn new(place: Place, name: &'static str, kind: Kind<T>) -> Self {
        Self { name, alias: None, place, required: true, secret: false, kind, description: "", example: "" }
    }

    /// The same parameter, which a request may leave out.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same parameter, whose values are repeated in no error.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The same parameter with a second name.
    #[must_use]
    pub const fn also(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    /// The same parameter with what the documents say about it.
    #[must_use]
    pub const fn about(mut self, description: &'static str, example: &'static str) -> Self {
        self.description = description;
        self.example = example;
        self
    }

    /// Reads one value that was sent.
    pub(crate) fn read(&self, text: &str) -> Result<T, ApiError> {
        let value = match &self.kind {
            Kind::Table { read, accepted, .. } => read(text).filter(accepted),
            Kind::Codes { read, .. } | Kind::Pattern { read, .. } => read(text),
        };
        value.ok_or_else(|| self.refuse(text))
    }

    /// The error for a value that this request must not send, although the parameter takes it elsewhere.
    #[cold]
    pub fn refuse(&self, text: &str) -> ApiError {
        let expected = match &self.kind {
            Kind::Table { .. } | Kind::Codes { .. } => format!("{text} is not a valid enum value"),
            Kind::Pattern { pattern, .. } if self.secret => return self.refuse_expecting(&format!("pattern {pattern}")),
            Kind::Pattern { pattern, .. } => format!("expected pattern {pattern}"),
        };
        ApiError::bad_request(format!("Invalid value '{text}' for {}. {expected}", self.place_and_name()))
    }

    /// The error for a value that is not what `expected` says; the value is not repeated.
    #[cold]
    pub fn refuse_expecting(&self, expected: &str) -> ApiError {
        ApiError::bad_request(format!("Invalid value for {}. expected {expected}", self.place_and_name()))
    }

    /// The error for a request that needs the parameter and does not send it.
    #[cold]
    pub fn missing(&self) -> ApiError {
        ApiError::bad_request(format!("Required {} not specified", self.place_and_name()))
    }

    #[cold]
    pub(crate) fn repeated(&self) -> ApiError {
        let place = match self.place {
            Place::Path => "Uri parameter",
            Place::Query => "Query parameter",
            Place::Header => "Header",
        };
        ApiError::bad_request(format!("{place} {} is not repeatable", self.name))
    }

    #[cold]
    pub(crate) fn wrongly_encoded(&self, raw: &str) -> ApiError {
        if self.secret {
            return self.refuse_expecting("percent-encoded UTF-8");
        }
        ApiError::bad_request(format!("Invalid value '{raw}' for {}. expected percent-encoded UTF-8", self.place_and_name()))
    }

    fn place_and_name(&self) -> String {
        match self.place {
            Place::Path => format!("uri parameter {}", self.name),
            Place::Query => format!("query parameter {}", self.name),
            Place::Header => format!("header '{}'", self.name),
        }
    }

    /// The only value sent under the parameter's names, if any.
    pub(crate) fn find_header<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a [u8]>, ApiError> {
        let mut values = self.header_values(headers);
        let only = values.next();
        if values.next().is_some() { Err(self.repeated()) } else { Ok(only) }
    }

    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        self.header_values(headers).next().is_some()
    }

    /// The values sent under the parameter's names, in the order that they came in.
    pub(crate) fn header_values<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a [u8]> {
        let names = [Some(self.name), self.alias];
        let is_this = move |name: &HeaderName| names.iter().flatten().any(|known| name.as_str().eq_ignore_ascii_case(known));
        headers.iter().filter(move |(name, _)| is_this(name)).map(|(_, value)| value.as_bytes())
    }

    /// The only value sent under the parameter's names, if any.
    pub(crate) fn find_pair<'a>(&self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Option<&'a str>, ApiError> {
        let mut found = None;
        for (name, value) in pairs {
            if (name == self.name || Some(name) == self.alias) && found.replace(value).is_some() {
                return Err(self.repeated());
            }
        }
        Ok(found)
    }
}

impl<T> AnyParam for Param<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn alias(&self) -> Option<&'static str> {
        self.alias
    }

    fn place(&self) -> Place {
        self.place
    }

    fn is_required(&self) -> bool {
        self.required
    }

    fn shape(&self) -> Shape {
        match &self.kind {
            Kind::Table { accepted, codes, .. } => Shape::Codes(codes(*accepted)),
            Kind::Codes { allowed, .. } => Shape::Codes(allowed()),
            Kind::Pattern { pattern, .. } => Shape::Pattern(pattern),
        }
    }

    fn description(&self) -> &'static str {
        self.description
    }

    fn example(&self) -> &'static str {
        self.example
    }
}

/// `{businessId}` of every path.
pub const BUSINESS_ID: Param<BusinessUnit> =
    Param::code(Place::Path, "businessId").about("Business unit: the two letter country code of the market, in capitals.", "PR");

/// The `lob` header, required. Channels that may do without it declare `LOB.optional()`.
pub const LOB: Param<Lob> = Param::code(Place::Header, "lob").about("Line of business.", "FIXED");

/// The `client_id` header of every operation.
pub const CLIENT_ID: Param<Text> = Param::text(Place::Header, "client_id").about("Identifies the calling client.", "demo");

/// The `client_secret` header of every operation.
pub const CLIENT_SECRET: Param<Text> =
    Param::text(Place::Header, "client_secret").about("The secret that belongs to client_id.", "demo-secret");

/// What every request is authenticated by.
pub(crate) const CREDENTIALS: [&dyn AnyParam; 2] = [&CLIENT_ID, &CLIENT_SECRET];

/// The correlation id that every operation accepts; a channel whose document binds a pattern declares its own
/// ([`Channel::CORRELATION_ID`](crate::Channel::CORRELATION_ID)).
pub const CORRELATION_ID: Param<()> =
    Param::pattern(Place::Header, "X-Correlation-ID", "^[\\x21-\\x7E]{1,128}$", |text| is_visible_ascii(text).then_some(()))
        .also("Correlation-ID")
        .optional()
        .about(
            "Ties together the log entries of one call chain. One is made where it is missing; every answer carries it.",
            "644e1dd7-2a7f-18fb-b8ed-ed78c3f92c2b",
        );

fn is_visible_ascii(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
