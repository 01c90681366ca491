//! One line per request, whatever happens to it, and nothing in it that is not ours to tell.

use crate::channel::Server;
use crate::client::{Caller, Request};

#[test]
fn no_value_that_a_caller_sends_is_logged() {
    let server = Server::with(|config| config.replace("request_timeout_ms = 300", "request_timeout_ms = 20"));
    for id in ["7875550101", "panic", "forever", "unavailable", "malformed", "misconfigured", "rejected", "broken", "not-found"] {
        Request::get(&format!("/PR/thing/{id}?detail=SECRET-detail&other=SECRET-other"))
            .and("x-tax-identifier", "SECRET-tax")
            .and("refid", "CONTACT_NO")
            .send(&server);
    }
    Request::get("/SECRET-unit/thing/x").send(&server);
    Request::get("/PR/SECRET-route").send(&server);
    Request::get("/PR/thing/x").method("SECRET").send(&server);
    Request::get("/PR/thing/x").with("client_secret", "SECRET-wrong").send(&server);
    Request::get("/PR/thing/x").with("client_id", "SECRET-client").send(&server);
    Request::get("/PR/thing/x").with("lob", "SECRET-lob").send(&server);
    Request::get("/PR/thing/x").method("PATCH").body("SECRET-body").send(&server);
    let metrics = server.running.metrics();
    let log = server.stop();
    let everything = format!("{log:?} {metrics}");
    for value in ["SECRET", "7875550101", "all-secret", "CONTACT_NO", "the secret of the panic"] {
        assert!(!everything.contains(value), "{value}");
    }
    assert_eq!(log.len(), 16);
}

#[test]
fn every_request_leaves_one_line() {
    let server = Server::with(|config| config.replace("request_timeout_ms = 300", "request_timeout_ms = 20"));
    let ok = Request::get("/PR/thing/x").and("x-correlation-id", "ok").send(&server);
    Request::get("/PR/thing/unavailable").and("x-correlation-id", "down").send(&server);
    Request::get("/PR/thing/forever").and("x-correlation-id", "late").send(&server);
    Request::get("/PR/thing/panic").and("x-correlation-id", "panic").send(&server);
    Request::get("/nowhere").and("x-correlation-id", "lost").send(&server);
    Request::get("/PR/thing/x").without("client_id").and("x-correlation-id", "nobody").send(&server);
    let mut garbage = Caller::connect(&server);
    garbage.send("GARBAGE\r\n\r\n");
    let garbage_id = garbage.receive().unwrap().header("x-correlation-id").unwrap().to_owned();
    let lines = server.stop();
    let line = |id: &str| lines.iter().find(|line| line["correlation_id"] == id).unwrap_or_else(|| panic!("no line for {id}"));
    let shown: Vec<_> = ["ok", "down", "late", "panic", "lost", "nobody", &garbage_id]
        .iter()
        .map(|id| {
            let mut line = line(id).clone();
            let line = line.as_object_mut().unwrap();
            assert!(line.remove("time").is_some() && line.remove("duration_us").is_some());
            if *id == garbage_id {
                line.remove("correlation_id");
            }
            serde_json::to_string(&line).unwrap()
        })
        .collect();
    assert_eq!(line("ok")["bytes"], ok.body.len());
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(lines.len(), 7);
}

#[test]
fn a_caller_who_goes_away_is_noticed() {
    let server = Server::with(|config| config.replace("request_timeout_ms = 300", "request_timeout_ms = 60000"));
    let mut caller = Caller::connect(&server);
    caller.send(Request::get("/PR/thing/forever").bytes());
    while !server.running.metrics().contains("http_requests_in_flight 1") {
        std::thread::yield_now();
    }
    drop(caller);
    let lines = server.stop();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["status"], &lines[0]["error"]), (&499.into(), &"client_gone".into()));
}

#[test]
fn requests_are_counted_by_operation_unit_and_status() {
    let server = Server::start();
    for target in ["/PR/thing/x", "/PR/thing/x", "/PR/thing/not-found", "/OO/thing/x", "/nowhere"] {
        Request::get(target).send(&server);
    }
    let metrics = server.running.metrics();
    for line in [
        r#"http_requests_total{operation="getThing",unit="PR",status="200"} 2"#,
        r#"http_requests_total{operation="getThing",unit="PR",status="404"} 1"#,
        r#"http_requests_total{operation="getThing",unit="none",status="400"} 1"#,
        r#"http_requests_total{operation="none",unit="none",status="404"} 1"#,
        "http_requests_in_flight 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing in\n{metrics}");
    }
}
