//! wfm-ux: which system is asked, what is made of several answers, and every documented error.

use contract_tests::{Answer, Control, Request, Server, bad_request, document, error};
use serde_json::{Value, json};

/// Of neither length, and both systems know it.
const KNOWN_TO_BOTH: &str = "3045036001";
/// Of neither length; only Liberate knows it.
const LIBERATE_ONLY: &str = "301202421";
/// Of neither length; only Cerillion knows it.
const CERILLION_ONLY: &str = "5045036";

const GET_ACCOUNTS: &str = "getAccounts";
const GET_ACCOUNT: &str = "getAccount";

fn wfm_ux() -> Server {
    Server::start("wfm-ux", &[])
}

fn account(server: &Server, number: &str) -> Request {
    server.get(&format!("/wfm-ux/v1/JM/billingAccount/{number}"))
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn source(server: &Server, number: &str) -> String {
    json(&account(server, number).send())["sourceBSS"].as_str().unwrap().to_owned()
}

fn asked(control: &Control) -> [u64; 2] {
    [control.calls("cerillion", GET_ACCOUNT), control.calls("liberate", GET_ACCOUNTS)]
}

fn unavailable(description: &str) -> String {
    error(503, "HTTP:SERVICE_UNAVAILABLE", &format!("HTTP {description} failed: service unavailable (503)."))
}

#[test]
fn eight_digits_are_cerillions_and_twelve_liberates() {
    let server = wfm_ux();
    let control = server.control();
    assert_eq!(source(&server, "50450354"), "CERILLION");
    assert_eq!(asked(&control), [1, 0]);
    assert_eq!(source(&server, "301202420000"), "LIBERATE");
    assert_eq!(asked(&control), [1, 1]);
    // What the length decided is not asked elsewhere.
    for number in ["50459998", "301202429999"] {
        account(&server, number).send().assert(404, &document("bot-ux.error.404"));
    }
    assert_eq!(asked(&control), [2, 2]);
}

#[test]
fn any_other_number_asks_both_and_cerillion_wins() {
    let server = wfm_ux();
    let control = server.control();
    assert_eq!(source(&server, LIBERATE_ONLY), "LIBERATE");
    for number in ["1", "5045035A", "BANx1011-CAN"] {
        account(&server, number).send().assert(404, &document("bot-ux.error.404"));
    }
    assert_eq!(asked(&control), [4, 4]);
    // Here Liberate's answer is not waited for: its call may end before Liberate has looked at it.
    assert_eq!(source(&server, KNOWN_TO_BOTH), "CERILLION");
    assert_eq!(source(&server, CERILLION_ONLY), "CERILLION");
    assert_eq!(control.calls("cerillion", GET_ACCOUNT), 6);
}

#[test]
fn both_are_asked_before_either_has_answered() {
    let server = wfm_ux();
    let control = server.control();
    // Fetches Cerillion's token, so that there is one call to each system from here on.
    source(&server, "50450354");
    for (system, operation) in [("cerillion", GET_ACCOUNT), ("liberate", GET_ACCOUNTS)] {
        control.fault(&json!({ "system": system, "operation": operation, "fault": { "kind": "hold" } }));
    }
    let request = account(&server, LIBERATE_ONLY);
    let answer = std::thread::spawn(move || request.send());
    while asked(&control) != [2, 1] {
        assert!(!answer.is_finished(), "answered before both were asked: {:?}", asked(&control));
        std::thread::yield_now();
    }
    control.clear_faults();
    assert_eq!(json(&answer.join().unwrap())["sourceBSS"], "LIBERATE");
}

#[test]
fn one_that_cannot_be_asked_may_know_the_account() {
    let server = wfm_ux();
    let control = server.control();
    control.stop("cerillion");
    let answer = account(&server, "1").send();
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.header("retry-after").is_some());
    // Found is found.
    assert_eq!(source(&server, LIBERATE_ONLY), "LIBERATE");
}

#[test]
fn liberate_down_is_nothing_to_an_account_that_cerillion_has() {
    let server = wfm_ux();
    let control = server.control();
    control.stop("liberate");
    assert_eq!(source(&server, KNOWN_TO_BOTH), "CERILLION");
    account(&server, "1").send().assert(503, &unavailable("POST on resource 'liberate getAccounts'"));
    account(&server, "301202420000").send().assert(503, &unavailable("POST on resource 'liberate getAccounts'"));
}

#[test]
fn an_account_that_moved_is_followed_once() {
    let server = wfm_ux();
    let control = server.control();
    let moved = json(&account(&server, "301202420017").send());
    assert_eq!((&moved["id"], &moved["sourceBSS"]), (&json!("50450362"), &json!("CERILLION")));
    assert_eq!(asked(&control), [1, 1]);
    // Where it is said to be, nobody knows it.
    account(&server, "301202420025").send().assert(404, &document("bot-ux.error.404"));
    assert_eq!(asked(&control), [2, 2]);
}

#[test]
fn contact_methods_inside_and_outside_the_tables() {
    let server = wfm_ux();
    let contact_types = |number: &str| -> Vec<(String, String)> {
        let found = json(&account(&server, number).send());
        let media = found["contact"].as_array().unwrap().iter().filter_map(|contact| contact["contactMedium"].as_array()).flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        media.map(|medium| (text(&medium["mediumType"]), text(&medium["characteristic"]["contactType"]))).collect()
    };
    for (number, medium_type, contact_type) in [
        ("301202420033", "Other", "pager"),
        ("301202420033", "Other", "skype"),
        ("301202420000", "IVR", "ivr3"),
        ("301202420000", "Telephone", "work"),
        ("50450354", "Email", "email2"),
        ("50450354", "Fax", "fax_no"),
    ] {
        assert!(contact_types(number).contains(&(medium_type.to_owned(), contact_type.to_owned())), "{number} {contact_type}");
    }
}

#[test]
fn other_units_are_not_implemented() {
    let server = wfm_ux();
    for unit in ["PR", "PA", "CL", "CW", "TT"] {
        let description = format!("Operation GET /billingAccount/{{id}} for Business Id: {unit} not implemented");
        server
            .get(&format!("/wfm-ux/v1/{unit}/billingAccount/301202420000"))
            .send()
            .assert(501, &error(501, "Not implemented", &description));
    }
}

#[test]
fn what_a_request_must_hold() {
    let server = wfm_ux();
    let path = |path: &str| server.get(&format!("/wfm-ux/v1{path}"));
    path("/OO/billingAccount/1").send().assert(400, &document("bot-ux.error.400"));
    path("/JM/billingAccount/%00")
        .send()
        .assert(400, &bad_request("Invalid value '\u{0}' for uri parameter id. expected pattern ^[^\\u0000-\\u001F\\u007F]{1,64}$"));
    account(&server, "1").without("client_id").send().assert(401, &document("bot-ux.error.401"));
    account(&server, "1")
        .header("X-Correlation-ID", "a")
        .header("Correlation-ID", "b")
        .send()
        .assert(400, &bad_request("Header X-Correlation-ID is not repeatable"));
    for unknown in ["/JM/billingAccount", "/JM/billingAccount/service/1", "/JM/billingAccount/1/2"] {
        path(unknown).send().assert(404, &error(404, "APIKIT:NOT_FOUND", unknown));
    }
    let answer = server.request("PUT", "/wfm-ux/v1/JM/billingAccount/1").send();
    answer.assert(405, &error(405, "APIKIT:METHOD_NOT_ALLOWED", "HTTP Method put not allowed for : /{businessId}/billingAccount/{id}"));
    assert_eq!(answer.header("allow"), Some("GET"));
}
