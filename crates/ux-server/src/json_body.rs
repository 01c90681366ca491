//! A JSON request body, read strictly: the first thing that does not fit is named by its place and by what was expected.
//!
//! Members that the type does not have are ignored, as TMF630 (part 1, on extensibility) wants it; a member that it has
//! may stand there once only. No value of the body is ever repeated in an error: it may be personal data.

use std::fmt;
use std::marker::PhantomData;

use backends_http::Cause;
use http::HeaderMap;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};

use crate::error::ApiError;
use crate::param::{Param, Place};
use crate::request::Headers;

/// The header that says what a body is: JSON, whatever its parameters, or a type built on it (`application/merge-patch+json`).
const CONTENT_TYPE: Param<()> =
    Param::pattern(Place::Header, "Content-Type", "^application/([a-z0-9.-]+\\+)?json", |text| is_json(text).then_some(()));

/// The body of a request whose media type is JSON. Nothing of it has been read yet.
#[derive(Clone, Copy)]
pub struct JsonBody<'a>(&'a [u8]);

impl<'a> JsonBody<'a> {
    pub(crate) fn new(headers: &HeaderMap, body: &'a [u8]) -> Result<Self, ApiError> {
        Headers::new(headers).required(&CONTENT_TYPE)?;
        Ok(Self::from_bytes(body))
    }

    /// A body that did not come with a request.
    pub fn from_bytes(body: &'a [u8]) -> Self {
        Self(body)
    }

    /// Reads the body, which is an object, as a `T`, which may borrow from it.
    ///
    /// # Errors
    /// 400 that names the first place that does not fit, as a JSON path: `$.contact[0].contactMedium`.
    pub fn read<T: Deserialize<'a>>(&self) -> Result<T, ApiError> {
        let mut json = serde_json::Deserializer::from_slice(self.0);
        let Object(value) = serde_path_to_error::deserialize(&mut json).map_err(|failure| refusal(failure.path(), failure.inner()))?;
        json.end().map_err(|failure| not_json(&failure))?;
        Ok(value)
    }

    /// The error for a member that fits its type and still is not right; `expected` completes "expected …".
    #[cold]
    pub fn refuse(place: &str, expected: &str) -> ApiError {
        ApiError::bad_request(format!("Invalid value at {place}. expected {expected}"))
    }

    /// The error for a member that this request needs and does not have.
    #[cold]
    pub fn missing(place: &str) -> ApiError {
        ApiError::bad_request(format!("Required member {place} not specified"))
    }
}

/// A `T` that is written as a JSON object. serde alone would take a list for it too, its items in the order of the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

/// A list of one item, where TMF666 has a list and the channel documents a single entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlyOne<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OnlyOne<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(OnlyOneVisitor(PhantomData))
    }
}

struct OnlyOneVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OnlyOneVisitor<T> {
    type Value = OnlyOne<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of one item")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let only = items.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        match items.next_element::<IgnoredAny>()? {
            None => Ok(OnlyOne(only)),
            Some(_) => Err(A::Error::invalid_length(2, &self)),
        }
    }
}

/// `application/json`, or another type with JSON's syntax (RFC 6839), such as `application/merge-patch+json`.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.strip_prefix("application/").is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

#[cold]
fn refusal(path: &Path, failure: &serde_json::Error) -> ApiError {
    if !failure.is_data() {
        return not_json(failure);
    }
    let place = json_path(path);
    // serde's own messages; those of types that read themselves follow its pattern.
    let message = failure.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let field = |start: &str| message.strip_prefix(start).and_then(|rest| rest.split('`').next());
    if let Some(missing) = field("missing field `") {
        return JsonBody::missing(&format!("{place}.{missing}"));
    }
    if let Some(repeated) = field("duplicate field `") {
        let place = place.strip_suffix(&format!(".{repeated}")).unwrap_or(&place);
        return ApiError::bad_request(format!("Member {place}.{repeated} is not repeatable"));
    }
    let expected = message.split_once(", expected ").map_or("another value", |(_, expected)| expected);
    JsonBody::refuse(&place, if expected == "a sequence" { "a list" } else { expected })
}

#[cold]
fn not_json(failure: &serde_json::Error) -> ApiError {
    let place = format!("line {}, column {}", failure.line(), failure.column());
    ApiError::bad_request(format!("Invalid body at {place}. expected JSON")).caused_by(Cause::from(place))
}

fn json_path(path: &Path) -> String {
    let mut text = String::from("$");
    for segment in path.iter() {
        match segment {
            Segment::Map { key } => {
                text.push('.');
                text.push_str(key);
            }
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Order {
        id: String,
        #[serde(default)]
        items: Vec<Object<Item>>,
        #[serde(default)]
        place: Option<OnlyOne<String>>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Item {
        #[serde(rename = "@type")]
        kind: String,
        #[serde(default)]
        count: u8,
    }

    fn read(media_type: Option<&'static str>, body: &str) -> String {
        let mut headers = HeaderMap::new();
        if let Some(media_type) = media_type {
            headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        let outcome = JsonBody::new(&headers, body.as_bytes()).and_then(|body| body.read::<Order>());
        match outcome {
            Ok(_) => "read".to_owned(),
            Err(error) => format!("{} {}", error.status().as_u16(), error.into_description()),
        }
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place() {
        let table = [
            r#"{"id": "1", "more": {"x": [1, 2]}, "items": [{"@type": "a"}]}"#,
            r#"{}"#,
            r#"[]"#,
            r#"["1"]"#,
            r#"{"id": "1", "items": [["a", 1]]}"#,
            r#"{"id": "1", "place": ["a"]}"#,
            r#"{"id": "1", "place": []}"#,
            r#"{"id": "1", "place": ["a", "b"]}"#,
            r#"{"id": "1", "place": [1]}"#,
            r#"{"id": "1", "place": {}}"#,
            r#"{"id": null}"#,
            r#"{"id": 7}"#,
            r#"{"id": "secret", "items": "secret"}"#,
            r#"{"id": "1", "items": [{"@type": "a"}, {"count": 1}]}"#,
            r#"{"id": "1", "items": [{"@type": "a", "count": 300}]}"#,
            r#"{"id": "1", "items": [{"@type": "a", "@type": "secret"}]}"#,
            r#"{"id": "1", "id": "2"}"#,
            r#"{"id": "1"} {}"#,
            r#"{"id": "secret"#,
            "",
            "secret",
        ];
        let lines: Vec<_> = table.iter().map(|body| format!("{body}\n  {}", read(Some("application/json"), body))).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    const PATTERN: &str = r"^application/([a-z0-9.-]+\+)?json";

    #[test]
    fn the_media_type_is_json() {
        for right in ["application/json", "application/JSON; charset=utf-8", "application/merge-patch+json"] {
            assert_eq!(read(Some(right), r#"{"id": "1"}"#), "read", "{right}");
        }
        for wrong in ["text/plain", "text/json", "application/jsonx", "application/x-www-form-urlencoded", "json", ""] {
            let expected = format!("400 Invalid value '{wrong}' for header 'Content-Type'. expected pattern {PATTERN}");
            assert_eq!(read(Some(wrong), r#"{"id": "1"}"#), expected, "{wrong}");
        }
        assert_eq!(read(None, "{}"), "400 Required header 'Content-Type' not specified");
    }

    #[test]
    fn depth_is_bounded() {
        let body = format!(r#"{{"id": {}"#, "[".repeat(100_000));
        assert!(read(Some("application/json"), &body).starts_with("400 "));
        let body = format!(r#"{{"id": "1", "more": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(["read", "400 Invalid body"].iter().any(|start| read(Some("application/json"), &body).starts_with(start)));
    }
}
