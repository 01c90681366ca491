//! One request as a simulated system sees it, and its answer.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;

/// A request whose body has arrived completely.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The path, still percent-encoded.
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// The path's segments, decoded; undecodable bytes become U+FFFD, which no account number contains.
    pub(crate) fn segments(&self) -> Vec<Cow<'_, str>> {
        self.path().trim_matches('/').split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect()
    }

    /// The query's pairs, decoded, in the order they came.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        form_pairs(self.uri.query().unwrap_or_default())
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.query().into_iter();
        pairs.find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A header as text; a value that is not text counts as absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The id of the call chain, by which a fault can be aimed at one request.
    pub(crate) fn correlation_id(&self) -> Option<&str> {
        self.header("x-correlation-id").or_else(|| self.header("x-request-id"))
    }
}

/// The pairs of a query or of an `application/x-www-form-urlencoded` body.
pub(crate) fn form_pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// What a simulated system answers.
pub(crate) struct Answer {
    /// The native operation, for the count of calls.
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    /// Headers beside the content type.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Answer {
    /// An answer of the given media type.
    pub(crate) fn new(operation: &'static str, status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { operation, status, content_type, headers: Vec::new(), body: body.into() }
    }

    /// An `application/json` answer.
    pub(crate) fn json(operation: &'static str, status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self::new(operation, status, "application/json", body)
    }

    /// A plain refusal by the HTTP server in front of a system: wrong path, method or media type.
    pub(crate) fn refusal(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Refused");
        Self::new("unknown", status, "text/plain", reason)
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// The HTTP status that a fault names as a system's native code; anything else means 500.
pub(crate) fn native_status(code: &str) -> StatusCode {
    let code = code.parse().unwrap_or_default();
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
