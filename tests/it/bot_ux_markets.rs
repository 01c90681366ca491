//! bot-ux in Jamaica (Liberate, Cerillion), Panama (Liberate) and Chile (a TMF666 server).

use contract_tests::{Answer, Request, Server, bad_request, document, error, same_json};
use serde_json::{Value, json};

fn bot_ux() -> Server {
    Server::start("bot-ux", &[])
}

fn ask(server: &Server, path: &str, lob: &str, refid: &str, refvalue: &str) -> Request {
    server.get(&format!("/bot-ux/v1/{path}")).header("lob", lob).header("refid", refid).header("refvalue", refvalue)
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn ids(answer: &Answer) -> Vec<String> {
    json(answer).as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect()
}

/// Members of the first level that callers know from the examples of Puerto Rico.
const KNOWN_MEMBERS: [&str; 8] = ["id", "name", "accountType", "paymentStatus", "state", "accountBalance", "contact", "relatedParty"];

#[test]
fn a_balance_enquiry_has_the_members_of_the_example() {
    let server = bot_ux();
    for (unit, lob, account, currency) in [
        ("JM", "FIXED", "301202420000", "JMD"),
        ("JM", "POSTPAID", "301202420000", "JMD"),
        ("JM", "FIXED", "50450354", "JMD"),
        ("PA", "FIXED", "507100200300", "USD"),
        ("PA", "POSTPAID", "507100200300", "USD"),
        ("CL", "FIXED", "CL-100200300", "CLP"),
        ("CL", "PREPAID", "CL-100200300", "CLP"),
    ] {
        let found = json(&ask(&server, &format!("{unit}/balanceEnquiry"), lob, "ACCOUNT_NO", account).send());
        for member in KNOWN_MEMBERS {
            assert!(found[member].is_string() || found[member].is_array(), "{unit} {account} {member}");
        }
        assert_eq!((&found["id"], &found["@type"]), (&json!(account), &json!("BillingAccount")));
        assert_eq!(found["accountBalance"][0]["amount"]["unit"], currency, "{unit} {account}");
    }
}

#[test]
fn money_keeps_its_digits() {
    let server = bot_ux();
    let liberate = ask(&server, "JM/balanceEnquiry", "FIXED", "ACCOUNT_NO", "301202420000").send();
    assert!(liberate.body.contains(r#""value":6498.75"#), "{}", liberate.body);
    let cerillion = ask(&server, "JM/balanceEnquiry", "FIXED", "ACCOUNT_NO", "50450354").send();
    assert!(cerillion.body.contains(r#""value":6000}"#), "{}", cerillion.body);
    let tmf666 = ask(&server, "CL/balanceEnquiry", "FIXED", "ACCOUNT_NO", "CL-100200300").send();
    assert!(tmf666.body.contains(r#""value":0.00"#), "{}", tmf666.body);
}

#[test]
fn jamaica_chooses_and_follows_like_wfm_ux() {
    let server = bot_ux();
    let control = server.control();
    let enquiry = |account: &str| ask(&server, "JM/balanceEnquiry", "FIXED", "ACCOUNT_NO", account).send();
    assert_eq!(json(&enquiry("301202420017"))["id"], "50450362");
    enquiry("301202420025").assert(404, &document("bot-ux.error.404"));
    assert_eq!(json(&enquiry("3045036001"))["id"], "3045036001");
    enquiry("1").assert(404, &document("bot-ux.error.404"));
    assert_eq!([control.calls("cerillion", "getAccount"), control.calls("liberate", "getAccounts")], [4, 4]);
    control.stop("liberate");
    let description = "HTTP POST on resource 'liberate getAccounts' failed: service unavailable (503).";
    enquiry("1").assert(503, &error(503, "HTTP:SERVICE_UNAVAILABLE", description));
}

#[test]
fn an_account_of_another_market_is_unknown() {
    let server = bot_ux();
    for (unit, account) in [("PA", "301202420000"), ("JM", "507100200300"), ("CL", "50450354"), ("PA", "50450354")] {
        ask(&server, &format!("{unit}/balanceEnquiry"), "FIXED", "ACCOUNT_NO", account).send().assert(404, &document("bot-ux.error.404"));
    }
}

#[test]
fn the_accounts_behind_a_number_come_from_both_systems() {
    let server = bot_ux();
    let control = server.control();
    let accounts = |refid: &str, number: &str| ask(&server, "JM/accounts", "FIXED", refid, number).send();
    assert_eq!(ids(&accounts("SERVICE_NO", "8765550160")), ["301202420000"]);
    assert_eq!(ids(&accounts("SERVICE_NO", "18765550169")), ["50450354"]);
    assert_eq!(ids(&accounts("SERVICE_NO", "8765550120")), ["50450362"], "moved to Cerillion");
    assert_eq!(ids(&accounts("SERVICE_NO", "8765550127")), ["301202420058", "301202420066"]);
    accounts("SERVICE_NO", "8765550121").assert(404, &document("bot-ux.error.404"));
    accounts("CONTACT_NO", "8765550000").assert(404, &document("bot-ux.error.404"));
    // A list without one system's accounts would be taken for the whole.
    control.stop("liberate");
    assert_eq!(accounts("SERVICE_NO", "18765550169").status, 503);
}

#[test]
fn an_entry_has_the_members_of_the_example() {
    let server = bot_ux();
    for (unit, refid, number) in [
        ("JM", "SERVICE_NO", "8765550160"),
        ("JM", "SERVICE_NO", "8765550169"),
        ("PA", "SERVICE_NO", "5075550131"),
        ("CL", "SERVICE_NO", "56225550101"),
    ] {
        let list = json(&ask(&server, &format!("{unit}/accounts"), "FIXED", refid, number).send());
        for member in ["id", "href", "state", "name", "contact", "relatedParty", "@type"] {
            assert!(!list[0][member].is_null(), "{unit} {number} {member}");
        }
        assert!(list.to_string().contains("emailAddress"), "{unit} {number}");
    }
}

#[test]
fn more_than_three_accounts_come_without_email_from_any_system() {
    let server = bot_ux();
    let list = ask(&server, "JM/accounts", "FIXED", "CONTACT_NO", "8765550199").send();
    assert!(ids(&list).len() > 3);
    assert!(!list.body.contains("emailAddress"), "{:.1000}", list.body);
}

#[test]
fn chile_finds_by_tax_number_too() {
    let server = bot_ux();
    let enquiry = |unit: &str, refid: &str, value: &str| ask(&server, &format!("{unit}/balanceEnquiry"), "FIXED", refid, value).send();
    let by_account = enquiry("CL", "ACCOUNT_NO", "CL-100200300");
    for (refid, value) in [("RUT_ID", "11111111-1"), ("RUTID$ACCTID", "11111111-1$CL-100200300")] {
        same_json(&enquiry("CL", refid, value).body, &by_account.body);
    }
    // What the model does not know arrives, digit for digit.
    assert!(by_account.body.contains("12345678901234567890") && by_account.body.contains("1.10"), "{}", by_account.body);
    enquiry("CL", "RUTID$ACCTID", "22222222-2$CL-100200300").assert(404, &document("bot-ux.error.404"));
    let pattern = r"^[^$\u0000-\u001F\u007F]{1,32}\$[^$\u0000-\u001F\u007F]{1,32}$";
    for value in ["11111111-1", "$", "11111111-1$", "a$b$c"] {
        enquiry("CL", "RUTID$ACCTID", value)
            .assert(400, &bad_request(&format!("Invalid value '{value}' for header 'refvalue'. expected pattern {pattern}")));
    }
    for unit in ["PR", "JM", "PA"] {
        enquiry(unit, "RUT_ID", "11111111-1")
            .assert(400, &bad_request("Invalid value 'RUT_ID' for header 'refid'. RUT_ID is not a valid enum value"));
    }
}

#[test]
fn a_line_of_business_that_a_market_does_not_have() {
    let server = bot_ux();
    for (unit, lob) in [("JM", "PREPAID"), ("PA", "PREPAID"), ("PR", "POSTPAID")] {
        for (operation, refid) in [("balanceEnquiry", "ACCOUNT_NO"), ("accounts", "SERVICE_NO")] {
            let description = format!("Not implemented for Operation GET /{operation} for Business Id: {unit} not implemented");
            ask(&server, &format!("{unit}/{operation}"), lob, refid, "1").send().assert(501, &error(501, "Not implemented", &description));
        }
    }
}
