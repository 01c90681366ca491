//! `docs/errors.md` against the map.

use std::collections::BTreeSet;

use backends_http::{Origin, Outage, Stage};

use super::*;

const ORIGIN: Origin = Origin { system: "csg", operation: "getBalanceEnquiry", method: "GET" };

fn failures() -> Vec<BackendError> {
    let outages = [
        Outage::ConnectFailed,
        Outage::ConnectionLost,
        Outage::SystemDown,
        Outage::Busy,
        Outage::RateLimited,
        Outage::BreakerOpen,
        Outage::QueueFull,
    ];
    let outages = outages.map(|outage| BackendError::Unavailable { origin: ORIGIN, outage, retry_after: None, cause: None });
    let others = [
        BackendError::NotFound { origin: ORIGIN },
        BackendError::Rejected { origin: ORIGIN, reason: "E1".into() },
        BackendError::Misconfigured { origin: ORIGIN, reason: "E2".into() },
        BackendError::TimedOut { origin: ORIGIN, stage: Stage::Answer },
        BackendError::Malformed { origin: ORIGIN, path: "a".into(), cause: None },
    ];
    outages.into_iter().chain(others).collect()
}

fn errors() -> Vec<ApiError> {
    let transport = [400, 408, 413, 414, 431].map(|status| ApiError::transport(StatusCode::from_u16(status).unwrap()));
    let others = [
        ApiError::bad_request("x"),
        ApiError::account_unknown(&ACCOUNT_UNKNOWN),
        ApiError::not_implemented("x"),
        ApiError::internal("x"),
        ApiError::panicked(),
        ApiError::unauthenticated(),
        ApiError::forbidden(),
        ApiError::over_quota(Duration::from_secs(1)),
        ApiError::unknown_route("/x"),
        ApiError::method_not_allowed(&http::Method::PUT, "/x", "GET"),
        ApiError::timed_out(),
    ];
    failures().into_iter().map(ApiError::from).chain(transport).chain(others).collect()
}

#[test]
fn every_error_is_documented_and_no_other() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md")).unwrap();
    let table = page.split("## Of every channel").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ").map(|cell| cell.trim_matches('`').to_owned());
        let status = cells.next()?.parse::<u16>().ok()?;
        Some((status, cells.next()?, cells.next()?))
    };
    let documented: BTreeSet<_> = table.lines().filter_map(row).collect();
    let ours: BTreeSet<_> =
        errors().iter().map(|error| (error.status().as_u16(), error.class().to_owned(), error.0.message.to_string())).collect();
    assert_eq!(documented, ours);
}
