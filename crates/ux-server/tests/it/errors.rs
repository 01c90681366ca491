//! Every error body, word for word.

use crate::channel::Server;
use crate::client::{Answer, Request};

fn shown(title: &str, answer: &Answer) -> String {
    let id = answer.header("x-correlation-id").unwrap();
    let mut text = format!("{title}: {}\n", answer.status);
    for name in ["allow", "retry-after", "connection"] {
        if let Some(value) = answer.header(name) {
            text.push_str(&format!("  {name}: {value}\n"));
        }
    }
    text.push_str(&format!(
        "  {}\n  {}\n",
        answer.message(),
        answer.description().replace(id, "<the correlation id>").replace('\0', "<NUL>")
    ));
    text
}

#[test]
fn error_bodies() {
    let server = Server::start();
    let good = Request::get("/PR/thing/x");
    let mut text = String::new();
    let mut show = |title: &str, request: Request| text.push_str(&shown(title, &request.send(&server)));
    show("unknown unit", Request::get("/OO/thing/x"));
    show("id too long", Request::get(&format!("/PR/thing/{}", "x".repeat(65))));
    show("id not decodable", Request::get("/PR/thing/%zz"));
    show("id not UTF-8", Request::get("/PR/thing/%ff"));
    show("id with a control character", Request::get("/PR/thing/a%00"));
    show("query not decodable", Request::get("/PR/thing/x?detail=%2"));
    show("query repeated", Request::get("/PR/thing/x?detail=1&detail=2"));
    show("query empty", Request::get("/PR/thing/x?detail="));
    show("header missing", good.clone().without("lob"));
    show("header not in its table", good.clone().with("lob", "fixed"));
    show("header empty", good.clone().with("lob", ""));
    show("header repeated", good.clone().and("LOB", "FIXED"));
    show("correlation id too long", good.clone().and("x-correlation-id", &"x".repeat(129)));
    show("correlation id with a space", good.clone().and("x-correlation-id", "a b"));
    show("correlation id under both names", good.clone().and("x-correlation-id", "a").and("correlation-id", "a"));
    show("credentials repeated", good.clone().and("client_id", "all"));
    show("no credentials", good.clone().without("client_id").without("client_secret"));
    show("wrong secret", good.clone().with("client_secret", "wrong"));
    show("unknown client", good.clone().by("nobody"));
    show("not permitted", Request::get("/JM/thing/x").by("pr"));
    show("unknown route", Request::get("/PR/things/CUSTOMER_8011?x=1"));
    show("outside of the base path", Request { target: "/other".to_owned(), ..good.clone() });
    show("trailing slash", Request::get("/PR/thing/x/"));
    show("wrong method", good.clone().method("POST"));
    show("unknown method", good.clone().method("BREW"));
    show("not implemented", Request::get("/TT/thing/x"));
    for id in ["not-found", "rejected", "misconfigured", "malformed", "unavailable", "busy", "timed-out", "panic", "broken", "forever"] {
        show(id, Request::get(&format!("/PR/thing/{id}")));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_panic_ends_one_request_and_nothing_else() {
    let server = Server::start();
    let mut caller = crate::client::Caller::connect(&server);
    assert_eq!(caller.ask(&Request::get("/PR/thing/panic")).status, 500);
    assert_eq!(caller.ask(&Request::get("/PR/thing/x")).status, 200);
}

#[test]
fn a_head_request_gets_no_body() {
    let server = Server::start();
    let mut caller = crate::client::Caller::connect(&server);
    caller.send(Request::get("/PR/thing/x").method("HEAD").and("connection", "close").bytes());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut caller.into_inner(), &mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    assert_eq!(body, "");
}
