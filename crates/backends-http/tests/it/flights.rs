//! Identical reads at the same time.

use std::sync::Arc;
use std::time::Duration;

use backends_http::{BackendError, Call, Kind, Stage};
use bytes::Bytes;
use http::Method;
use tokio::sync::Semaphore;

use crate::server::{Server, answer};
use crate::{Bench, call, text_of};

const SHARED: &str = "upstream_shared_reads_total{system=\"test\"}";

fn sharing(server: &Server) -> Bench {
    Bench::new(&server.address, |config| {
        config.single_flight = true;
        config.retries = 0;
    })
}

/// Lets other tasks run until the server has read so many requests.
async fn seen(server: &Server, requests: usize) {
    let all = async {
        while server.requests().len() != requests {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.unwrap();
}

/// Answers each read with its number as soon as there is a permit, and changes at once.
async fn numbering() -> (Server, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let inner = Arc::clone(&gate);
    let server = Server::start(move |number, mut peer| {
        let gate = Arc::clone(&inner);
        async move {
            while let Some(request) = peer.request().await {
                if request.starts_with("GET") {
                    gate.acquire().await.unwrap().forget();
                }
                peer.send(&answer("200 OK", "", &number.to_string())).await;
            }
        }
    })
    .await;
    (server, gate)
}

#[tokio::test]
async fn identical_reads_share_one_call() {
    let (server, gate) = numbering().await;
    let bench = sharing(&server);
    let script = async {
        bench.until(SHARED, 2).await;
        gate.add_permits(1);
    };
    let (first, second, third, ()) = tokio::join!(bench.call(Kind::Read), bench.call(Kind::Read), bench.call(Kind::Read), script);
    assert_eq!([first.unwrap(), second.unwrap(), third.unwrap()], ["0", "0", "0"]);
    assert_eq!(server.requests().len(), 1);
    // Afterwards there is nothing to share.
    gate.add_permits(1);
    bench.call(Kind::Read).await.unwrap();
    assert_eq!((server.requests().len(), bench.metric(SHARED)), (2, 2));
}

#[tokio::test]
async fn a_leader_that_goes_away_takes_nobody_with_it() {
    let (server, gate) = numbering().await;
    let bench = sharing(&server);
    let mut leader = Box::pin(bench.call(Kind::Read));
    let left = async {
        tokio::select! {
            _ = &mut leader => panic!("nothing was answered yet"),
            ((), ()) = async { tokio::join!(bench.until(SHARED, 2), seen(&server, 1)) } => {}
        }
        drop(leader);
        // One follower leads now, the other one has followed it.
        bench.until(SHARED, 3).await;
        // One for the connection that nobody listens to any more.
        gate.add_permits(2);
    };
    let followers = async { tokio::join!(bench.call(Kind::Read), bench.call(Kind::Read)) };
    // The leader first.
    let ((), (first, second)) = tokio::join!(left, followers);
    assert_eq!([first.unwrap(), second.unwrap()], ["1", "1"]);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_read_after_a_change_is_a_call_of_its_own() {
    let (server, gate) = numbering().await;
    let bench = sharing(&server);
    // The change is made by another worker.
    let other_worker = bench.system.for_worker();
    let script = async {
        seen(&server, 1).await;
        call(&other_worker, Kind::Write).await.unwrap();
        let again = bench.call(Kind::Read);
        let open = async {
            seen(&server, 3).await;
            gate.add_permits(2);
        };
        tokio::join!(again, open).0
    };
    let (before, after) = tokio::join!(bench.call(Kind::Read), script);
    assert_eq!([before.unwrap(), after.unwrap()], ["0", "2"]);
    assert_eq!((server.requests().len(), bench.metric(SHARED)), (3, 0));
}

#[tokio::test]
async fn a_failure_is_not_shared() {
    let gate = Arc::new(Semaphore::new(0));
    let inner = Arc::clone(&gate);
    let server = Server::start(move |number, mut peer| {
        let gate = Arc::clone(&inner);
        async move {
            while peer.request().await.is_some() {
                if number == 0 {
                    gate.acquire().await.unwrap().forget();
                    return peer.reset();
                }
                peer.send(&answer("200 OK", "", "yes")).await;
            }
        }
    })
    .await;
    let bench = sharing(&server);
    let script = async {
        bench.until(SHARED, 2).await;
        gate.add_permits(1);
    };
    let (first, second, third, ()) = tokio::join!(bench.call(Kind::Read), bench.call(Kind::Read), bench.call(Kind::Read), script);
    assert_eq!(first.unwrap_err().class(), "connection_lost");
    assert_eq!([second.unwrap(), third.unwrap()], ["yes", "yes"]);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_follower_has_its_own_deadline() {
    let (server, gate) = numbering().await;
    let bench = sharing(&server);
    let script = async {
        seen(&server, 1).await;
        let mut ctx = crate::context();
        ctx.deadline = tokio::time::Instant::now() + Duration::from_millis(20);
        let error = bench.system.call(&ctx, &read_of(&bench, None), text_of).await.unwrap_err();
        assert!(matches!(error, BackendError::TimedOut { stage: Stage::Answer, .. }), "{error:?}");
        gate.add_permits(1);
    };
    let (leader, ()) = tokio::join!(bench.call(Kind::Read), script);
    leader.unwrap();
    assert_eq!((server.requests().len(), bench.metric(SHARED)), (1, 1));
}

fn read_of<'a>(bench: &Bench, identity: Option<&'a [(&'a str, &'a str)]>) -> Call<'a> {
    let target = bench.system.target("/v1").segment("secret/account").build();
    Call { operation: "ask", kind: Kind::Read, method: Method::GET, target, headers: &[], body: Bytes::new(), identity }
}

#[tokio::test]
async fn reads_with_an_identity_are_the_same_by_it_and_by_nothing_else() {
    let (server, gate) = numbering().await;
    let bench = sharing(&server);
    let ask = async |account: &str, request_id: &'static str| {
        let identity = [("account", account)];
        let call = Call { body: Bytes::from_static(request_id.as_bytes()), ..read_of(&bench, Some(&identity)) };
        bench.system.call(&crate::context(), &call, text_of).await.unwrap()
    };
    let script = async {
        bench.until(SHARED, 1).await;
        seen(&server, 2).await;
        gate.add_permits(2);
    };
    let (first, same, other, ()) = tokio::join!(ask("1", "a"), ask("1", "b"), ask("2", "c"), script);
    assert_eq!(first, same);
    assert_ne!(first, other);
    assert_eq!(server.requests().len(), 2);
}
