//! The projection to version 5 fits TM Forum's schemas and says what it leaves out.

use serde_json::Value;
use tmf666_model::{BillingAccount, v5};

use crate::exact::accounts;
use crate::official::{objections, v5_account};

fn project(json: &str) -> (String, Vec<String>) {
    let projection = v5::project(serde_json::from_str::<BillingAccount>(json).unwrap());
    let left_out = projection.left_out.iter().map(|part| format!("{} {:?}", part.pointer, part.reason)).collect();
    (serde_json::to_string(&projection.account).unwrap(), left_out)
}

#[test]
fn every_account_of_the_fixtures_fits_the_official_schema() {
    let official = v5_account();
    for (name, json) in accounts() {
        let (projected, _) = project(&json);
        assert_eq!(objections(&official, &projected), [""; 0], "{name}: {projected}");
    }
}

/// The validator would be worth nothing if it took everything.
#[test]
fn the_official_schema_refuses_what_is_not_version_5() {
    let official = v5_account();
    let refused = [
        r#"{}"#,
        r#"{"@type":"PartyAccount"}"#,
        r#"{"@type":"BillingAccount","accountBalance":[{}]}"#,
        r#"{"@type":"BillingAccount","lastUpdate":"yesterday"}"#,
        r#"{"@type":"BillingAccount","contact":[{"@type":"Contact","contactMedium":[{"@type":"EmailContactMedium","emailAddress":5}]}]}"#,
        r#"{"@type":"BillingAccount","contact":[{"@type":"Contact","contactMedium":[{"@type":"Pigeon"}]}]}"#,
        r#"{"@type":"BillingAccount","relatedParty":[{"@type":"RelatedPartyRefOrPartyRoleRef","partyOrPartyRole":{"@type":"PartyRef"}}]}"#,
        r#"{"@type":"BillingAccount","billStructure":{"@type":"BillStructure","format":{"@type":"BillFormatRef","name":"Summary"}}}"#,
    ];
    for json in refused {
        assert_ne!(objections(&official, json), [""; 0], "{json}");
    }
}

#[test]
fn projections_of_the_fixtures() {
    for name in
        ["billing-account.v4.json", "bot-ux.balance-enquiry.pr.json", "dxp-ux.by-id.postpaid.msisdn.json", "wfm-ux.by-id.cerillion.json"]
    {
        let (_, json) = accounts().into_iter().find(|(file, _)| file == name).unwrap();
        let projection = v5::project(serde_json::from_str::<BillingAccount>(&json).unwrap());
        let pretty = serde_json::to_string_pretty(&projection.account).unwrap();
        let (_, left_out) = project(&json);
        insta::assert_snapshot!(name, format!("{pretty}\n\nleft out:\n{}", left_out.join("\n")));
    }
}

#[test]
fn every_object_of_a_projection_says_what_it_is() {
    for (name, json) in accounts() {
        let account: BillingAccount = serde_json::from_str(&json).unwrap();
        let projected = serde_json::to_value(v5::project(account).account).unwrap();
        check_types(&name, "", &projected);
    }
}

/// `Money` and `TimePeriod` have no `@type` in version 5; unknown members and the inside of a characteristic's value are as they came.
fn check_types(name: &str, member: &str, value: &Value) {
    match value {
        Value::Object(_) if matches!(member, "amount" | "creditLimit" | "totalAmount" | "validFor" | "loyalty" | "value") => {}
        Value::Object(members) => {
            assert!(members.contains_key("@type"), "{name}: {member} has no @type: {value}");
            members.iter().for_each(|(member, value)| check_types(name, member, value));
        }
        Value::Array(items) => items.iter().for_each(|item| check_types(name, member, item)),
        _ => {}
    }
}

#[test]
fn one_medium_with_several_contents_becomes_several_media() {
    let (projected, left_out) = project(
        r#"{"contact":[{"contactMedium":[{"id":"m1","preferred":true,"mediumType":"PostalAddress","characteristic":
            {"city":"San Juan","emailAddress":"nora.sample@example.com","phoneNumber":"7875550113","contactType":"Home","floor":2}}]}]}"#,
    );
    assert_eq!(
        projected,
        concat!(
            r#"{"@type":"BillingAccount","contact":[{"@type":"Contact","contactMedium":["#,
            r#"{"@type":"GeographicAddressContactMedium","id":"m1","preferred":true,"contactType":"Home","city":"San Juan","floor":2},"#,
            r#"{"@type":"EmailContactMedium","preferred":true,"contactType":"Home","emailAddress":"nora.sample@example.com"},"#,
            r#"{"@type":"PhoneContactMedium","preferred":true,"contactType":"Home","phoneNumber":"7875550113"}]}]}"#,
        )
    );
    assert_eq!(left_out, [""; 0]);
}

#[test]
fn a_medium_without_content_goes_by_its_type() {
    for (medium_type, at_type) in [
        ("Email", "EmailContactMedium"),
        ("Fax", "FaxContactMedium"),
        ("IVR", "PhoneContactMedium"),
        ("BillingAddress", "GeographicAddressContactMedium"),
        ("Pigeon", "ContactMedium"),
    ] {
        let (projected, _) = project(&format!(r#"{{"contact":[{{"contactMedium":[{{"mediumType":"{medium_type}"}}]}}]}}"#));
        let projected: Value = serde_json::from_str(&projected).unwrap();
        let medium = &projected["contact"][0]["contactMedium"][0];
        assert_eq!((medium["@type"].as_str(), medium["contactType"].as_str()), (Some(at_type), Some(medium_type)));
    }
}

#[test]
fn is_ref_tells_a_reference_from_a_value() {
    for (format, at_type) in [
        (r#"{"id":"1","name":"Summary","isRef":true}"#, "BillFormatRef"),
        (r#"{"id":"1","name":"Summary","isRef":false}"#, "BillFormat"),
        (r#"{"name":"Summary","isRef":true}"#, "BillFormat"),
        (r#"{"id":"1","name":"Summary"}"#, "BillFormatRef"),
        (r#"{"id":"1","name":"Summary","description":"One line"}"#, "BillFormat"),
    ] {
        let (projected, _) = project(&format!(r#"{{"billStructure":{{"format":{format}}}}}"#));
        let projected: Value = serde_json::from_str(&projected).unwrap();
        assert_eq!(projected["billStructure"]["format"]["@type"], at_type, "{format}");
    }
}

#[test]
fn nothing_is_left_out_silently() {
    let (projected, left_out) = project(
        r#"{"@type":"GoldAccount","@baseType":"BillingAccount","lastModified":"2024-06-14","state":5,"lastUpdate":true,
            "creditLimit":{"unit":"USD","value":"12.50"},"accountRelationship":[{"account":{"name":"Annex","description":"Sub-account"}}],
            "billStructure":{"cycleSpecification":{"id":"13","isRef":true,"dateShift":3,"frequency":"monthly"}},
            "relatedParty":[{"name":"FLOW","role":"marketingCategory","tier/~":1}],
            "financialAccount":{"id":"31","@type":"FinancialAccount","accountBalance":{"amount":{"value":1}}},
            "contact":[{"contactMedium":[{"mediumType":"Pigeon","shared":1,"characteristic":{"contactType":"Home","phoneNumber":"1","shared":2,"city":[]}}]}]}"#,
    );
    insta::assert_snapshot!(format!("{projected}\n\n{}", left_out.join("\n")));
}
