//! What is sent, and what the metrics and errors say.

use std::error::Error as _;
use std::sync::Arc;

use backends_http::{BackendError, BreakerState, Call, ConfigProblem, Kind, Outage, SpanId, SystemConfig, TraceContext, TraceId};
use bytes::Bytes;
use http::{HeaderValue, Method, header};

use crate::server::{Server, answer};
use crate::{Bench, call_with, context};

#[tokio::test]
async fn the_request_carries_what_it_should() {
    let server = Server::answering(answer("200 OK", "", "yes")).await;
    let bench = Bench::new(&format!("{}/prefix/", server.address), |_| {});
    let mut ctx = context();
    ctx.trace = Some(Arc::new(TraceContext {
        trace_id: TraceId(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c),
        span_id: SpanId(0xb7ad_6b71_6920_3331),
        sampled: true,
        tracestate: Some(HeaderValue::from_static("a=b")),
        spans: None,
    }));
    let call = Call {
        operation: "ask",
        kind: Kind::Read,
        method: Method::GET,
        target: bench.system.target("/v1/accounts").segment("a b").query("q", "1&2").build(),
        headers: &[(header::ACCEPT, HeaderValue::from_static("application/json"))],
        body: Bytes::new(),
        identity: None,
    };
    let body = bench.system.call(&ctx, &call, |reply| Ok(reply.body.clone())).await.unwrap();
    assert_eq!(body, "yes");
    let request = &server.requests()[0];
    assert!(request.starts_with("GET /prefix/v1/accounts/a%20b?q=1%262 HTTP/1.1\r\n"), "{request}");
    for line in [
        &format!("host: {}", server.address),
        "accept: application/json",
        "x-correlation-id: correlation-1",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate: a=b",
    ] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line} is missing in {request}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_outcome_and_connections_are_reused() {
    let server = Server::answering(answer("200 OK", "", "yes")).await;
    let bench = Bench::new(&server.address, |_| {});
    for _ in 0..3 {
        bench.call(Kind::Read).await.unwrap();
    }
    let refused = call_with(&bench.system, Kind::Read, |reply| Err::<(), _>(reply.rejected("E17"))).await.unwrap_err();
    assert_eq!(refused.to_string(), "test ask: the request was rejected (E17)");
    assert_eq!(bench.metric("upstream_calls_total{system=\"test\",operation=\"ask\",outcome=\"ok\"}"), 3);
    assert_eq!(bench.metric("upstream_calls_total{system=\"test\",operation=\"ask\",outcome=\"rejected\"}"), 1);
    assert_eq!(bench.metric("upstream_call_duration_seconds_count{system=\"test\",operation=\"ask\"}"), 4);
    assert_eq!(bench.metric("upstream_connections_opened_total{system=\"test\"}"), 1);
    assert_eq!(bench.metric("upstream_connections{system=\"test\"}"), 1);
    assert_eq!(bench.metric("upstream_in_flight{system=\"test\"}"), 0);
    bench.system.unknown_code("delinquencyStatus");
    assert_eq!(bench.metric("upstream_unknown_codes_total{system=\"test\",table=\"delinquencyStatus\"}"), 1);
    let health = bench.system.health();
    assert_eq!((health.system, health.breaker, health.in_flight, health.connections), ("test", BreakerState::Closed, 0, 1));
    assert_eq!((health.calls, health.failures, health.took.count()), (4, 0, 4));
    assert_eq!(health.last_failure, None, "what a caller sent is no failure of the system");
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_counted_as_abandoned() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        std::future::pending::<()>().await;
    })
    .await;
    let bench = Bench::new(&server.address, |_| {});
    {
        let call = std::pin::pin!(bench.call(Kind::Read));
        let seen = bench.until("upstream_in_flight{system=\"test\"}", 1);
        tokio::select! {
            biased;
            _ = call => panic!("nobody answers"),
            () = seen => {}
        }
    }
    assert_eq!(bench.metric("upstream_calls_total{system=\"test\",operation=\"ask\",outcome=\"abandoned\"}"), 1);
    assert_eq!(bench.metric("upstream_in_flight{system=\"test\"}"), 0);
}

#[tokio::test]
async fn errors_tell_one_level_each_and_no_value() {
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let bench = Bench::new(&nobody, |config| config.retries = 0);
    let error = bench.call(Kind::Write).await.unwrap_err();
    assert_eq!(error.to_string(), "test tell: no connection");
    assert_eq!((error.origin().system, error.origin().operation, error.origin().method), ("test", "tell", "POST"));
    let mut chain = format!("{error} {error:?}");
    let mut source = error.source();
    assert!(source.is_some());
    while let Some(cause) = source {
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    assert!(!chain.contains("secret"), "{chain}");
    assert!(!error.may_have_been_applied());
    assert!(matches!(error, BackendError::Unavailable { outage: Outage::ConnectFailed, .. }));
}

#[test]
fn a_configuration_tells_all_its_mistakes() {
    let config: SystemConfig =
        toml::from_str("base_url = 'http://user@host?x'\ntimeout_ms = 0\nretries = 9\nmax_answer_bytes = 1").unwrap();
    let mut problems = Vec::new();
    config.check("systems.test.http", &mut problems);
    let keys: Vec<_> = problems.iter().map(|ConfigProblem { key, .. }| key.as_str()).collect();
    assert_eq!(
        keys,
        ["systems.test.http.base_url", "systems.test.http.timeout_ms", "systems.test.http.retries", "systems.test.http.max_answer_bytes"]
    );
    assert!(toml::from_str::<SystemConfig>("base_url = 'http://host'\ntimeout = 5").is_err());
    for (url, fits) in [
        ("http://host", true),
        ("http://host:8080/a/b/", true),
        ("http://[::1]:80", true),
        ("host:80", false),
        ("ftp://host", false),
        ("http://host/?q=1", false),
        ("http://user:password@host", false),
        ("/path", false),
        ("", false),
    ] {
        let mut problems = Vec::new();
        SystemConfig::new(url).check("x", &mut problems);
        assert_eq!(problems.is_empty(), fits, "{url}: {problems:?}");
        assert!(!format!("{problems:?}").contains("password"));
    }
}
