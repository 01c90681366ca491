//! What a client may do, and how often.

use crate::channel::Server;
use crate::client::{Caller, Request};

#[test]
fn a_client_is_held_to_its_units_and_operations() {
    let server = Server::start();
    for (client, target, method, status) in [
        ("all", "/PR/thing/x", "GET", 200),
        ("all", "/PR/thing/x", "PATCH", 200),
        ("pr", "/PR/thing/x", "GET", 200),
        ("pr", "/PR/thing/x", "PATCH", 403),
        ("pr", "/JM/thing/x", "GET", 403),
    ] {
        let body = if method == "PATCH" { "{}" } else { "" };
        let answer = Request::get(target).by(client).method(method).body(body).send(&server);
        assert_eq!(answer.status, status, "{client} {method} {target}");
    }
}

#[test]
fn every_refusal_of_credentials_is_the_same() {
    let server = Server::start();
    let good = Request::get("/PR/thing/x");
    let bodies: Vec<_> = [
        good.clone().without("client_id"),
        good.clone().without("client_secret"),
        good.clone().with("client_secret", ""),
        good.clone().with("client_secret", "all-secret2"),
        good.clone().with("client_id", "ALL"),
        good.clone().by("nobody"),
    ]
    .iter()
    .map(|request| request.send(&server).body)
    .collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[test]
fn over_the_quota_the_answer_says_when_to_come_back() {
    let server = Server::start();
    let request = Request::get("/PR/thing/x").by("slow");
    assert_eq!(request.send(&server).status, 200);
    let answer = request.send(&server);
    assert_eq!(answer.status, 429);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((3500..=3600).contains(&seconds), "{seconds}");
    // Others are not affected.
    assert_eq!(Request::get("/PR/thing/x").send(&server).status, 200);
}

#[test]
fn wrong_credentials_wait_and_right_ones_never_do() {
    let server = Server::start();
    let wrong = Request::get("/PR/thing/x").with("client_secret", "a guess");
    // More than are answered at once, so that some are waiting for their answer from here on.
    let mut guessing: Vec<_> = (0..20).map(|_| Caller::connect(&server)).collect();
    for caller in &mut guessing {
        caller.send(wrong.bytes());
    }
    while !server.running.metrics().contains("\ncredential_failures_total 20\n") {
        std::thread::yield_now();
    }
    assert_eq!(Request::get("/PR/thing/x").send(&server).status, 200);
    assert_eq!(Request::get("/PR/thing/x").without("client_secret").send(&server).status, 401);
    assert!(server.running.metrics().contains("\ncredential_failures_total 20\n"), "whoever sends no secret does not guess");
    // Stopping does not wait for them either, and cuts none.
    let bodies = std::thread::spawn(move || guessing.iter_mut().map(|caller| caller.receive().unwrap()).collect::<Vec<_>>());
    server.stop();
    let bodies = bodies.join().unwrap();
    assert!(bodies.iter().all(|answer| answer.status == 401 && answer.body == bodies[0].body));
}
