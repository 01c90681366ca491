//! What a client may ask in a time, what it is told about it, and what holds while the processes cannot count together.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::channel::Server;
use crate::client::{Answer, Request};

const SLOW: &str = "quota = { requests = 1, per_ms = 3600000 }";

/// A server whose client `slow` has these quotas.
fn with_quotas(quotas: &str, rest: &str) -> Server {
    Server::with(|config| format!("{}\n{rest}", config.replace(SLOW, quotas)))
}

fn get(server: &Server) -> Answer {
    Request::get("/PR/thing/x").by("slow").send(server)
}

fn rate_limit(answer: &Answer) -> (u16, Option<&str>) {
    (answer.status, answer.header("ratelimit"))
}

#[test]
fn a_request_is_taken_out_of_the_quota_for_everything_and_of_its_operations() {
    let quotas = "quota = { requests = 5, per_ms = 3600000 }\nquotas = { getThing = { requests = 2, per_ms = 3600000 } }";
    let server = with_quotas(quotas, "");
    let first = get(&server);
    assert_eq!(rate_limit(&first), (200, Some(r#""client";r=4;t=720, "getThing";r=1;t=1800"#)));
    assert_eq!(first.header("ratelimit-policy"), Some(r#""client";q=5;w=3600, "getThing";q=2;w=3600"#));
    // What is wrong with the request counts too, as soon as it is known whose it is.
    let wrong = Request::get("/XX/thing/x").by("slow").send(&server);
    assert_eq!(rate_limit(&wrong), (400, Some(r#""client";r=3;t=1440, "getThing";r=0;t=3600"#)));
    let refused = get(&server);
    assert_eq!(rate_limit(&refused), (429, Some(r#""client";r=3;t=1440, "getThing";r=0;t=3600"#)));
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1790..=1800).contains(&seconds), "{seconds}");
    // The other operation and what is none have the quota for everything alone.
    let change = Request::get("/PR/thing/x").by("slow").method("PATCH").body("{}").send(&server);
    assert_eq!(rate_limit(&change), (200, Some(r#""client";r=2;t=2160"#)));
    assert_eq!(change.header("ratelimit-policy"), Some(r#""client";q=5;w=3600"#));
    assert_eq!(rate_limit(&Request::get("/nowhere").by("slow").send(&server)), (404, Some(r#""client";r=1;t=2880"#)));
}

#[test]
fn a_quota_for_one_operation_leaves_the_others_alone() {
    let server = with_quotas("quotas = { getThing = { requests = 1, per_ms = 500 } }", "");
    let change = Request::get("/PR/thing/x").by("slow").method("PATCH").body("{}").send(&server);
    assert_eq!(rate_limit(&change), (200, None));
    let first = get(&server);
    assert_eq!(first.header("ratelimit-policy"), Some(r#""getThing";q=1;w=1"#));
    assert_eq!(rate_limit(&first), (200, Some(r#""getThing";r=0;t=1"#)));
}

#[test]
fn nobody_else_is_told_about_quotas() {
    let server = Server::start();
    for request in [Request::get("/PR/thing/x"), Request::get("/PR/thing/x").by("nobody")] {
        let answer = request.send(&server);
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None), "{}", answer.status);
    }
}

/// The store's section, with a time limit so long that a request which waited for it would be seen.
fn store(address: &str) -> String {
    format!("[quota_store]\nurl = 'redis://:hunter2@{address}'\nreplicas = 4\ntimeout_ms = 1000\n")
}

fn wait_for(server: &Server, fits: impl Fn(&str) -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !server.running.metrics().lines().any(&fits) {
        assert!(Instant::now() < limit, "{}", server.running.metrics());
        std::thread::yield_now();
    }
}

/// Each process has a quarter of eight requests.
fn keeps_to_its_part(server: Server) {
    let statuses: Vec<_> = (0..4).map(|_| get(&server).status).collect();
    assert_eq!(statuses, [200, 200, 429, 429]);
    wait_for(&server, |line| line.strip_prefix("quota_store_errors_total ").is_some_and(|count| count != "0"));
    let metrics = server.running.metrics();
    assert!(metrics.lines().any(|line| line == "quota_store_up 0"), "{metrics}");
    assert!(!metrics.contains("hunter2"));
    server.stop();
}

const EIGHT: &str = "quota = { requests = 8, per_ms = 3600000 }";

#[test]
fn where_no_store_listens_each_process_keeps_to_its_part() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    keeps_to_its_part(with_quotas(EIGHT, &store(&nobody.to_string())));
}

#[test]
fn where_the_store_never_answers_each_process_keeps_to_its_part() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    keeps_to_its_part(with_quotas(EIGHT, &store(&silent.local_addr().unwrap().to_string())));
}

#[test]
fn a_store_that_is_none_changes_nothing() {
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = web.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for caller in web.incoming() {
            let _ = std::io::Write::write_all(&mut caller.unwrap(), b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    keeps_to_its_part(with_quotas(EIGHT, &store(&address)));
}
