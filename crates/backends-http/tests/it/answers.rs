//! What an answer means by its status, and how its body is read.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use backends_http::{BackendError, Kind, decode_json};
use serde::Deserialize;

use crate::server::{Server, answer};
use crate::{Bench, call_with};

#[tokio::test]
async fn a_status_has_its_meaning() {
    for (status, headers, class) in [
        ("204 No Content", "", "ok"),
        ("301 Moved", "location: /\r\n", "system_down"),
        ("400 Bad Request", "", "rejected"),
        ("401 Unauthorized", "", "misconfigured"),
        ("403 Forbidden", "", "misconfigured"),
        ("404 Not Found", "", "not_found"),
        ("409 Conflict", "", "rejected"),
        ("429 Too Many Requests", "retry-after: 7\r\n", "rate_limited"),
        ("500 Internal Server Error", "content-type: text/html\r\n", "system_down"),
        ("503 Service Unavailable", "content-type: text/plain\r\nretry-after: 7\r\n", "system_down"),
    ] {
        let server = Server::answering(answer(status, headers, "")).await;
        let bench = Bench::new(&server.address, |config| config.retries = 0);
        let result = bench.call(Kind::Read).await;
        assert_eq!(result.as_ref().map_or_else(BackendError::class, |_| "ok"), class, "{status}");
        let expected = headers.contains("retry-after").then_some(Duration::from_secs(7));
        assert_eq!(result.err().and_then(|error| error.retry_after()), expected, "{status}");
    }
}

#[tokio::test]
async fn a_wait_may_be_a_date_and_is_bounded() {
    let in_a_minute = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(60));
    for (value, between) in [
        (in_a_minute.as_str(), Some(50..=60)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0..=0)),
        ("99999999999", Some(3600..=3600)),
        ("soon", None),
        ("-1", None),
    ] {
        let server = Server::answering(answer("503 No", &format!("retry-after: {value}\r\n"), "")).await;
        let bench = Bench::new(&server.address, |config| config.retries = 0);
        let wait = bench.call(Kind::Read).await.unwrap_err().retry_after().map(|wait| wait.as_secs());
        assert_eq!(wait.is_some(), between.is_some(), "{value}");
        assert!(wait.zip(between).is_none_or(|(wait, between)| between.contains(&wait)), "{value}: {wait:?}");
    }
}

#[derive(Debug, Deserialize)]
struct Accounts<'a> {
    #[serde(borrow)]
    accounts: Vec<Account<'a>>,
}

#[derive(Debug, Deserialize)]
struct Account<'a> {
    id: &'a str,
}

#[tokio::test]
async fn json_that_does_not_fit_is_named_by_its_path_only() {
    let deep = format!("{{\"accounts\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, path) in [
        (r#"{"accounts": [{"id": "1"}, {"id": 271828}]}"#, "accounts[1].id"),
        (r#"{"accounts": [{"id": "1"}, {}]}"#, "accounts[1]"),
        (r#"{"accounts": "271828"}"#, "accounts"),
        (r#"{"accounts": [{"id": "1"}"#, "accounts"),
        (r#"{"accounts": []} 271828"#, "$"),
        ("<html>271828</html>", "$"),
        ("", "$"),
        (&deep, "accounts[0][0]"),
    ] {
        let server = Server::answering(answer("200 OK", "content-type: application/json\r\n", body)).await;
        let bench = Bench::new(&server.address, |_| {});
        let error = call_with(&bench.system, Kind::Read, |reply| {
            let accounts: Accounts<'_> = decode_json(reply)?;
            Ok(accounts.accounts.iter().map(|account| account.id.len()).sum::<usize>())
        })
        .await
        .unwrap_err();
        let BackendError::Malformed { path: found, .. } = &error else { panic!("{error:?}") };
        assert_eq!(found, path, "{body:.60}");
        assert!(error.source().is_some());
        assert!(!format!("{error} {error:?}").contains("271828"), "{error:?}");
    }
}

#[tokio::test]
async fn a_media_type_is_compared_without_its_parameters() {
    let server = Server::answering(answer("200 OK", "content-type: Text/XML; charset=utf-8\r\n", "")).await;
    let bench = Bench::new(&server.address, |_| {});
    let is_xml =
        call_with(&bench.system, Kind::Read, |reply| Ok((reply.is_media_type("text/xml"), reply.is_media_type("text")))).await.unwrap();
    assert_eq!(is_xml, (true, false));
}
