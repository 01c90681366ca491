//! Where several answers are needed, they are asked for at once, so that a request costs the longest of them and not their sum. Every
//! answer is held until the last call has arrived: who asked one after the other would never get there, whatever a clock says.

use contract_tests::{Request, Sandbox, Server};
use serde_json::json;

use super::bot_ux::balance_enquiry;
use super::changes::until;
use super::single_flight::patient;

const ARIA_ACCOUNT: &str = "21517658-21518862";

fn assert_all_asked_at_once(channel: &str, calls: &[(&str, &str)], request: impl Fn(&Server) -> Request) {
    let sandbox = Sandbox::start();
    let server = patient(channel, &sandbox.sections(channel, "timeout_ms = 60000\n"));
    let control = sandbox.control();
    // Fetches the tokens.
    assert_eq!(request(&server).send().status, 200);
    let count = || -> Vec<u64> { calls.iter().map(|(system, operation)| control.calls(system, operation)).collect() };
    let before = count();
    for (system, operation) in calls {
        control.fault(&json!({ "system": system, "operation": operation, "fault": { "kind": "hold" } }));
    }
    let request = request(&server);
    let answer = std::thread::spawn(move || request.send());
    until(|| count().iter().zip(&before).all(|(now, before)| now > before));
    assert!(!answer.is_finished(), "answered while every answer was held");
    control.clear_faults();
    assert_eq!(answer.join().unwrap().status, 200);
}

fn bot(operation: &'static str, refid: &'static str, refvalue: &'static str) -> impl Fn(&Server) -> Request {
    move |server| {
        let request = server.get(&format!("/bot-ux/v1/JM/{operation}")).header("lob", "FIXED");
        request.header("refid", refid).header("refvalue", refvalue)
    }
}

#[test]
fn two_systems_for_one_account() {
    let calls = [("cerillion", "getAccount"), ("cerillion", "getAccountBalance"), ("liberate", "getAccounts")];
    assert_all_asked_at_once("bot-ux", &calls, bot("balanceEnquiry", "ACCOUNT_NO", "3045036001"));
}

#[test]
fn two_systems_for_one_list() {
    let calls = [("cerillion", "listAccounts"), ("liberate", "getAccounts")];
    assert_all_asked_at_once("bot-ux", &calls, bot("accounts", "CONTACT_NO", "8765550199"));
}

#[test]
fn five_calls_of_aria() {
    let calls = [
        "get_acct_plan_balance_m",
        "get_acct_details_all_m",
        "get_acct_billing_group_details_m",
        "get_acct_dunning_group_details_m",
        "get_unapplied_service_credits_m",
    ];
    assert_all_asked_at_once("sfdc-ux", &calls.map(|call| ("aria", call)), |server| {
        let path = format!("/sfdc-ux/v1/PR/billingAccount/{ARIA_ACCOUNT}?accountRelationship.account.id={ARIA_ACCOUNT}");
        server.get(&path).header("targetSystem", "Aria")
    });
}

#[test]
fn three_calls_of_aria() {
    let calls = ["get_acct_plan_balance_m", "get_acct_details_all_m", "get_acct_statement_history_m"];
    assert_all_asked_at_once("dxp-ux", &calls.map(|call| ("aria", call)), |server| {
        let request = server.get("/dxp-ux/v1/PR/billingAccount/123456-MA");
        request.header("channelId", "APP").header("targetSystem", "aria")
    });
}

/// A worker lets few requests begin together, but none of them waits for the answer to another.
#[test]
fn as_many_requests_as_there_are() {
    const CALLERS: u64 = 100;
    let sandbox = Sandbox::start();
    let server = patient("bot-ux", &sandbox.section("csg", "timeout_ms = 60000\n"));
    let control = sandbox.control();
    let (system, operation) = ("csg", "getBalanceEnquiry");
    // Different accounts, because one call would do for requests that are alike; nobody has them.
    let request = |caller: u64| balance_enquiry(&server, "PR", &format!("8211990019{caller:06}"));
    let unknown = request(0).send().status;
    let before = control.calls(system, operation);
    control.fault(&json!({ "system": system, "operation": operation, "fault": { "kind": "hold" } }));
    let requests: Vec<_> = (1..=CALLERS).map(request).collect();
    let answers: Vec<_> = requests.into_iter().map(|request| std::thread::spawn(move || request.send().status)).collect();
    until(|| control.calls(system, operation) == before + CALLERS);
    assert!(!answers.iter().any(std::thread::JoinHandle::is_finished), "answered while every answer was held");
    control.clear_faults();
    for answer in answers {
        assert_eq!(answer.join().unwrap(), unknown);
    }
}
