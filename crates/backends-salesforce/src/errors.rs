//! Salesforce's error codes: the one table of what they mean here.

use std::borrow::Cow;

use backends_http::{BackendError, Outage, Reply, decode_json};
use http::StatusCode;

use crate::wire::{Failure, Part, Value};

/// A token that is not valid any more; the one failure that a new token cures.
const SESSION_ENDED: &str = "INVALID_SESSION_ID";

/// A part that was rolled back because of another one says nothing of its own.
const ROLLED_BACK: &str = "PROCESSING_HALTED";

/// Whether the answer says that the token has ended.
pub(crate) fn session_has_ended(reply: &Reply) -> bool {
    reply.status == StatusCode::UNAUTHORIZED && first_code(reply).as_deref() == Some(SESSION_ENDED)
}

/// Passes a success and names the failure of everything else.
pub(crate) fn require_success(reply: &Reply) -> Result<(), BackendError> {
    match reply.status.as_u16() {
        // A choice between several records is no answer.
        300 => Err(ambiguous(reply)),
        200..=299 => Ok(()),
        status => Err(match first_code(reply) {
            Some(code) => meaning(reply, status, &code),
            // Not Salesforce's own words: something in front of it, or a wrong address.
            None if status == 429 => reply.unavailable(Outage::RateLimited),
            None if status < 500 => reply.misconfigured(reply.status.to_string()),
            None => reply.unavailable(Outage::SystemDown),
        }),
    }
}

/// Passes a composite request whose parts all succeeded.
pub(crate) fn require_all(reply: &Reply, parts: &[Part<'_>]) -> Result<(), BackendError> {
    if parts.iter().all(has_succeeded) { Ok(()) } else { Err(culprit(reply, parts)) }
}

/// What the part means that made a composite request fail: the others were rolled back because of it.
pub(crate) fn culprit(reply: &Reply, parts: &[Part<'_>]) -> BackendError {
    let failed = || parts.iter().filter(|part| !has_succeeded(part));
    let culprit = failed().find(|part| part_code(part) != Some(ROLLED_BACK)).or_else(|| failed().next());
    match culprit.map(|part| (part.status, part_code(part))) {
        Some((300, _)) => ambiguous(reply),
        Some((status, Some(code))) => meaning(reply, status, code),
        _ => reply.malformed("compositeResponse"),
    }
}

fn has_succeeded(part: &Part<'_>) -> bool {
    (200..=299).contains(&part.status)
}

fn part_code<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    let Value::List(failures) = &part.body else { return None };
    let Some(Value::Record(failure)) = failures.first() else { return None };
    match failure.get("errorCode") {
        Some(Value::Text(code)) => Some(code),
        _ => None,
    }
}

fn first_code(reply: &Reply) -> Option<Cow<'_, str>> {
    let failures: Vec<Failure<'_>> = decode_json(reply).ok()?;
    failures.into_iter().next().map(|failure| failure.code)
}

fn ambiguous(reply: &Reply) -> BackendError {
    reply.misconfigured("an external id belongs to several records")
}

/// Codes that say what is wrong with a value of the caller's.
const CALLERS: [&str; 8] = [
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "FIELD_INTEGRITY_EXCEPTION",
    "INVALID_EMAIL_ADDRESS",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "NUMBER_OUTSIDE_VALID_RANGE",
    "REQUIRED_FIELD_MISSING",
    "STRING_TOO_LONG",
    "INVALID_CROSS_REFERENCE_KEY",
];

fn meaning(reply: &Reply, status: u16, code: &str) -> BackendError {
    match code {
        "NOT_FOUND" | "ENTITY_IS_DELETED" => reply.not_found(),
        "REQUEST_LIMIT_EXCEEDED" => reply.unavailable(Outage::RateLimited),
        // Two requests that create the same record at once: the second finds it made, so it is worth asking again.
        "UNABLE_TO_LOCK_ROW" | "DUPLICATE_VALUE" => reply.unavailable(Outage::Busy),
        "SERVER_UNAVAILABLE" | "UNKNOWN_EXCEPTION" | "QUERY_TIMEOUT" => reply.unavailable(Outage::SystemDown),
        _ if status >= 500 => reply.unavailable(Outage::SystemDown),
        code if CALLERS.contains(&code) => reply.rejected(printable(code)),
        // MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE, INSUFFICIENT_ACCESS and their like: our query, our names, our rights.
        code => reply.misconfigured(printable(code)),
    }
}

/// The code, if it is one: it goes into a log line.
pub(crate) fn printable(code: &str) -> Cow<'static, str> {
    let is_code = code.len() <= 80 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_code { Cow::Owned(code.to_owned()) } else { Cow::Borrowed("a code that is none") }
}
