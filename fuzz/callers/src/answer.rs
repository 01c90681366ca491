//! What every answer has to be.

use serde_json::Value;

/// Longest answer body: the documentation page, which is embedded.
const LONGEST_BODY: usize = 4 << 20;

/// Every status that a channel has for a request of any kind, apart from 500: no request may lead there.
const STATUSES: &[u16] = &[200, 202, 400, 401, 403, 404, 405, 408, 413, 414, 429, 431, 501, 503];

/// Every header that a channel sends.
const HEADERS: &[&str] = &[
    "allow",
    "cache-control",
    "connection",
    "content-length",
    "content-security-policy",
    "content-type",
    "date",
    "ratelimit-limit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "ratelimit-reset",
    "referrer-policy",
    "ratelimit",
    "retry-after",
    "traceparent",
    "x-content-type-options",
    "x-correlation-id",
    "x-result-count",
    "x-total-count",
];

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) closes: bool,
    /// Bytes from its first to the end of its body.
    pub(crate) length: usize,
}

/// The answer at the beginning of `bytes`, checked; `None` while it is not whole.
///
/// # Panics
/// If it is no documented answer.
pub(crate) fn answer(bytes: &[u8], to_head: bool) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = str::from_utf8(&bytes[..end]).expect("a head in ASCII");
    let mut lines = head.split("\r\n");
    let status_line = lines.next().expect("a status line");
    let (version, rest) = status_line.split_at(9);
    assert!(matches!(version, "HTTP/1.1 " | "HTTP/1.0 "), "{status_line:?}");
    let status = rest[..3].parse().expect("a status");
    if status == 100 {
        let answer = answer(&bytes[end + 4..], to_head)?;
        return Some(Answer { length: end + 4 + answer.length, ..answer });
    }
    assert!(STATUSES.contains(&status), "{head}");
    let (mut length, mut closes, mut correlation, mut is_json) = (0, version == "HTTP/1.0 ", false, false);
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        assert!(HEADERS.contains(&name), "{line:?}");
        assert!(value.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line:?}");
        match name {
            "content-length" => length = value.parse().expect("a length"),
            "connection" => closes = value == "close",
            "content-type" => is_json = value == "application/json",
            "x-correlation-id" => correlation = (1..=128).contains(&value.len()),
            _ => {}
        }
    }
    assert!(correlation, "without a correlation id: {head}");
    assert!(length <= LONGEST_BODY, "{length} bytes");
    let length = end + 4 + if to_head { 0 } else { length };
    let body = bytes.get(end + 4..length)?;
    if is_json && !to_head {
        check_body(status, body);
    }
    Some(Answer { status, closes, length })
}

fn check_body(status: u16, body: &[u8]) {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    if status >= 400 {
        let errors = body["errors"].as_array().expect("the documented error body");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0]["code"], status);
        assert!(errors[0]["message"].is_string() && errors[0]["description"].is_string());
    }
}
