//! bot-ux: the documented requests, and every documented error.

use contract_tests::{Answer, Request, Server, document};

fn bot_ux() -> Server {
    Server::start("bot-ux", &[])
}

fn ask(server: &Server, operation: &str, unit: &str, refid: &str, refvalue: &str) -> Request {
    server.get(&format!("/bot-ux/v1/{unit}/{operation}")).header("lob", "FIXED").header("refid", refid).header("refvalue", refvalue)
}

pub(crate) fn balance_enquiry(server: &Server, unit: &str, account: &str) -> Request {
    ask(server, "balanceEnquiry", unit, "ACCOUNT_NO", account)
}

#[test]
fn balance_enquiry_of_the_document() {
    let server = bot_ux();
    balance_enquiry(&server, "PR", "8211990010013290").send().assert(200, &document("bot-ux.balance-enquiry.pr"));
}

#[test]
fn accounts_of_the_document_by_either_number() {
    let server = bot_ux();
    for refid in ["SERVICE_NO", "CONTACT_NO"] {
        ask(&server, "accounts", "PR", refid, "7875550101").send().assert(200, &document("bot-ux.accounts.pr.up-to-3"));
    }
}

#[test]
fn more_than_three_accounts_come_without_email() {
    let server = bot_ux();
    let answer = ask(&server, "accounts", "PR", "CONTACT_NO", "7875550102").send();
    assert_eq!(answer.status, 200);
    let accounts: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let example: serde_json::Value = serde_json::from_str(&document("bot-ux.accounts.pr.over-3")).unwrap();
    assert_eq!(accounts.as_array().unwrap().len(), 4);
    for account in accounts.as_array().unwrap() {
        assert_eq!(shape(account), shape(&example[0]));
    }
    assert!(!answer.body.contains("emailAddress"));
}

/// The member names of a value, all the way down.
fn shape(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        serde_json::Value::Array(items) => items.iter().map(shape).collect(),
        _ => serde_json::Value::Null,
    }
}

fn error(code: u16, message: &str, description: &str) -> String {
    serde_json::json!({ "errors": [{ "code": code, "message": message, "description": description }] }).to_string()
}

fn bad_request(description: &str) -> String {
    error(400, "APIKIT:BAD_REQUEST", description)
}

fn assert_correlated(answer: &Answer) {
    assert!(answer.header("x-correlation-id").is_some_and(|id| !id.is_empty()), "{answer:?}");
}

#[test]
fn bad_path_value() {
    let server = bot_ux();
    let answer = balance_enquiry(&server, "OO", "8211990010013290").send();
    answer.assert(400, &document("bot-ux.error.400"));
    assert_correlated(&answer);
    balance_enquiry(&server, "pr", "1")
        .send()
        .assert(400, &bad_request("Invalid value 'pr' for uri parameter businessId. pr is not a valid enum value"));
}

#[test]
fn missing_and_wrong_headers() {
    let server = bot_ux();
    let good = || balance_enquiry(&server, "PR", "8211990010013290");
    for header in ["lob", "refid", "refvalue"] {
        good().without(header).send().assert(400, &bad_request(&format!("Required header '{header}' not specified")));
    }
    for header in ["lob", "refid"] {
        good()
            .without(header)
            .header(header, "X")
            .send()
            .assert(400, &bad_request(&format!("Invalid value 'X' for header '{header}'. X is not a valid enum value")));
    }
    good().header("lob", "FIXED").send().assert(400, &bad_request("Header lob is not repeatable"));
}

#[test]
fn a_reference_that_the_operation_does_not_take() {
    let server = bot_ux();
    for (operation, refid) in [("balanceEnquiry", "SERVICE_NO"), ("balanceEnquiry", "RUT_ID"), ("accounts", "ACCOUNT_NO")] {
        ask(&server, operation, "PR", refid, "1")
            .send()
            .assert(400, &bad_request(&format!("Invalid value '{refid}' for header 'refid'. {refid} is not a valid enum value")));
    }
}

#[test]
fn credentials_missing_or_wrong() {
    let server = bot_ux();
    let good = || balance_enquiry(&server, "PR", "8211990010013290");
    for request in [
        good().without("client_id"),
        good().without("client_secret"),
        good().without("client_secret").header("client_secret", "wrong"),
        good().without("client_id").header("client_id", "nobody"),
        // Credentials come before everything else about the request.
        server.get("/bot-ux/v1/OO/unknown").without("client_id"),
    ] {
        request.send().assert(401, &document("bot-ux.error.401"));
    }
}

#[test]
fn unknown_account() {
    let server = bot_ux();
    balance_enquiry(&server, "PR", "8211990010099999").send().assert(404, &document("bot-ux.error.404"));
    ask(&server, "accounts", "PR", "SERVICE_NO", "7875550000").send().assert(404, &document("bot-ux.error.404"));
}

#[test]
fn unknown_route() {
    let server = bot_ux();
    server.get("/bot-ux/v1/PR/nothing?x=1").send().assert(404, &error(404, "APIKIT:NOT_FOUND", "/PR/nothing"));
}

#[test]
fn wrong_method() {
    let server = bot_ux();
    let answer = server.request("POST", "/bot-ux/v1/PR/balanceEnquiry").send();
    answer.assert(405, &document("bot-ux.error.405.balance-enquiry"));
    assert_eq!(answer.header("allow"), Some("GET"));
    server
        .request("DELETE", "/bot-ux/v1/PR/accounts")
        .send()
        .assert(405, &error(405, "APIKIT:METHOD_NOT_ALLOWED", "HTTP Method delete not allowed for : /{businessId}/accounts"));
}

#[test]
fn units_without_an_implementation() {
    let server = bot_ux();
    for operation in ["balanceEnquiry", "accounts"] {
        let refid = if operation == "accounts" { "SERVICE_NO" } else { "ACCOUNT_NO" };
        for unit in ["TT", "CW", "VG"] {
            let description = format!("Not implemented for Operation GET /{operation} for Business Id: {unit} not implemented");
            ask(&server, operation, unit, refid, "1").send().assert(501, &error(501, "Not implemented", &description));
        }
    }
}

#[test]
fn the_correlation_id_comes_back_under_either_name() {
    let server = bot_ux();
    for name in ["Correlation-ID", "x-correlation-id"] {
        let answer = balance_enquiry(&server, "PR", "8211990010013290").header(name, "644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2b").send();
        assert_eq!(answer.header("x-correlation-id"), Some("644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2b"));
    }
}

/// 8211990010051001 has the status letter of suspended automatic payments and no delinquency letter.
#[test]
fn the_letter_of_automatic_payments_is_never_shown_as_the_delinquency() {
    let server = bot_ux();
    let answer = balance_enquiry(&server, "PR", "8211990010051001").send();
    let account: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(account["paymentStatus"], "", "{account}");
}
