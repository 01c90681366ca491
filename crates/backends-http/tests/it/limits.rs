//! How much of a system is used, and how much it may send.

use std::sync::Arc;
use std::time::Duration;

use backends_http::{BackendError, BreakerState, Kind, Outage, Stage};
use tokio::sync::Semaphore;

use crate::server::{Server, answer};
use crate::{Bench, call};

/// Answers one request per permit.
async fn gated() -> (Server, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let inner = Arc::clone(&gate);
    let server = Server::start(move |_, mut peer| {
        let gate = Arc::clone(&inner);
        async move {
            while peer.request().await.is_some() {
                gate.acquire().await.unwrap().forget();
                peer.send(&answer("200 OK", "", "yes")).await;
            }
        }
    })
    .await;
    (server, gate)
}

#[tokio::test]
async fn so_many_at_once_so_many_waiting_and_no_more() {
    let (server, gate) = gated().await;
    let bench = Bench::new(&server.address, |config| {
        config.max_concurrent = 1;
        config.max_queued = 1;
        config.queue_timeout_ms = 60_000;
    });
    // The other worker shares the places.
    let other_worker = bench.system.for_worker();
    let script = async {
        bench.until("upstream_in_flight{system=\"test\"}", 1).await;
        bench.until("upstream_queued{system=\"test\"}", 1).await;
        let refused = call(&other_worker, Kind::Write).await.unwrap_err();
        assert!(matches!(refused, BackendError::Unavailable { outage: Outage::QueueFull, .. }), "{refused:?}");
        assert_eq!(bench.system.health().queued, 1);
        gate.add_permits(2);
    };
    let (first, second, ()) = tokio::join!(bench.call(Kind::Read), call(&other_worker, Kind::Read), script);
    assert_eq!((first.unwrap(), second.unwrap()), ("yes".to_owned(), "yes".to_owned()));
    assert_eq!(bench.metric("upstream_queued{system=\"test\"}"), 0);
}

#[tokio::test]
async fn waiting_for_a_place_has_an_end() {
    let (server, gate) = gated().await;
    let bench = Bench::new(&server.address, |config| {
        config.max_concurrent = 1;
        config.queue_timeout_ms = 1;
    });
    let script = async {
        bench.until("upstream_in_flight{system=\"test\"}", 1).await;
        let refused = bench.call(Kind::Read).await.unwrap_err();
        assert!(matches!(refused, BackendError::TimedOut { stage: Stage::Queue, .. }), "{refused:?}");
        gate.add_permits(1);
    };
    let (first, ()) = tokio::join!(bench.call(Kind::Read), script);
    first.unwrap();
}

#[tokio::test]
async fn an_open_breaker_refuses_and_lets_one_call_try_later() {
    let server = Server::start(|number, mut peer| async move {
        peer.request().await;
        let status = if number < 4 { "500 Broken" } else { "200 OK" };
        peer.send(&answer(status, "connection: close\r\n", "yes")).await;
    })
    .await;
    let bench = Bench::new(&server.address, |config| {
        config.retries = 0;
        config.breaker_min_calls = 3;
        config.breaker_failure_percent = 100;
        config.breaker_open_ms = 5_000;
    });
    let state = "upstream_breaker_state{system=\"test\"}";
    for _ in 0..3 {
        bench.call(Kind::Read).await.unwrap_err();
    }
    assert_eq!((bench.system.health().breaker, bench.metric(state)), (BreakerState::Open, 2));
    let refused = call(&bench.system.for_worker(), Kind::Read).await.unwrap_err();
    assert!(matches!(refused, BackendError::Unavailable { outage: Outage::BreakerOpen, .. }), "{refused:?}");
    assert!(refused.retry_after().is_some_and(|wait| wait <= Duration::from_secs(5)));
    assert_eq!(server.requests().len(), 3, "nothing was sent");

    let later = || async {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(5)).await;
        tokio::time::resume();
    };
    later().await;
    assert_eq!(bench.system.health().breaker, BreakerState::HalfOpen);
    assert_eq!(bench.call(Kind::Read).await.unwrap_err().class(), "system_down");
    assert_eq!(bench.call(Kind::Read).await.unwrap_err().class(), "breaker_open");
    later().await;
    bench.call(Kind::Read).await.unwrap();
    assert_eq!((bench.system.health().breaker, bench.metric(state)), (BreakerState::Closed, 0));
    bench.call(Kind::Read).await.unwrap();
}

#[tokio::test]
async fn an_unknown_account_does_not_open_the_breaker() {
    let server = Server::answering(answer("404 Not Found", "", "")).await;
    let bench = Bench::new(&server.address, |config| config.breaker_min_calls = 1);
    for _ in 0..5 {
        assert_eq!(bench.call(Kind::Read).await.unwrap_err().class(), "not_found");
    }
}

#[tokio::test]
async fn an_answer_may_only_be_so_long() {
    let long = "x".repeat(2_000);
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{long}\r\n0\r\n\r\n");
    for answer in [answer("200 OK", "", &long), chunked] {
        let server = Server::answering(answer).await;
        let bench = Bench::new(&server.address, |config| config.max_answer_bytes = 1_999);
        let error = bench.call(Kind::Read).await.unwrap_err();
        assert!(matches!(&error, BackendError::Malformed { path, .. } if path == "body"), "{error:?}");
        let bench = Bench::new(&server.address, |config| config.max_answer_bytes = 2_000);
        assert_eq!(bench.call(Kind::Read).await.unwrap().len(), 2_000);
    }
}

#[tokio::test]
async fn a_body_in_pieces_is_put_together() {
    let pieces: String = (0..50).map(|number| format!("4\r\n{number:04}\r\n")).collect();
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{pieces}0\r\n\r\n")).await;
    let bench = Bench::new(&server.address, |_| {});
    let expected: String = (0..50).map(|number| format!("{number:04}")).collect();
    assert_eq!(bench.call(Kind::Read).await.unwrap(), expected);
}
