//! Stopping loses no request.

use std::net::TcpStream;
use std::time::Duration;

use crate::channel::{GO, Server, WAITING};
use crate::client::{Caller, Request};

fn blocking<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// What is replaced by what for requests that may take their time.
const SHORT: &str = "request_timeout_ms = 300";
const PATIENT: &str = "request_timeout_ms = 60000";

#[test]
fn a_request_in_progress_is_finished_and_its_connection_closed() {
    let server = Server::with(|config| config.replace(SHORT, PATIENT));
    let address = server.running.address();
    let mut caller = Caller::connect(&server);
    caller.send(Request::get("/PR/thing/wait").bytes());
    blocking(WAITING.notified());
    let stopping = std::thread::spawn(|| server.stop());
    // Once nobody gets in any more, stopping has begun.
    while TcpStream::connect_timeout(&address, Duration::from_secs(5)).is_ok() {}
    GO.notify_one();
    let answer = caller.receive().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(caller.is_closed());
    assert!(stopping.join().unwrap().iter().any(|line| line["status"] == 200));
}

#[test]
fn silent_connections_are_closed() {
    let server = Server::start();
    let mut fresh = Caller::connect(&server);
    let mut used = Caller::connect(&server);
    assert_eq!(used.ask(&Request::get("/PR/thing/x")).status, 200);
    server.stop();
    assert!(fresh.is_closed());
    assert!(used.is_closed());
}

#[test]
fn whoever_gets_in_while_it_stops_is_answered() {
    let server = Server::start();
    let address = server.running.address();
    let callers: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(move || {
                let mut answered = 0;
                while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(5)) {
                    drop(stream);
                    let Ok(mut caller) = std::panic::catch_unwind(|| Caller::connect_to(address)) else { break };
                    caller.send(Request::get("/PR/thing/x").bytes());
                    assert_eq!(caller.receive().expect("whoever got in is answered").status, 200);
                    answered += 1;
                }
                answered
            })
        })
        .collect();
    while !server.log.text().contains("\"status\":200") {
        std::thread::yield_now();
    }
    let lines = server.stop();
    let answered: usize = callers.into_iter().map(|caller| caller.join().unwrap()).sum();
    assert_eq!(lines.iter().filter(|line| line["status"] == 200).count(), answered);
}

#[test]
fn connections_in_use_lose_nothing() {
    let server = Server::start();
    let address = server.running.address();
    let callers: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(move || {
                let mut caller = Caller::connect_to(address);
                loop {
                    let answer = caller.ask(&Request::get("/PR/thing/x"));
                    assert_eq!(answer.status, 200);
                    if answer.header("connection") == Some("close") {
                        return;
                    }
                }
            })
        })
        .collect();
    while server.log.text().lines().count() < 100 {
        std::thread::yield_now();
    }
    server.stop();
    for caller in callers {
        caller.join().unwrap();
    }
}

#[test]
fn what_is_left_at_the_deadline_is_cut_and_reported() {
    let server = Server::with(|config| config.replace(SHORT, PATIENT).replace("drain_timeout_ms = 5000", "drain_timeout_ms = 700"));
    let mut caller = Caller::connect(&server);
    caller.send(Request::get("/PR/thing/forever").bytes());
    while !server.running.metrics().contains("http_requests_in_flight 1") {
        std::thread::yield_now();
    }
    assert_eq!(server.running.stop(), 1);
    assert!(caller.receive().is_none());
    assert!(server.log.text().contains("\"status\":499"));
}
