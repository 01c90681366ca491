//! Transport limits and the life of a connection.

use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::channel::Server;
use crate::client::{Answer, Caller, Request};

/// Sends bytes that end in a refusal and checks what every refusal has in common.
fn refused(server: &Server, bytes: impl AsRef<[u8]>) -> Answer {
    let mut caller = Caller::connect(server);
    caller.send(bytes);
    let answer = caller.receive().expect("an answer");
    answer.description();
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(caller.is_closed());
    answer
}

fn request_line(target_length: usize) -> String {
    format!("GET /{} HTTP/1.1\r\nhost: test\r\n\r\n", "a".repeat(target_length))
}

#[test]
fn what_is_too_long_is_refused_with_a_body() {
    let server = Server::start();
    assert_eq!(refused(&server, request_line(1001)).status, 414);
    // Longer than what is buffered.
    assert_eq!(refused(&server, request_line(20_000)).status, 414);
    assert_eq!(refused(&server, request_line(100_000)).status, 414);
    let header = format!("GET / HTTP/1.1\r\nhost: test\r\nx: {}\r\n\r\n", "a".repeat(20_000));
    assert_eq!(refused(&server, header).status, 431);
    let headers = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200));
    assert_eq!(refused(&server, headers).status, 431);
}

#[test]
fn a_body_that_is_too_large_is_refused_however_it_comes() {
    let server = Server::start();
    let head = "PATCH /fake-ux/v1/PR/thing/x HTTP/1.1\r\nhost: test\r\n";
    assert_eq!(refused(&server, format!("{head}content-length: 2000\r\n\r\n{}", "x".repeat(2000))).status, 413);
    // So large that the caller is still sending when it has been answered.
    assert_eq!(refused(&server, format!("{head}content-length: 20000000\r\n\r\n{}", "x".repeat(20_000_000))).status, 413);
    // Answered before any of it is sent.
    assert_eq!(refused(&server, format!("{head}content-length: 50000000000\r\n\r\n")).status, 413);
    assert_eq!(refused(&server, format!("{head}expect: 100-continue\r\ncontent-length: 2000\r\n\r\n")).status, 413);
    let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1000));
    assert_eq!(refused(&server, format!("{head}transfer-encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n")).status, 413);
}

#[test]
fn what_is_not_http_is_refused_with_a_body() {
    let server = Server::start();
    let get = "GET /fake-ux/v1/PR/thing/x HTTP/1.1\r\nhost: test\r\n";
    for bytes in [
        "GARBAGE\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET /a b HTTP/1.1\r\n\r\n".to_owned(),
        format!("{get}no colon\r\n\r\n"),
        format!("{get}a: b\r\n folded\r\n\r\n"),
        format!("{get}bad name : x\r\n\r\n"),
        format!("{get}content-length: 1\r\ncontent-length: 2\r\n\r\nx"),
        format!("{get}content-length: -1\r\n\r\n"),
        format!("{get}x: a\0b\r\n\r\n"),
        format!("{get}transfer-encoding: gzip\r\n\r\n"),
        format!("{get}content-length: +1\r\n\r\nx"),
    ] {
        assert_eq!(refused(&server, &bytes).status, 400, "{bytes:?}");
    }
}

/// RFC 9112, section 6.1: the chunks count, and nothing that follows on the connection is believed.
#[test]
fn two_lengths_end_the_connection() {
    let server = Server::start();
    let mut caller = Caller::connect(&server);
    caller.send("GET /fake-ux/v1/PR/thing/x HTTP/1.1\r\nhost: test\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    caller.send(Request::get("/PR/thing/smuggled").bytes());
    assert_eq!(caller.receive().unwrap().status, 401);
    assert!(caller.receive().is_none());
}

#[test]
fn a_slow_head_and_a_slow_body_are_refused() {
    let server = Server::start();
    let started = Instant::now();
    assert_eq!(refused(&server, "GET /fake-ux/v1/PR/th").status, 408);
    assert_eq!(refused(&server, "PATCH /fake-ux/v1/PR/thing/x HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nx").status, 408);
    assert!(started.elapsed().as_millis() >= 600, "each has its time");
}

#[test]
fn a_second_request_on_the_connection_has_its_own_time() {
    let server = Server::start();
    let mut caller = Caller::connect(&server);
    assert_eq!(caller.ask(&Request::get("/PR/thing/x")).status, 200);
    caller.send("GET /fake-ux/v1/PR/th");
    assert_eq!(caller.receive().unwrap().status, 408);
    assert!(caller.is_closed());
}

#[test]
fn a_silent_connection_is_closed_without_a_word() {
    let server = Server::with(|config| config.replace("idle_timeout_ms = 60000", "idle_timeout_ms = 100"));
    let mut fresh = Caller::connect(&server);
    let mut used = Caller::connect(&server);
    assert_eq!(used.ask(&Request::get("/PR/thing/x")).status, 200);
    assert!(fresh.is_closed());
    assert!(used.is_closed());
}

/// Waits until so many connections hold no buffers.
fn until_resting(server: &Server, count: usize) {
    let expected = format!("http_connections_resting {count}");
    let mut admin = Caller::connect_to(server.running.admin_address().unwrap());
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        admin.send("GET /metrics HTTP/1.1\r\nhost: admin\r\n\r\n");
        let metrics = admin.receive().unwrap().body;
        if metrics.lines().any(|line| line == expected) {
            return;
        }
        assert!(Instant::now() < until, "{metrics}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_silent_connection_rests_and_goes_on() {
    let server = Server::with(|config| format!("{config}\n[admin]\nlisten = \"127.0.0.1:0\"\n"));
    let (mut fresh, mut used, leaving) = (Caller::connect(&server), Caller::connect(&server), Caller::connect(&server));
    assert_eq!(used.ask(&Request::get("/PR/thing/1")).status, 200);
    until_resting(&server, 3);
    drop(leaving.into_inner());
    until_resting(&server, 2);
    for id in ["2", "3"] {
        assert_eq!(used.ask(&Request::get(&format!("/PR/thing/{id}"))).json()["id"], id);
        assert_eq!(fresh.ask(&Request::get(&format!("/PR/thing/{id}"))).json()["id"], id);
        until_resting(&server, 2);
    }
    // What is sent after the rest is held to the same limits.
    used.send("GARBAGE\r\n\r\n");
    assert_eq!(used.receive().unwrap().status, 400);
    assert!(used.is_closed());
    until_resting(&server, 1);
    server.stop();
    assert!(fresh.is_closed());
}

/// What the server has read of a later request must not be lost.
#[test]
fn a_connection_with_half_a_request_on_it_does_not_rest() {
    let server = Server::with(|config| format!("{config}\n[admin]\nlisten = \"127.0.0.1:0\"\n"));
    let mut halfway = Caller::connect(&server);
    let (first, second) = (Request::get("/PR/thing/1").bytes(), Request::get("/PR/thing/2").bytes());
    let (begin, end) = second.split_at(20);
    halfway.send([&first, begin].concat());
    assert_eq!(halfway.receive().unwrap().json()["id"], "1");
    let _resting = Caller::connect(&server);
    until_resting(&server, 1);
    halfway.send(end);
    assert_eq!(halfway.receive().unwrap().json()["id"], "2");
    until_resting(&server, 2);
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Server::start();
    let mut caller = Caller::connect(&server);
    let requests = ["1", "2", "3"].map(|id| Request::get(&format!("/PR/thing/{id}")).bytes());
    caller.send(requests.concat());
    for id in ["1", "2", "3"] {
        assert_eq!(caller.receive().unwrap().json()["id"], id);
    }
}

#[test]
fn a_connection_above_the_limit_waits_for_its_turn() {
    let server = Server::with(|config| config.replace("max_uri_bytes", "max_connections = 1\nmax_uri_bytes"));
    let mut first = Caller::connect(&server);
    assert_eq!(first.ask(&Request::get("/PR/thing/x")).status, 200);
    let mut second = Caller::connect(&server);
    second.send(Request::get("/PR/thing/x").bytes());
    drop(first);
    assert_eq!(second.receive().unwrap().status, 200);
}

#[test]
fn http_2_without_tls_is_served() {
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let statuses = runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.running.address()).await.unwrap();
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let mut statuses = Vec::new();
        for (id, header) in [("x", "y".to_owned()), ("not-found", "y".to_owned()), ("x", "y".repeat(10_000))] {
            let request = http::Request::get(format!("http://test/fake-ux/v1/PR/thing/{id}"))
                .header("client_id", "all")
                .header("client_secret", "all-secret")
                .header("lob", "FIXED")
                .header("x-other", header)
                .body(Empty::<bytes::Bytes>::new())
                .unwrap();
            let answer = sender.send_request(request).await.unwrap();
            assert!(answer.headers().contains_key("x-correlation-id"));
            statuses.push(answer.status().as_u16());
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());
        }
        statuses
    });
    assert_eq!(statuses, [200, 404, 431]);
}
