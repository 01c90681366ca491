//! sfdc-ux: its views beyond the examples, and every documented error.

use contract_tests::{Request, Server, bad_request, document, error};

fn sfdc_ux() -> Server {
    Server::start("sfdc-ux", &[])
}

const BASE: &str = "/sfdc-ux/v1";

fn balances(server: &Server, unit: &str, account: &str, plan_instance: &str) -> Request {
    server
        .get(&format!("{BASE}/{unit}/billingAccount/{account}?accountRelationship.account.id={plan_instance}"))
        .header("targetSystem", "Aria")
}

fn customer(server: &Server, unit: &str, account: &str) -> Request {
    server.get(&format!("{BASE}/{unit}/billingAccount/{account}?accountRelationship.relationshipType=customerAccount"))
}

fn by_msisdn(server: &Server, unit: &str, msisdn: &str) -> Request {
    server.get(&format!("{BASE}/{unit}/billingAccount?characteristic.name=MSISDN&characteristic.value={msisdn}"))
}

#[test]
fn the_target_system_has_no_case() {
    let server = sfdc_ux();
    for spelling in ["aria", "Aria", "ARIA", "aRiA"] {
        let request = balances(&server, "PR", "21517658-21518862", "21517658-21518862").without("targetSystem");
        request.header("targetSystem", spelling).send().assert(200, &document("sfdc-ux.by-id.aria"));
    }
}

#[test]
fn what_a_request_must_hold() {
    let server = sfdc_ux();
    let get = |path: &str| server.get(&format!("{BASE}{path}"));
    let enumerated = |value: &str, place: &str| format!("Invalid value '{value}' for {place}. {value} is not a valid enum value");
    for (request, description) in [
        (get("/OO/billingAccount?characteristic.value=1"), enumerated("OO", "uri parameter businessId")),
        (get("/pr/billingAccount/1"), enumerated("pr", "uri parameter businessId")),
        (
            get("/PR/billingAccount/1"),
            "Required query parameter accountRelationship.relationshipType or accountRelationship.account.id not specified".into(),
        ),
        (
            get("/PR/billingAccount/1?accountRelationship.relationshipType=other"),
            enumerated("other", "query parameter accountRelationship.relationshipType"),
        ),
        (get("/PR/billingAccount/1?accountRelationship.account.id=1"), "Required header 'targetSystem' not specified".into()),
        (
            get("/PR/billingAccount/1?accountRelationship.account.id=1").header("targetSystem", "matrixx"),
            enumerated("matrixx", "header 'targetSystem'"),
        ),
        (
            get("/PR/billingAccount/1?accountRelationship.account.id=1&accountRelationship.account.id=2"),
            "Query parameter accountRelationship.account.id is not repeatable".into(),
        ),
        (
            customer(&server, "PR", "80112233456").header("targetSystem", "Aria").header("targetSystem", "Aria"),
            "Header targetSystem is not repeatable".into(),
        ),
        (get("/PR/billingAccount"), "Required query parameter characteristic.value not specified".into()),
        (get("/PR/billingAccount?characteristic.name=MSISDN"), "Required query parameter characteristic.value not specified".into()),
        (
            get("/PR/billingAccount?characteristic.name=IMSI&characteristic.value=1"),
            enumerated("IMSI", "query parameter characteristic.name"),
        ),
    ] {
        request.send().assert(400, &bad_request(&description));
    }
}

#[test]
fn unknown_accounts_are_told_in_the_words_of_their_view() {
    let server = sfdc_ux();
    balances(&server, "PR", "1-1", "1-1").send().assert(404, &document("sfdc-ux.error.404.aria"));
    // The plan instance is not one of the account's.
    balances(&server, "PR", "21517658-21518862", "123456-MA").send().assert(404, &document("sfdc-ux.error.404.aria"));
    by_msisdn(&server, "PR", "7875559999").send().assert(404, &document("sfdc-ux.error.404.aria"));
    customer(&server, "PR", "80112239999").send().assert(404, &document("sfdc-ux.error.404.customer-account"));
}

#[test]
fn other_units_are_not_implemented() {
    let server = sfdc_ux();
    let description = |operation: &str, unit: &str| format!("Operation GET {operation} for Business Id: {unit} not implemented");
    for unit in ["JM", "PA", "CL", "CW", "TT"] {
        let by_id = error(501, "Not implemented", &description("/billingAccount/{id}", unit));
        balances(&server, unit, "1", "1").send().assert(501, &by_id);
        customer(&server, unit, "1").send().assert(501, &by_id);
        by_msisdn(&server, unit, "1").send().assert(501, &error(501, "Not implemented", &description("/billingAccount", unit)));
    }
}

#[test]
fn routes_methods_and_credentials() {
    let server = sfdc_ux();
    for path in ["/PR/billingAccounts/1", "/PR/billingAccount/service/1", "/PR/billingAccount/1/2", "/PR/billingAccount/"] {
        server.get(&format!("{BASE}{path}?x=1")).send().assert(404, &error(404, "APIKIT:NOT_FOUND", path));
    }
    let answer = server.request("POST", &format!("{BASE}/PR/billingAccount/1")).send();
    answer.assert(405, &document("sfdc-ux.error.405"));
    assert_eq!(answer.header("allow"), Some("GET"));
    balances(&server, "PR", "1", "1").without("client_secret").send().assert(401, &document("sfdc-ux.error.401"));
}

#[test]
fn a_system_that_is_down_and_one_that_talks_nonsense() {
    let server = sfdc_ux();
    let control = server.control();
    control.fault_times("aria", "get_acct_plan_balance_m", "html", 9);
    let answer = balances(&server, "PR", "21517658-21518862", "21517658-21518862").send();
    answer.assert(
        503,
        &error(503, "HTTP:SERVICE_UNAVAILABLE", "HTTP POST on resource 'aria get_acct_plan_balance_m' failed: service unavailable (503)."),
    );
    assert!(answer.header("retry-after").is_some());
    control.clear_faults();
    control.fault_times("csg", "getCustomerInfo", "garbage", 9);
    let answer = customer(&server, "PR", "80112233456").header("X-Correlation-ID", "a-reference").send();
    answer.assert(500, &error(500, "The request failed due to an internal error.", "a-reference"));
}
