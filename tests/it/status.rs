//! `/status` on the admin listener: how the process and its billing systems are, for people and as JSON.

use std::time::{Duration, Instant};

use contract_tests::{Answer, Server};
use serde_json::{Value, json};

fn page(admin: &str) -> Answer {
    let answer = Server::get_url(format!("{admin}/status")).send();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

fn status(admin: &str) -> Value {
    let answer = Server::get_url(format!("{admin}/status")).header("Accept", "application/json").send();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn system<'a>(status: &'a Value, name: &str) -> &'a Value {
    status["systems"].as_array().unwrap().iter().find(|system| system["name"] == name).unwrap_or_else(|| panic!("no {name} in {status}"))
}

fn ask_csg(server: &Server) -> u16 {
    let ask = server.get("/bot-ux/v1/PR/balanceEnquiry").header("lob", "FIXED").header("refid", "ACCOUNT_NO");
    ask.header("refvalue", "8211990010013290").send().status
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_members_are_those_that_are_documented() {
    let server = Server::start_configured(
        "bot-ux",
        "quota = { requests = 5, per_ms = 86400000 }\n[admin]\nlisten = '127.0.0.1:0'\n[systems.csg]\nusername = 'u'\npassword = 'p'\n\
         [systems.csg.http]\nbase_url = 'http://127.0.0.1:9'\n",
    );
    let admin = server.admin();
    assert_eq!([ask_csg(&server), ask_csg(&server)], [503, 503]);
    let status = status(&admin);
    let names = [
        "channel",
        "connections",
        "last_reload",
        "quotas",
        "recent",
        "requests_in_flight",
        "started",
        "state",
        "systems",
        "uptime_seconds",
        "version",
        "workers",
    ];
    assert_eq!(keys(&status), names);
    assert_eq!(keys(&status["recent"]), ["client_errors", "requests", "seconds", "server_errors"]);
    assert_eq!((&status["recent"]["requests"], &status["recent"]["server_errors"]), (&json!(2), &json!(2)));
    assert_eq!(status["quotas"], json!([{ "client": "demo", "policy": "client", "used": 2, "limit": 5, "per_ms": 86_400_000 }]));
    assert_eq!((&status["channel"], &status["state"], &status["last_reload"]), (&json!("bot-ux"), &json!("serving"), &Value::Null));
    let csg = system(&status, "csg");
    let names = [
        "breaker",
        "calls",
        "connections",
        "failures",
        "health",
        "in_flight",
        "last_error",
        "latency",
        "name",
        "queued",
        "recent",
        "retries",
    ];
    assert_eq!(keys(csg), names);
    assert_eq!(keys(&csg["recent"]), ["calls", "failures", "from", "p50_us", "p99_us", "seconds"]);
    assert_eq!(keys(&csg["last_error"]), ["at", "class"]);
    assert_eq!((&csg["health"], &csg["last_error"]["class"]), (&json!("failing"), &json!("connect_failed")));
    let page = page(&admin);
    for text in ["csg", "failing", "connect_failed", "demo", "86400000 ms"] {
        assert!(page.body.contains(text), "{text} is missing in {}", page.body);
    }
}

#[test]
fn a_system_that_stops_is_seen_to_stop() {
    let server = Server::start("bot-ux", &[]);
    let (admin, control) = (server.admin(), server.control());
    let fresh = status(&admin);
    let names: Vec<_> = fresh["systems"].as_array().unwrap().iter().map(|system| &system["name"]).collect();
    assert_eq!(names, ["cerillion", "csg", "liberate", "tmf666"]);
    assert_eq!((&system(&fresh, "csg")["health"], &system(&fresh, "csg")["last_error"]), (&json!("quiet"), &Value::Null));

    assert_eq!(ask_csg(&server), 200);
    let asked = status(&admin);
    let csg = system(&asked, "csg");
    assert_eq!(
        [&csg["health"], &csg["breaker"], &csg["calls"], &csg["connections"]],
        [&json!("ok"), &json!("closed"), &json!(1), &json!(1)]
    );
    let now = csg["latency"].as_array().unwrap().last().unwrap();
    assert!(now["p50_us"].as_u64().is_some_and(|time| time > 0), "{csg}");
    assert!(page(&admin).body.contains("d=\"M600 "), "the sparkline begins at the right edge");

    control.stop("csg");
    let limit = Instant::now() + Duration::from_secs(60);
    let down = loop {
        assert_eq!(ask_csg(&server), 503);
        let status = status(&admin);
        if system(&status, "csg")["breaker"] == "open" {
            break status;
        }
        assert!(Instant::now() < limit, "{status}");
    };
    let csg = system(&down, "csg");
    assert_eq!(csg["health"], "down");
    assert!(csg["last_error"]["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{csg}");
    assert_eq!(csg["last_error"]["class"], "connect_failed", "and not the breaker that followed from it");
    assert_eq!(system(&down, "liberate")["health"], "quiet", "the others are not concerned");
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let server = Server::start("sfdc-ux", &[]);
    let page = page(&server.admin());
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for foreign in ["<script", "src=", "href=", "url(", "@import", " style="] {
        assert!(!page.body.contains(foreign), "{foreign}");
    }
    for id in ["id=\"aria\"", "id=\"csg\""] {
        assert!(page.body.contains(id), "{id} is missing in {}", page.body);
    }
}
