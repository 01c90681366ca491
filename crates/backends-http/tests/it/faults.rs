//! Connections that break, and what is repeated.

use std::time::Duration;

use backends_http::{BackendError, Kind, Outage, Stage};
use tokio::net::TcpListener;

use crate::server::{OwnThread, Peer, Server, answer, let_sockets_be_looked_at};
use crate::{Bench, call_with};

fn outage(error: &BackendError) -> Outage {
    let BackendError::Unavailable { outage, .. } = error else { panic!("{error:?}") };
    *outage
}

const RETRIES: &str = "upstream_retries_total{system=\"test\",operation=";

#[tokio::test]
async fn nothing_listens() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let bench = Bench::new(&address, |config| config.retries = 2);
    for kind in [Kind::Read, Kind::Write, Kind::IdempotentWrite] {
        assert_eq!(outage(&bench.call(kind).await.unwrap_err()), Outage::ConnectFailed);
    }
    assert_eq!(bench.metric(&format!("{RETRIES}\"ask\"}}")), 2);
    assert_eq!(bench.metric(&format!("{RETRIES}\"tell\"}}")), 4);
}

/// The first connection breaks in the given way after the request was read; the second answers.
async fn breaking_once(how: &'static str) -> Server {
    Server::start(move |number, mut peer| async move {
        while peer.request().await.is_some() {
            if number == 0 {
                peer.send(how).await;
                return peer.reset();
            }
            peer.send(&answer("200 OK", "", "yes")).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_where_that_is_safe() {
    for how in ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort", "\u{0}garbage\r\n\r\n"] {
        for (kind, succeeds) in [(Kind::Read, true), (Kind::IdempotentWrite, true), (Kind::Write, false)] {
            let server = breaking_once(how).await;
            let bench = Bench::new(&server.address, |_| {});
            match bench.call(kind).await {
                Ok(body) => assert!(succeeds && body == "yes", "{how:?} {kind:?}"),
                Err(error) => {
                    assert!(!succeeds, "{how:?} {kind:?} {error:?}");
                    assert_eq!(outage(&error), Outage::ConnectionLost);
                    assert!(error.may_have_been_applied());
                }
            }
            assert_eq!(server.requests().len(), if succeeds { 2 } else { 1 }, "{how:?} {kind:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_replaced_unnoticed() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        peer.send(&answer("200 OK", "", "yes")).await;
    })
    .await;
    let bench = Bench::new(&server.address, |config| config.retries = 0);
    for opened in 1..=3 {
        bench.call(Kind::Write).await.unwrap();
        assert_eq!(bench.metric("upstream_connections_opened_total{system=\"test\"}"), opened);
        bench.until("upstream_connections{system=\"test\"}", 0).await;
    }
    assert_eq!(server.requests().len(), 3);
}

/// Found when the connection is used next, before anybody looks at it otherwise: not a byte of the change has been sent then.
#[tokio::test]
async fn a_connection_that_the_system_took_leave_of_is_not_written_to() {
    for farewell in ["", "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"] {
        let server = Server::start(move |_, mut peer| async move {
            peer.request().await;
            peer.send(&answer("200 OK", "", "yes")).await;
            let_sockets_be_looked_at().await;
            peer.send(farewell).await;
        })
        .await;
        let bench = Bench::new(&server.address, |config| config.retries = 0);
        for opened in 1..=3 {
            assert_eq!(bench.call(Kind::Write).await.unwrap(), "yes", "{farewell:?}");
            assert_eq!(bench.metric("upstream_connections_opened_total{system=\"test\"}"), opened);
            let_sockets_be_looked_at().await;
            let_sockets_be_looked_at().await;
        }
        assert_eq!(server.requests().len(), 3, "{farewell:?}");
    }
}

#[tokio::test]
async fn the_pool_survives_a_restart_of_the_system() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
    let bench = Bench::new(&address, |_| {});
    for _ in 0..3 {
        let address = address.clone();
        let system = OwnThread::start(async move { Server::listen(&address, keep_answering).await });
        let (first, second, third) = tokio::join!(bench.call(Kind::Read), bench.call(Kind::Read), bench.call(Kind::Read));
        assert!(first.is_ok() && second.is_ok() && third.is_ok(), "{first:?} {second:?} {third:?}");
        assert!(system.server.requests().len() >= 3);
        system.stop();
    }
}

async fn keep_answering(_: usize, mut peer: Peer) {
    while peer.request().await.is_some() {
        peer.send(&answer("200 OK", "", "yes")).await;
    }
}

#[tokio::test]
async fn a_system_that_never_answers_times_out_once_per_attempt() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        std::future::pending::<()>().await;
    })
    .await;
    let bench = Bench::new(&server.address, |config| {
        config.timeout_ms = 30;
        config.retries = 1;
    });
    let error = bench.call(Kind::Read).await.unwrap_err();
    assert!(matches!(error, BackendError::TimedOut { stage: Stage::Answer, .. }), "{error:?}");
    assert_eq!(server.requests().len(), 2);
    assert!(error.may_have_been_applied());
}

#[tokio::test]
async fn nothing_goes_beyond_the_callers_deadline() {
    let server = Server::start(|_, mut peer| async move {
        peer.request().await;
        std::future::pending::<()>().await;
    })
    .await;
    let bench = Bench::new(&server.address, |config| config.retries = 5);
    let mut ctx = crate::context();
    ctx.deadline = tokio::time::Instant::now() + Duration::from_millis(30);
    let call = backends_http::Call {
        operation: "ask",
        kind: Kind::Read,
        method: http::Method::GET,
        target: bench.system.target("/").build(),
        headers: &[],
        body: bytes::Bytes::new(),
        identity: None,
    };
    let error = bench.system.call(&ctx, &call, |_| Ok(())).await.unwrap_err();
    assert!(matches!(error, BackendError::TimedOut { stage: Stage::Answer, .. }), "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_the_system_says_about_itself_decides_about_repetition() {
    for (status, headers, requests) in [
        ("503 Unavailable", "", 3),
        ("503 Unavailable", "retry-after: 1\r\n", 1),
        ("429 Too Many", "", 1),
        ("404 Not Found", "", 1),
        ("400 Bad Request", "", 1),
    ] {
        let server = Server::answering(answer(status, headers, "")).await;
        let bench = Bench::new(&server.address, |_| {});
        bench.call(Kind::Read).await.unwrap_err();
        assert_eq!(server.requests().len(), requests, "{status} {headers}");
        bench.call(Kind::Write).await.unwrap_err();
        assert_eq!(server.requests().len(), requests + 1, "{status} {headers}");
    }
}

#[tokio::test]
async fn a_failure_in_the_systems_own_words_is_repeated_too() {
    let server = Server::answering(answer("200 OK", "", "locked")).await;
    let bench = Bench::new(&server.address, |_| {});
    let error = call_with(&bench.system, Kind::Read, |reply| Err::<(), _>(reply.unavailable(Outage::Busy))).await.unwrap_err();
    assert_eq!((outage(&error), server.requests().len()), (Outage::Busy, 3));
}
