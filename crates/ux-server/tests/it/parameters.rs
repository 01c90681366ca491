//! Reading parameters: names without case, aliases, decoding, and what is ignored.

use crate::channel::Server;
use crate::client::Request;

#[test]
fn ids_arrive_as_they_were_meant() {
    let server = Server::start();
    for (sent, meant) in [
        ("BANx1011-CANx22x2", "BANx1011-CANx22x2"),
        ("0230495-0039947", "0230495-0039947"),
        ("a%2Fb", "a/b"),
        ("%C3%A9", "é"),
        ("a%20b", "a b"),
        ("+1", "+1"),
        ("..", ".."),
    ] {
        let answer = Request::get(&format!("/PR/thing/{sent}")).send(&server);
        assert_eq!(answer.json()["id"], meant, "{sent}");
    }
    assert_eq!(Request::get("/P%52/thing/x").send(&server).status, 200);
}

#[test]
fn query_values_are_decoded_and_a_plus_is_a_plus() {
    let server = Server::start();
    for (sent, meant) in [("%2B1787", "+1787"), ("+1787", "+1787"), ("a%26b%3Dc", "a&b=c"), ("a=b", "a=b")] {
        let answer = Request::get(&format!("/PR/thing/x?detail={sent}")).send(&server);
        assert_eq!(answer.json()["detail"], meant, "{sent}");
    }
}

#[test]
fn unknown_parameters_are_ignored_however_often_they_come() {
    let server = Server::start();
    let request = Request::get("/PR/thing/x?other=1&other=2&&detail=d").and("x-other", "1").and("x-other", "2");
    assert_eq!(request.send(&server).json()["detail"], "d");
}

#[test]
fn the_correlation_id_has_two_names_and_no_case() {
    let server = Server::start();
    for name in ["Correlation-ID", "X-Correlation-ID", "x-correlation-id", "CORRELATION-id"] {
        let answer = Request::get("/PR/thing/x").and(name, "644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2b").send(&server);
        assert_eq!(answer.header("x-correlation-id"), Some("644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2b"));
        assert_eq!(answer.json()["correlation"], "644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2b");
    }
}

#[test]
fn a_missing_correlation_id_is_made_and_never_twice_the_same() {
    let server = Server::start();
    let made = [0; 3].map(|_| Request::get("/PR/thing/x").send(&server).header("x-correlation-id").unwrap().to_owned());
    assert!(made.iter().all(|id| id.len() == 36), "{made:?}");
    assert!(made[0] != made[1] && made[1] != made[2] && made[0] != made[2], "{made:?}");
}

#[test]
fn an_id_that_is_refused_is_not_sent_back() {
    let server = Server::start();
    let answer = Request::get("/PR/thing/x").and("x-correlation-id", "a\tb").send(&server);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("x-correlation-id").unwrap().len(), 36);
}
