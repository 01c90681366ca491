//! What follows from a fault, by its kind alone: how the call ends in the metrics, and what the caller reads.

use contract_tests::{Answer, error};
use serde_json::Value;

/// A system that listens to nobody: not among its faults, because it never sees the request.
pub(crate) const REFUSE: &str = "refuse";

/// How a call ends that meets a fault: the label `outcome` of `upstream_calls_total`.
fn outcome(fault: &Value) -> &'static str {
    let code = fault["code"].as_u64();
    match (fault["kind"].as_str().unwrap(), code) {
        (REFUSE, _) => "connect_failed",
        ("reset" | "resetAfter" | "resetMidAnswer" | "truncate" | "lostAnswer" | "notHttp", _) => "connection_lost",
        ("delay" | "hold" | "slow", _) => "timed_out",
        ("native", _) => "system_down",
        ("status" | "html" | "plainText", Some(500..)) => "system_down",
        ("rateLimited", _) => "rate_limited",
        ("html" | "plainText", _) => "malformed",
        ("empty" | "absurd" | "garbage" | "wrongContentType" | "huge", _) => "malformed",
        (kind, _) => panic!("a fault that this test does not know: {kind}"),
    }
}

/// Faults that a client may overlook: the answer is whole and right, and only its label is wrong.
const MAY_BE_OVERLOOKED: [&str; 1] = ["wrongContentType"];

/// Asserts that a call ended as its fault makes it end, or as usual where the fault may be overlooked.
pub(crate) fn assert_outcome(outcome: &str, fault: &Value, usual: &str, what: &str) {
    let overlooked = outcome == usual && MAY_BE_OVERLOOKED.iter().any(|kind| fault["kind"] == *kind);
    assert!(overlooked || outcome == self::outcome(fault), "{what}: {outcome}");
}

/// The documented error map: what cannot be understood is our fault (500), except that a change may have been made (503).
pub(crate) fn status(outcome: &str, is_change: bool) -> u16 {
    match outcome {
        "malformed" if !is_change => 500,
        _ => 503,
    }
}

/// Asserts the body of an error and what goes with it.
pub(crate) fn assert_error(answer: &Answer, system: &str, fault: &Value, id: &str) {
    if answer.status == 500 {
        answer.assert(500, &error(500, "The request failed due to an internal error.", id));
        return;
    }
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let description = body["errors"][0]["description"].as_str().unwrap_or_default();
    let parts: Vec<&str> = description.split('\'').collect();
    let ["HTTP GET on resource " | "HTTP POST on resource ", resource, " failed: service unavailable (503)."] = parts[..] else {
        panic!("{id}: {description}");
    };
    assert!(resource.starts_with(&format!("{system} ")), "{id}: {description}");
    answer.assert(503, &error(503, "HTTP:SERVICE_UNAVAILABLE", description));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(fault["retryAfter"].as_u64().is_none_or(|named| named == wait), "{id}: {wait} seconds");
}
