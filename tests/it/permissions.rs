//! What a client may do and how much: 403 and 429 of the channels that document or need them.

use contract_tests::{DEMO_SECRET_HASH, Request, Sandbox, Server, document, error};

fn config(sandbox: &Sandbox) -> String {
    let client = |rest: &str| format!("[[clients]]\nsecrets = ['{DEMO_SECRET_HASH}']\n{rest}\n");
    [
        client("id = 'once-a-day'\nquota = { requests = 1, per_ms = 86400000 }"),
        client("id = 'jamaica'\nunits = ['JM']"),
        client("id = 'lists'\noperations = ['listBillingAccount']"),
        sandbox.section("csg", ""),
    ]
    .concat()
}

fn by(client: &str, request: Request) -> Request {
    request.without("client_id").header("client_id", client)
}

fn forbidden() -> String {
    error(
        403,
        "The client is not allowed to perform this request.",
        "The client's permissions do not cover this business unit or operation.",
    )
}

#[test]
fn a_client_above_its_quota_reads_the_documented_429() {
    let sandbox = Sandbox::start();
    let server = Server::start_configured("sfdc-ux", &config(&sandbox));
    let request = || by("once-a-day", server.get("/sfdc-ux/v1/PR/billingAccount?characteristic.value=7875550112"));
    request().send().assert(200, &document("sfdc-ux.list.msisdn.csg"));
    let answer = request().send();
    answer.assert(429, &document("sfdc-ux.error.429"));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    // The quota comes before the route.
    by("once-a-day", server.get("/sfdc-ux/v1/nothing")).send().assert(429, &document("sfdc-ux.error.429"));
}

#[test]
fn a_client_does_what_it_may_and_nothing_else() {
    let sandbox = Sandbox::start();
    let server = Server::start_configured("dxp-ux", &config(&sandbox));
    let list = |unit: &str| server.get(&format!("/dxp-ux/v1/{unit}/billingAccount?locationId=00917000000385")).header("channelId", "APP");
    let by_id = || server.get("/dxp-ux/v1/PR/billingAccount/8211990010018869").header("channelId", "APP").header("lob", "FIXED");
    let bill = document("dxp-ux.patch.ebill.fixed.request");
    let patch = || server.request("PATCH", "/dxp-ux/v1/PR/billingAccount/8211990010042315").json(&bill);
    by("lists", list("PR")).send().assert(200, &document("dxp-ux.list.location-id"));
    by("lists", by_id()).send().assert(403, &forbidden());
    by("lists", patch().header("X-Correlation-ID", "forbidden-to-list")).send().assert(403, &forbidden());
    by("jamaica", list("PR")).send().assert(403, &forbidden());
    by("jamaica", patch()).send().assert(403, &forbidden());
    // What is wrong with the request comes first, what is not implemented afterwards.
    assert_eq!(by("jamaica", by_id().header("lob", "FIXED")).send().status, 400);
    assert_eq!(by("jamaica", list("JM")).send().status, 501);
    by("jamaica", list("TT")).send().assert(403, &forbidden());
    assert!(sandbox.control().changes().is_empty());
    let (log, _) = server.stop();
    let audit: Vec<&str> = log.lines().filter(|line| line.contains(r#""audit":"bill_delivery""#)).collect();
    let [one, _] = audit[..] else { panic!("{log}") };
    let line: serde_json::Value = serde_json::from_str(one).unwrap();
    let expected = serde_json::json!({
        "time": line["time"], "audit": "bill_delivery", "channel": "dxp-ux", "correlation_id": "forbidden-to-list", "client": "lists",
        "operation": "updateBillingAccount", "unit": "PR", "account": "8211990010042315", "outcome": "refused", "status": 403,
    });
    assert_eq!(line, expected);
}
