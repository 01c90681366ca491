//! What the operator's listener tells.

use std::net::TcpStream;
use std::time::Duration;

use crate::channel::Server;
use crate::client::{Answer, Caller, Request};

fn with_admin() -> Server {
    Server::with(|config| {
        format!("{config}\n[admin]\nlisten = \"127.0.0.1:0\"\n").replace("body_timeout_ms = 300", "body_timeout_ms = 60000")
    })
}

fn ask(caller: &mut Caller, method: &str, path: &str) -> Answer {
    caller.send(format!("{method} {path} HTTP/1.1\r\nhost: admin\r\n\r\n"));
    caller.receive().unwrap()
}

fn admin(server: &Server) -> Caller {
    Caller::connect_to(server.running.admin_address().unwrap())
}

#[test]
fn without_the_section_there_is_no_listener() {
    assert_eq!(Server::start().running.admin_address(), None);
}

#[test]
fn it_is_alive_and_ready() {
    let server = with_admin();
    let mut admin = admin(&server);
    for path in ["/livez", "/readyz", "/readyz?verbose"] {
        let answer = ask(&mut admin, "GET", path);
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"), "{path}");
    }
    assert_eq!(ask(&mut admin, "GET", "/PR/thing/x").status, 404);
    let refused = ask(&mut admin, "POST", "/livez");
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD")));
    // Callers find none of it.
    assert_ne!(Caller::connect(&server).ask(&Request::get("/livez")).status, 200);
    server.stop();
}

#[test]
fn metrics_count_requests_by_operation_unit_and_status() {
    let server = with_admin();
    let mut caller = Caller::connect(&server);
    assert_eq!(caller.ask(&Request::get("/PR/thing/x")).status, 200);
    assert_eq!(caller.ask(&Request::get("/PR/thing/x")).status, 200);
    assert_eq!(caller.ask(&Request::get("/nowhere")).status, 404);
    let metrics = ask(&mut admin(&server), "GET", "/metrics");
    assert_eq!(metrics.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    for line in [
        r#"http_requests_total{operation="getThing",unit="PR",status="200"} 2"#,
        r#"http_requests_total{operation="none",unit="none",status="404"} 1"#,
        r#"http_request_duration_seconds_count{operation="getThing"} 2"#,
        "http_connections 1",
        "# EOF",
    ] {
        assert!(metrics.body.lines().any(|found| found == line), "{line} is missing in\n{}", metrics.body);
    }
    server.stop();
}

#[test]
fn it_answers_not_ready_before_callers_are_refused() {
    let server = Server::with(|config| {
        format!("{config}\n[admin]\nlisten = \"127.0.0.1:0\"\n").replace("[server]\n", "[server]\ndrain_delay_ms = 600000\n")
    });
    let address = server.running.address();
    let mut admin = admin(&server);
    // Ends with this process: nobody waits for the delay.
    std::thread::spawn(|| server.stop());
    while ask(&mut admin, "GET", "/readyz").status == 200 {}
    let answer = Caller::connect_to(address).ask(&Request::get("/PR/thing/x"));
    assert_eq!((answer.status, answer.header("connection")), (200, None));
}

#[test]
fn it_answers_not_ready_while_requests_are_finished() {
    let server = with_admin();
    let address = server.running.address();
    let mut admin = admin(&server);
    let mut caller = Caller::connect(&server);
    assert_eq!(caller.ask(&Request::get("/PR/thing/x")).status, 200);
    // Half a request holds the end of the server up.
    caller.send(Request::get("/PR/thing/x").and("content-length", "2").bytes());
    let stopping = std::thread::spawn(|| server.stop());
    // Once nobody gets in any more, stopping has begun.
    while TcpStream::connect_timeout(&address, Duration::from_secs(5)).is_ok() {}
    let answer = ask(&mut admin, "GET", "/readyz");
    assert_eq!((answer.status, answer.body.as_str()), (503, "draining\n"));
    assert_eq!(ask(&mut admin, "GET", "/livez").status, 200);
    caller.send("{}");
    assert_eq!(caller.receive().unwrap().header("connection"), Some("close"));
    stopping.join().unwrap();
    assert!(admin.is_closed());
}
