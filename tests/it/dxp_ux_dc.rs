//! dxp-ux in the DC markets: accounts by id out of Amdocs.

use contract_tests::{Answer, Request, Server, document, error};
use serde_json::{Value, json};

fn by_id(server: &Server, unit: &str, id: &str, lob: &str) -> Request {
    server.get(&format!("/dxp-ux/v1/{unit}/billingAccount/{id}")).header("channelId", "APP").header("lob", lob)
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn every_market_has_its_currency() {
    let server = Server::start("dxp-ux", &[]);
    for (unit, id, currency) in [
        ("CW", "9001000001", "ANG"),
        ("SX", "9001000011", "ANG"),
        ("BO", "9001000021", "USD"),
        ("SA", "9001000031", "USD"),
        ("SE", "9001000041", "USD"),
        ("MF", "9001000051", "EUR"),
    ] {
        for lob in ["FIXED", "POSTPAID"] {
            let account = json(&by_id(&server, unit, id, lob).send());
            assert_eq!(account["id"], id);
            assert_eq!(account["state"], "SN", "{unit} {id}");
            assert_eq!(account["accountBalance"][0]["amount"]["unit"], currency);
        }
        let description = format!("Operation GET for Business Id: {unit} and channelId:APP not implemented");
        by_id(&server, unit, id, "PREPAID").send().assert(501, &error(501, "Not implemented", &description));
    }
}

#[test]
fn each_barring_offer_in_force_suspends_and_the_overdue_amount_means_arrears() {
    let server = Server::start("dxp-ux", &[]);
    let markets = ["CW", "CW", "CW", "SX", "CW", "CW", "CW", "SA", "CW", "BO", "SX", "MF", "CW", "SA", "SX", "MF"];
    for (index, unit) in markets.iter().enumerate() {
        let id = (9_002_000_001 + index).to_string();
        let account = json(&by_id(&server, unit, &id, "POSTPAID").send());
        assert_eq!((&account["state"], &account["paymentStatus"]), (&json!("Suspended"), &json!("In Arrears")), "{unit} {id}");
    }
    // Expired, in the future, over at once, numbers that only look alike.
    for (unit, id) in [("CW", "9003000001"), ("SX", "9003000002"), ("BO", "9003000003"), ("CW", "9003000004")] {
        let account = json(&by_id(&server, unit, id, "FIXED").send());
        assert_eq!((&account["state"], &account["paymentStatus"]), (&json!("SN"), &json!("Active")), "{unit} {id}");
    }
    // Amdocs's own states stay as they are, one outside its table too.
    for (unit, id, state) in [("CW", "9001000002", "SF"), ("SX", "9001000012", "SR"), ("SA", "9001000032", "SX")] {
        assert_eq!(json(&by_id(&server, unit, id, "FIXED").send())["state"], state);
    }
}

#[test]
fn what_fails() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    let unknown = document("bot-ux.error.404");
    by_id(&server, "CW", "9009999999", "FIXED").send().assert(404, &unknown);
    // Another market's account.
    by_id(&server, "SX", "9001000001", "FIXED").send().assert(404, &unknown);
    let named = by_id(&server, "CW", "9001000001", "FIXED").without("lob").header("targetSystem", "Amdocs").send();
    assert_eq!(json(&named)["id"], "9001000001");
    let elsewhere = "Operation GET for Business Id: CW and channelId:APP not implemented";
    for request in [
        by_id(&server, "CW", "9001000001", "FIXED").header("targetSystem", "aria"),
        server.get("/dxp-ux/v1/CW/billingAccount?locationId=1").header("channelId", "APP").header("lob", "FIXED"),
    ] {
        request.send().assert(501, &error(501, "Not implemented", elsewhere));
    }
    control.stop("amdocs");
    let description = "HTTP GET on resource 'amdocs getBillingAccount' failed: service unavailable (503).";
    by_id(&server, "CW", "9001000001", "FIXED").send().assert(503, &error(503, "HTTP:SERVICE_UNAVAILABLE", description));
}
