//! Every example of the channel documents is what its documented request returns, digit for digit.

use contract_tests::{Request, Server, document};

fn assert_documented(request: Request, example: &str) {
    request.send().assert(200, &document(example));
}

#[test]
fn sfdc_ux() {
    let server = Server::start("sfdc-ux", &[]);
    let base = "/sfdc-ux/v1/PR/billingAccount";
    assert_documented(
        server.get(&format!("{base}/21517658-21518862?accountRelationship.account.id=21517658-21518862")).header("targetSystem", "Aria"),
        "sfdc-ux.by-id.aria",
    );
    assert_documented(server.get(&format!("{base}?characteristic.value=7875550112&characteristic.name=MSISDN")), "sfdc-ux.list.msisdn.csg");
    assert_documented(server.get(&format!("{base}?characteristic.value=7875550112")), "sfdc-ux.list.msisdn.csg");
    assert_documented(
        server.get(&format!("{base}/80112233456?accountRelationship.relationshipType=customerAccount")),
        "sfdc-ux.by-id.customer-account.csg",
    );
}

#[test]
fn dxp_ux_by_id() {
    let server = Server::start("dxp-ux", &[]);
    let by_id = |id: &str| server.get(&format!("/dxp-ux/v1/PR/billingAccount/{id}")).header("channelId", "APP");
    for (id, example) in [("8211990010018869", "enabled"), ("8211990010018877", "disabled")] {
        let answer = by_id(id).header("lob", "FIXED").send();
        // The documents show one account in both states; the sandbox keeps the second under a number of its own.
        answer.assert(200, &document(&format!("dxp-ux.by-id.fixed.autopay-{example}")).replace("8211990010018869", id));
    }
    let salesforce = |id: &str, kind: &str, lob: &str| {
        server
            .get(&format!(
                "/dxp-ux/v1/PR/billingAccount/{id}?type={kind}&extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital"
            ))
            .header("channelId", "APP")
            .header("lob", lob)
    };
    for (id, kind, lob, example) in [
        ("31515070-31513558", "billingAccountNumber", "PREPAID", "prepaid.billing-account-number"),
        ("17875550153", "msisdn", "PREPAID", "prepaid.msisdn"),
        ("21003695-21003694", "billingAccountNumber", "POSTPAID", "postpaid.billing-account-number"),
        ("17875550173", "msisdn", "POSTPAID", "postpaid.msisdn"),
    ] {
        assert_documented(salesforce(id, kind, lob), &format!("dxp-ux.by-id.{example}"));
    }
}

#[test]
fn dxp_ux_aria_balance() {
    let server = Server::start("dxp-ux", &[]);
    for spelling in ["aria", "Aria", "ARIA"] {
        let answer = server
            .get("/dxp-ux/v1/PR/billingAccount/123456-MA")
            .header("channelId", "APP")
            .header("lob", "POSTPAID")
            .header("targetSystem", spelling)
            .send();
        // Days from the bill date to today: the only member of any example that depends on the day.
        let mut body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let offset = body["billStructure"]["cycleSpecification"]["paymentDueDateOffset"].take();
        assert!(offset.as_i64().is_some_and(|days| days > 1000), "{offset}");
        body["billStructure"]["cycleSpecification"]["paymentDueDateOffset"] = 0.into();
        contract_tests::same_json(&body.to_string(), &document("dxp-ux.by-id.aria"));
    }
}

#[test]
fn dxp_ux_lists() {
    let server = Server::start("dxp-ux", &[]);
    let list = |query: &str| server.get(&format!("/dxp-ux/v1/PR/billingAccount?{query}")).header("channeId", "APP").header("lob", "FIXED");
    for (tax_identifier, example) in [("c2FtcGxlLXRheC1pZC0wMQ==", "enabled"), ("c2FtcGxlLXRheC1pZC0wMg==", "disabled")] {
        let example = format!("dxp-ux.list.ssn.autopay-{example}");
        assert_documented(list("identityType=SSN&balanceCheck=true").header("x-tax-identifier", tax_identifier), &example);
        assert_documented(list("identityType=SSN").header("x-tax-identifier", tax_identifier), &example);
        let without_balance = list("identityType=SSN&balanceCheck=false").header("x-tax-identifier", tax_identifier).send();
        assert_eq!(without_balance.status, 200);
        assert!(!without_balance.body.contains("accountBalance"), "{}", without_balance.body);
    }
    for location in ["00917000000385", "917000000385"] {
        assert_documented(list(&format!("locationId={location}")), "dxp-ux.list.location-id");
    }
}

#[test]
fn dxp_ux_changes() {
    let server = Server::start("dxp-ux", &[]);
    for (id, example) in [
        ("31516278-31514752", "autopay"),
        ("21519514-21517998", "billing-address"),
        ("21519514-21517998", "ebill"),
        ("8211990010042315", "ebill.fixed"),
    ] {
        let request = server
            .request("PATCH", &format!("/dxp-ux/v1/PR/billingAccount/{id}"))
            .header("X-Correlation-ID", &format!("644e1dd7-2a7f-18fb-b8ed-{example:-<12}").replace('.', "_"))
            .json(&document(&format!("dxp-ux.patch.{example}.request")));
        assert_documented(request, &format!("dxp-ux.patch.{example}.response"));
    }
}

#[test]
fn wfm_ux() {
    let server = Server::start("wfm-ux", &[]);
    for (id, example) in [("301202420000", "liberate"), ("50450354", "cerillion")] {
        assert_documented(server.get(&format!("/wfm-ux/v1/JM/billingAccount/{id}")), &format!("wfm-ux.by-id.{example}"));
    }
}
