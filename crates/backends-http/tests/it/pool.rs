//! Connections that are kept, and answers that come in pieces.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use backends_http::Kind;

use crate::Bench;
use crate::server::{Peer, Server, answer, let_sockets_be_looked_at};

const OPENED: &str = "upstream_connections_opened_total{system=\"test\"}";
const OPEN: &str = "upstream_connections{system=\"test\"}";

#[tokio::test]
async fn an_answer_may_come_byte_by_byte_after_others_that_are_none() {
    const EARLY: &str = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nye\r\n1\r\ns\r\n0\r\nx-trailer: 1\r\n\r\n";
    let until_closed = "HTTP/1.1 200 OK\r\n\r\nyes";
    for (answer, is_kept) in [(answer("200 OK", "", "yes"), true), (CHUNKED.to_owned(), true), (until_closed.to_owned(), false)] {
        let server = Server::start(move |_, mut peer| {
            let answer = format!("{EARLY}{answer}");
            async move {
                while peer.request().await.is_some() {
                    trickle(&mut peer, &answer).await;
                    if !is_kept {
                        return;
                    }
                }
            }
        })
        .await;
        let bench = Bench::new(&server.address, |config| config.retries = 0);
        for _ in 0..2 {
            assert_eq!(bench.call(Kind::Write).await.unwrap(), "yes");
        }
        assert_eq!(bench.metric(OPENED), if is_kept { 1 } else { 2 });
    }
}

/// Sends a byte at a time and lets the runtime look at its sockets after each.
async fn trickle(peer: &mut Peer, answer: &str) {
    for byte in answer.chars() {
        peer.send(byte.encode_utf8(&mut [0; 4])).await;
        let_sockets_be_looked_at().await;
    }
}

/// tokio lets a task do 128 things at a time and then pauses it, whatever it is waiting for just then.
#[tokio::test]
async fn a_call_goes_on_wherever_its_task_is_paused() {
    let server = Server::answering(answer("200 OK", "", "yes")).await;
    let bench = Bench::new(&server.address, |config| config.retries = 0);
    for other_things in 100..128 {
        let mut call = pin!(bench.call(Kind::Read));
        let busy = poll_fn(|cx| {
            for _ in 0..other_things {
                let _ = pin!(tokio::task::consume_budget()).poll(&mut Context::from_waker(Waker::noop()));
            }
            call.as_mut().poll(cx)
        });
        let body = tokio::time::timeout(Duration::from_secs(30), busy).await.unwrap_or_else(|_| panic!("lost after {other_things}"));
        assert_eq!(body.unwrap(), "yes");
    }
}

#[tokio::test]
async fn a_connection_with_a_rest_on_it_is_not_used_again() {
    let more = format!("{}{}", answer("200 OK", "", "yes"), answer("200 OK", "", "not asked for"));
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned();
    for first in [more, half] {
        let given_up = first.ends_with("half");
        let server = Server::start(move |number, mut peer| {
            let answer = if number == 0 { first.clone() } else { answer("200 OK", "", "yes") };
            async move {
                while peer.request().await.is_some() {
                    peer.send(&answer).await;
                }
            }
        })
        .await;
        let bench = Bench::new(&server.address, |_| {});
        let caller_leaves = async {
            while !given_up || server.requests().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            body = bench.call(Kind::Read) => assert_eq!(body.unwrap(), "yes"),
            () = caller_leaves => {}
        }
        assert_eq!(bench.metric(OPEN), 0);
        assert_eq!(bench.call(Kind::Write).await.unwrap(), "yes");
        assert_eq!((bench.metric(OPENED), bench.metric(OPEN)), (2, 1));
    }
}

#[tokio::test]
async fn a_connection_without_traffic_is_closed() {
    let server = Server::answering(answer("200 OK", "", "yes")).await;
    let bench = Bench::new(&server.address, |config| config.idle_timeout_ms = 5_000);
    let keeps_none = Bench::new(&server.address, |config| config.idle_timeout_ms = 0);
    for _ in 0..2 {
        bench.call(Kind::Read).await.unwrap();
        keeps_none.call(Kind::Read).await.unwrap();
    }
    assert_eq!((bench.metric(OPENED), bench.metric(OPEN)), (1, 1));
    assert_eq!((keeps_none.metric(OPENED), keeps_none.metric(OPEN)), (2, 0));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(4)).await;
    tokio::task::yield_now().await;
    assert_eq!(bench.metric(OPEN), 1);
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    bench.until(OPEN, 0).await;
    bench.call(Kind::Read).await.unwrap();
    assert_eq!((bench.metric(OPENED), bench.metric(OPEN)), (2, 1));
}
