//! Callers who are slow, stop halfway, or never read.

use std::time::Duration;

use contract_tests::{Connection, Server};
use serde_json::json;

use super::{GOOD, assert_refused, assert_unharmed, head, impatient, unserved};

const TOO_SLOW: &str = "The request was not received in time.";

/// Sends a byte now and then until the server has had enough, so that there is never silence.
fn drip(connection: &mut Connection, bytes: &[u8]) {
    for byte in bytes.iter().cycle() {
        if !connection.send([*byte]) {
            return;
        }
        // The rate of a slow caller; nothing is decided by it.
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_head_that_drips_is_refused_in_time() {
    let server = impatient();
    for begin in ["", "GET /bot-ux/v1/TT/balance", "GET / HTTP/1.1\r\nhost: te"] {
        let mut connection = Connection::open(&server);
        connection.send(begin);
        drip(&mut connection, b"a");
        assert_refused(&connection.receive().expect("an answer"), 408, TOO_SLOW);
        assert!(connection.rest().is_empty());
    }
    assert_unharmed(&server);
}

#[test]
fn a_body_that_drips_is_refused_in_time() {
    let server = impatient();
    for (framing, bytes) in [("content-length: 60000", &b"x"[..]), ("transfer-encoding: chunked", b"1\r\nx\r\n")] {
        let mut connection = Connection::open(&server);
        connection.send(format!("{}{framing}\r\n\r\n", head("PATCH", "/bot-ux/v1/TT/accounts")));
        drip(&mut connection, bytes);
        assert_refused(&connection.receive().expect("an answer"), 408, TOO_SLOW);
        assert!(connection.rest().is_empty());
    }
    assert_unharmed(&server);
}

#[test]
fn silence_ends_a_connection_without_a_word() {
    let server = impatient();
    let mut fresh = Connection::open(&server);
    let mut used = Connection::open(&server);
    used.send(unserved() + "\r\n");
    assert_eq!(used.receive().expect("an answer").status, 501);
    assert!(fresh.rest().is_empty());
    assert!(used.rest().is_empty());
}

/// Who stops sending before the request is whole gets no answer to it, except to a body that breaks off.
#[test]
fn what_breaks_off_is_no_request() {
    let server = impatient();
    let whole = head("PATCH", "/bot-ux/v1/TT/accounts");
    for (bytes, status) in [
        (String::new(), None),
        ("GET /bot-ux".to_owned(), None),
        (whole.clone(), None),
        (format!("{whole}content-length: 10\r\n\r\nx"), Some(400)),
        (format!("{whole}transfer-encoding: chunked\r\n\r\n5\r\nx"), Some(400)),
        (format!("{whole}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n"), Some(400)),
    ] {
        let mut connection = Connection::open(&server);
        connection.send(&bytes);
        connection.end_sending();
        assert_eq!(connection.receive().map(|answer| answer.status), status, "{bytes}");
        assert!(connection.rest().is_empty());
    }
    assert_unharmed(&server);
}

/// Who stops sending has gone away: the work for him is given up.
#[test]
fn a_caller_who_ends_his_side_gets_nothing_that_takes_time() {
    for (channel, target, headers) in GOOD {
        let server = Server::start(channel, &[]);
        let control = server.control();
        let system = if channel == "wfm-ux" { "liberate" } else { "csg" };
        control.fault(&json!({ "system": system, "fault": { "kind": "hold" } }));
        let mut connection = Connection::open(&server);
        connection.send(format!("{}{headers}\r\n", head("GET", target)));
        connection.end_sending();
        assert!(connection.rest().is_empty(), "{channel}");
        control.clear_faults();
        assert_unharmed(&server);
    }
}

/// The answers pile up in the kernel's buffers; when those are full, the channel reads no further and then hangs up.
#[test]
fn a_caller_who_never_reads_is_cut() {
    let server = impatient();
    let mut connection = Connection::open(&server);
    let many = (unserved() + "\r\n").repeat(1_000);
    let mut sent = 0_usize;
    while connection.send(&many) {
        sent += many.len();
        assert!(sent < 1 << 30, "a gigabyte of requests was taken");
    }
    assert_unharmed(&server);
}
