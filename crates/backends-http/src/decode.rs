//! Reading JSON answers.

use serde::Deserialize;

use crate::call::Reply;
use crate::error::BackendError;
use crate::json::{Json, NotRead};
use crate::wire::Wire;

/// Reads the body of `reply` as JSON into a wire struct.
///
/// Nesting is bounded (128 levels).
///
/// # Errors
/// [`BackendError::Malformed`] with the path of the first place that does not fit, and none of its values.
pub fn decode_wire<'a, T: Wire<'a>>(reply: &'a Reply) -> Result<T, BackendError> {
    read_json(&reply.body).map_or_else(|| decode_tracking_the_path(reply), Ok)
}

/// What [`decode_wire`] does first, and nearly always last: reads JSON, or says nothing about what is wrong with it.
pub fn read_json<'a, T: Wire<'a>>(json: &'a [u8]) -> Option<T> {
    read_json_with(json, T::read)
}

/// The same for what can be read only by somebody who knows more than its type.
pub fn read_json_with<'a, T: Default>(json: &'a [u8], read: impl FnOnce(&mut T, &mut Json<'a>) -> Result<(), NotRead>) -> Option<T> {
    let mut json = Json::new(std::str::from_utf8(json).ok()?);
    let mut value = T::default();
    read(&mut value, &mut json).and_then(|()| json.end()).ok()?;
    Some(value)
}

/// Reads the body of `reply` as JSON into anything that serde can read; it may borrow from the body.
///
/// # Errors
/// As for [`decode_wire`].
pub fn decode_json<'a, T: Deserialize<'a>>(reply: &'a Reply) -> Result<T, BackendError> {
    // Checking the text as a whole costs a fifth less than letting the library check every string of it.
    let value = std::str::from_utf8(&reply.body).ok().and_then(|json| serde_json::from_str(json).ok());
    value.map_or_else(|| decode_tracking_the_path(reply), Ok)
}

/// Reads the body a second time, slowly, to find out where it does not fit. serde_json has the last word.
#[cold]
fn decode_tracking_the_path<'a, T: Deserialize<'a>>(reply: &'a Reply) -> Result<T, BackendError> {
    let mut json = serde_json::Deserializer::from_slice(&reply.body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|failure| {
        let path = match failure.path().to_string() {
            root if root == "." => "$".to_owned(),
            path => path,
        };
        reply.malformed_because(path, JsonProblem::new(failure.inner()))
    })?;
    json.end().map_err(|failure| reply.malformed_because("$", JsonProblem::new(&failure)))?;
    Ok(value)
}

/// The JSON library's own message quotes the value that did not fit, so only its kind and place are kept.
#[derive(Debug, thiserror::Error)]
#[error("{kind} at line {line}, column {column}")]
struct JsonProblem {
    kind: &'static str,
    line: usize,
    column: usize,
}

impl JsonProblem {
    fn new(failure: &serde_json::Error) -> Self {
        Self {
            kind: match failure.classify() {
                serde_json::error::Category::Io => "unreadable",
                serde_json::error::Category::Syntax => "not JSON",
                serde_json::error::Category::Data => "another type or value than expected",
                serde_json::error::Category::Eof => "JSON that ends too early",
            },
            line: failure.line(),
            column: failure.column(),
        }
    }
}
