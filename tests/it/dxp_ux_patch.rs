//! dxp-ux PATCH: the four families told apart, every rule of every member, and nothing changed by a body that is refused.

use contract_tests::{Request, Server, bad_request, document, error};
use serde_json::{Value, json};

fn dxp_ux() -> Server {
    Server::start("dxp-ux", &[])
}

fn patch(server: &Server, unit: &str, account: &str, body: &str) -> Request {
    server.request("PATCH", &format!("/dxp-ux/v1/{unit}/billingAccount/{account}")).json(body)
}

fn documented(family: &str) -> Value {
    serde_json::from_str(&document(&format!("dxp-ux.patch.{family}.request"))).unwrap()
}

/// A documented body with one value put in place of another, or taken out.
fn with(family: &str, pointer: &str, value: Option<Value>) -> String {
    let mut body = documented(family);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (body.pointer_mut(parent).unwrap(), value) {
        (Value::Object(members), Some(value)) => drop(members.insert(name.to_owned(), value)),
        (Value::Object(members), None) => drop(members.remove(name)),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
        (other, _) => panic!("{pointer} leads into {other}"),
    }
    body.to_string()
}

fn text(length: usize) -> Value {
    Value::from("x".repeat(length))
}

fn assert_refused(server: &Server, body: &str, description: &str) {
    let answer = patch(server, "PR", "31516278-31514752", body).send();
    assert_eq!(answer.status, 400, "{body}: {}", answer.body);
    answer.assert(400, &bad_request(description));
}

const AUTOPAY: &str = "autopay";
const CONTACT: &str = "billing-address";
const MOBILE_BILL: &str = "ebill";
const FIXED_BILL: &str = "ebill.fixed";

#[test]
fn every_rule_of_every_member() {
    let server = dxp_ux();
    let control = server.control();
    let set = |family: &'static str, pointer: &str, value: Value| with(family, pointer, Some(value));
    let without = |family: &'static str, pointer: &str| with(family, pointer, None);
    let characteristic = "/contact/0/contactMedium/0/characteristic";
    let at = |name: &str| format!("{characteristic}/{name}");
    let place = |name: &str| format!("$.contact[0].contactMedium[0].characteristic.{name}");
    let mut table: Vec<(String, String)> = vec![
        // Autopay.
        (set(AUTOPAY, "/defaultPaymentMethod", json!("x")), "Invalid value at $.defaultPaymentMethod. expected an object".into()),
        (
            without(AUTOPAY, "/defaultPaymentMethod/@referredType"),
            "Required member $.defaultPaymentMethod.@referredType not specified".into(),
        ),
        (
            set(AUTOPAY, "/defaultPaymentMethod/@referredType", json!("autopay")),
            "Invalid value at $.defaultPaymentMethod.@referredType. expected Autopay, Non-Autopay or ChangeAutopay".into(),
        ),
        (without(AUTOPAY, "/defaultPaymentMethod/id"), "Required member $.defaultPaymentMethod.id not specified".into()),
        (
            set(AUTOPAY, "/defaultPaymentMethod/id", text(31)),
            "Invalid value at $.defaultPaymentMethod.id. expected text of 1 to 30 characters".into(),
        ),
        (
            set(AUTOPAY, "/defaultPaymentMethod/id", json!("")),
            "Invalid value at $.defaultPaymentMethod.id. expected text of 1 to 30 characters".into(),
        ),
        (
            set(AUTOPAY, "/defaultPaymentMethod/id", json!(7)),
            "Invalid value at $.defaultPaymentMethod.id. expected text of 1 to 30 characters".into(),
        ),
        (without(AUTOPAY, "/extendedCharacteristic"), "Required member $.extendedCharacteristic not specified".into()),
        (set(AUTOPAY, "/extendedCharacteristic", json!({})), "Invalid value at $.extendedCharacteristic. expected a list".into()),
        (
            set(AUTOPAY, "/extendedCharacteristic", json!([])),
            "Invalid value at $.extendedCharacteristic. expected a characteristic sourceSystem".into(),
        ),
        (
            without(AUTOPAY, "/extendedCharacteristic/0"),
            "Invalid value at $.extendedCharacteristic. expected a characteristic sourceSystem".into(),
        ),
        (
            set(AUTOPAY, "/extendedCharacteristic/0/value", json!("Web")),
            "Invalid value at $.extendedCharacteristic[0].value. expected IVR or Digital".into(),
        ),
        (without(AUTOPAY, "/extendedCharacteristic/0/value"), "Required member $.extendedCharacteristic[0].value not specified".into()),
        (without(AUTOPAY, "/extendedCharacteristic/0/name"), "Required member $.extendedCharacteristic[0].name not specified".into()),
        (
            set(AUTOPAY, "/extendedCharacteristic/1/value", json!("maybe")),
            "Invalid value at $.extendedCharacteristic[1].value. expected true or false".into(),
        ),
        (
            set(AUTOPAY, "/extendedCharacteristic/1/name", json!("sourceSystem")),
            "Invalid value at $.extendedCharacteristic[1].value. expected IVR or Digital".into(),
        ),
        (
            set(AUTOPAY, "/extendedCharacteristic/1", json!({ "name": "sourceSystem", "value": "IVR" })),
            "Invalid value at $.extendedCharacteristic[1].name. expected each name once".into(),
        ),
        (
            set(AUTOPAY, "/relatedParty/0/@type", json!("imsi")),
            "Invalid value at $.relatedParty[0].@type. expected msisdn or channel".into(),
        ),
        (without(AUTOPAY, "/relatedParty/0/id"), "Required member $.relatedParty[0].id not specified".into()),
        (
            set(AUTOPAY, "/relatedParty/0/id", json!("7875550171")),
            "Invalid value at $.relatedParty[0].id. expected an MSISDN: 11 digits with a leading 1".into(),
        ),
        // Billing address and e-mail.
        (without(CONTACT, "/relatedParty"), "Required member $.relatedParty not specified".into()),
        (without(CONTACT, "/relatedParty/0"), "Invalid value at $.relatedParty. expected a party of @type msisdn".into()),
        (without(CONTACT, "/relatedParty/1"), "Invalid value at $.relatedParty. expected a party of @type channel".into()),
        (set(CONTACT, "/relatedParty/1/name", json!("digital")), "Invalid value at $.relatedParty[1].name. expected IVR or Digital".into()),
        (without(CONTACT, "/relatedParty/1/name"), "Required member $.relatedParty[1].name not specified".into()),
        (
            set(CONTACT, "/relatedParty/1", json!({ "@type": "msisdn", "id": "17875550170" })),
            "Invalid value at $.relatedParty[1].@type. expected each @type once".into(),
        ),
        (set(CONTACT, "/contact", json!([])), "Invalid value at $.contact. expected a list of one item".into()),
        (set(CONTACT, "/contact", json!([{}, {}])), "Required member $.contact[0].contactMedium not specified".into()),
        (without(CONTACT, "/contact/0/contactMedium"), "Required member $.contact[0].contactMedium not specified".into()),
        (without(CONTACT, characteristic), "Required member $.contact[0].contactMedium[0].characteristic not specified".into()),
        (
            set(CONTACT, characteristic, json!({})),
            "Invalid value at $.contact[0].contactMedium[0].characteristic. expected an emailAddress or a whole address".into(),
        ),
        // The mobile bill.
        (without(MOBILE_BILL, "/relatedParty"), "Required member $.relatedParty not specified".into()),
        (without(MOBILE_BILL, "/relatedParty/1"), "Invalid value at $.relatedParty. expected a party of @type channel".into()),
        (
            without(MOBILE_BILL, "/billStructure/presentationMedia"),
            "Required member $.billStructure.presentationMedia not specified".into(),
        ),
        (
            set(MOBILE_BILL, "/billStructure/presentationMedia", json!([])),
            "Invalid value at $.billStructure.presentationMedia. expected a list of one item".into(),
        ),
        (
            set(MOBILE_BILL, "/billStructure/presentationMedia/0/@type", json!("ebill")),
            "Invalid value at $.billStructure.presentationMedia[0].@type. expected eBill or non-eBill".into(),
        ),
        // The fixed-line bill.
        (
            set(FIXED_BILL, "/billStructure/presentationMedia/0/name", json!("Email")),
            "Invalid value at $.billStructure.presentationMedia[0].name. expected email or mail".into(),
        ),
        // None of the families, and two of them.
        ("{}".into(), "Invalid value at $. expected one of defaultPaymentMethod, contact and billStructure".into()),
        (set(AUTOPAY, "/contact", json!([])), "Invalid value at $. expected one of defaultPaymentMethod, contact and billStructure".into()),
        (
            set(CONTACT, "/billStructure", json!({})),
            "Invalid value at $. expected one of defaultPaymentMethod, contact and billStructure".into(),
        ),
        (
            set(FIXED_BILL, "/billStructure/presentationMedia/0", json!({})),
            "Invalid value at $.billStructure.presentationMedia[0]. expected one of @type (mobile) and name (fixed line)".into(),
        ),
        (
            set(MOBILE_BILL, "/billStructure/presentationMedia/0/name", json!("email")),
            "Invalid value at $.billStructure.presentationMedia[0]. expected one of @type (mobile) and name (fixed line)".into(),
        ),
        // No JSON object at all.
        ("[]".into(), "Invalid value at $. expected an object".into()),
        ("".into(), "Invalid body at line 1, column 0. expected JSON".into()),
        ("{\"contact\": [".into(), "Invalid body at line 1, column 13. expected JSON".into()),
        (
            r#"{"billStructure":{"presentationMedia":[{"name":"email","name":"mail"}]}}"#.into(),
            "Member $.billStructure.presentationMedia[0].name is not repeatable".into(),
        ),
    ];
    for (name, most) in [("street1", 70), ("city", 70), ("stateOrProvince", 70), ("country", 70), ("postCode", 30)] {
        table.push((
            set(CONTACT, &at(name), text(most + 1)),
            format!("Invalid value at {}. expected text of 1 to {most} characters", place(name)),
        ));
        table.push((
            set(CONTACT, &at(name), json!(" ")),
            format!("Invalid value at {}. expected text of 1 to {most} characters", place(name)),
        ));
        table.push((without(CONTACT, &at(name)), format!("Required member {} not specified", place(name))));
    }
    let too_long = format!("{}@example.com", "x".repeat(39));
    for wrong in ["", "nobody", "@example.com", "nobody@", "nobody@example", "no body@example.com", "nobody@example..com", &too_long] {
        let description = format!("Invalid value at {}. expected an e-mail address of at most 50 characters", place("emailAddress"));
        table.push((set(CONTACT, &at("emailAddress"), json!(wrong)), description));
    }
    for (body, description) in table {
        assert_refused(&server, &body, &description);
    }
    assert_eq!(control.changes(), Vec::<Value>::new());
}

#[test]
fn what_is_allowed_besides_the_examples() {
    let server = dxp_ux();
    let answers = |body: &str, family: &str| {
        let answer = patch(&server, "PR", "31516278-31514752", body).send();
        answer.assert(200, &document(&format!("dxp-ux.patch.{family}.response")));
    };
    for kind in ["Non-Autopay", "ChangeAutopay"] {
        answers(&with(AUTOPAY, "/defaultPaymentMethod/@referredType", Some(json!(kind))), AUTOPAY);
    }
    answers(&with(AUTOPAY, "/extendedCharacteristic/0/value", Some(json!("IVR"))), AUTOPAY);
    answers(&with(AUTOPAY, "/extendedCharacteristic/1/value", Some(json!(false))), AUTOPAY);
    answers(&with(AUTOPAY, "/extendedCharacteristic/2/name", Some(json!("somethingElse"))), AUTOPAY);
    answers(&with(AUTOPAY, "/relatedParty", None), AUTOPAY);
    answers(&with(AUTOPAY, "/somethingElse", Some(json!({ "x": [1] }))), AUTOPAY);
    let characteristic = "/contact/0/contactMedium/0/characteristic";
    answers(&with(CONTACT, characteristic, Some(json!({ "emailAddress": "only.mail@example.com" }))), CONTACT);
    answers(&with(CONTACT, &format!("{characteristic}/emailAddress"), None), CONTACT);
    answers(&with(CONTACT, &format!("{characteristic}/street1"), Some(Value::from("ñ".repeat(70)))), CONTACT);
    answers(&with(MOBILE_BILL, "/relatedParty/0", None), MOBILE_BILL);
    answers(&with(MOBILE_BILL, "/billStructure/presentationMedia/0/@type", Some(json!("eBill"))), MOBILE_BILL);
    let mail = with(FIXED_BILL, "/billStructure/presentationMedia/0/name", Some(json!("mail")));
    let answer = patch(&server, "PR", "8211990010042315", &mail).send();
    answer.assert(200, &document("dxp-ux.patch.ebill.fixed.response").replace("email", "mail"));
}

#[test]
fn a_body_is_json() {
    let server = dxp_ux();
    let body = document("dxp-ux.patch.ebill.fixed.request");
    let request =
        |media_type: &str| patch(&server, "PR", "8211990010042315", &body).without("Content-Type").header("Content-Type", media_type);
    for right in ["application/json; charset=utf-8", "application/merge-patch+json"] {
        assert_eq!(request(right).send().status, 200, "{right}");
    }
    for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        let expected = format!(r"Invalid value '{wrong}' for header 'Content-Type'. expected pattern ^application/([a-z0-9.-]+\+)?json");
        request(wrong).send().assert(400, &bad_request(&expected));
    }
    let twice = request("application/json").header("Content-Type", "application/json");
    twice.send().assert(400, &bad_request("Header Content-Type is not repeatable"));
    request("").without("Content-Type").send().assert(400, &bad_request("Required header 'Content-Type' not specified"));
}

#[test]
fn other_units_and_channels_are_not_implemented() {
    let server = dxp_ux();
    let not_implemented = |of: &str| error(501, "Not implemented", &format!("Operation PATCH for Business Id: {of} not implemented"));
    for family in [AUTOPAY, CONTACT, MOBILE_BILL, FIXED_BILL] {
        let body = documented(family).to_string();
        for unit in ["JM", "TT", "CW"] {
            patch(&server, unit, "1", &body).send().assert(501, &not_implemented(unit));
        }
        let request = patch(&server, "PR", "1", &body).header("channelId", "ECOM");
        request.send().assert(501, &not_implemented("PR and channelId:ECOM"));
    }
    let body = documented(FIXED_BILL).to_string();
    patch(&server, "PR", "8211990010042315", &body)
        .header("channelId", "APP")
        .send()
        .assert(200, &document("dxp-ux.patch.ebill.fixed.response"));
    patch(&server, "OO", "1", "{}")
        .send()
        .assert(400, &bad_request("Invalid value 'OO' for uri parameter businessId. OO is not a valid enum value"));
}

#[test]
fn an_account_that_nobody_has() {
    let server = dxp_ux();
    for family in [AUTOPAY, CONTACT, MOBILE_BILL, FIXED_BILL] {
        let answer = patch(&server, "PR", "00000000-00000000", &documented(family).to_string()).send();
        answer.assert(404, &document("sfdc-ux.error.404.aria"));
    }
}
