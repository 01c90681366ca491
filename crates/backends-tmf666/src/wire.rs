//! What of TMF666 the model does not have: the error body.

use backends_http::Reply;
use backends_http::lenient::Lenient;
use serde::Deserialize;
use tmf666_model::Text;

/// TMF666 v4.0.0 `Error`. Its `reason` and `message` are written for people and may quote values, so they are not read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    code: Lenient<Text>,
}

/// The HTTP status, and the server's own code beside it where it has one that is safe to show.
pub(crate) fn reason(reply: &Reply) -> String {
    let code = backends_http::decode_json::<ErrorBody>(reply).ok().and_then(|body| body.code.0);
    match code.filter(|code| is_code(code) && code.as_str() != reply.status.as_str()) {
        Some(code) => format!("{}, code {code}", reply.status),
        None => reply.status.to_string(),
    }
}

/// A code is short and has no blanks; anything else may be a sentence about somebody.
fn is_code(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
