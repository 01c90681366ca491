//! That no body makes the contract panic, and that it tells the families apart. What it answers to whom, the black-box
//! tests say.

use contract_tests::document;
use proptest::prelude::*;
use serde_json::{Value, json};
use ux_server::Endpoint;

use super::*;

fn family(body: &str) -> Option<&'static str> {
    match Wanted::read(&JsonBody::from_bytes(body.as_bytes())) {
        Ok(Wanted::Autopay(_)) => Some("autopay"),
        Ok(Wanted::Contact(_)) => Some("billing-address"),
        Ok(Wanted::MobileBill(_)) => Some("ebill"),
        Ok(Wanted::FixedBill(_)) => Some("ebill.fixed"),
        Err(_) => None,
    }
}

const FAMILIES: [&str; 4] = ["autopay", "billing-address", "ebill", "ebill.fixed"];

fn request_of(family: &str) -> Value {
    serde_json::from_str(&document(&format!("dxp-ux.patch.{family}.request"))).unwrap()
}

#[test]
fn every_documented_body_is_of_its_family() {
    for name in FAMILIES {
        assert_eq!(family(&request_of(name).to_string()), Some(name));
    }
}

/// The places of all values below `value`, itself included.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| places(value, &format!("{place}/{name}"), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{place}/{index}"), found)),
        _ => {}
    }
}

#[test]
fn every_member_of_a_documented_body_is_looked_at() {
    // `{}` is not a right value for any of them. What may be anything: the names of characteristics that mean nothing
    // here, and members that belong to another kind of party.
    for name in FAMILIES {
        let body = request_of(name);
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for place in all {
            let mut changed = body.clone();
            *changed.pointer_mut(&place).unwrap() = Value::Object(serde_json::Map::new());
            assert_eq!(family(&changed.to_string()), None, "{name} {place}");
        }
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,80}".prop_map(Value::from),
        prop_oneof![Just("Autopay"), Just("msisdn"), Just("channel"), Just("IVR"), Just("eBill"), Just("email"), Just("sourceSystem")]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((member_name(), inner), 0..5).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn member_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("defaultPaymentMethod"),
        Just("extendedCharacteristic"),
        Just("relatedParty"),
        Just("contact"),
        Just("contactMedium"),
        Just("characteristic"),
        Just("billStructure"),
        Just("presentationMedia"),
        Just("@type"),
        Just("@referredType"),
        Just("id"),
        Just("name"),
        Just("value"),
    ]
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(body in json(), cut in any::<prop::sample::Index>()) {
        let text = body.to_string();
        family(&text);
        let end = (0..=text.len()).rev().find(|at| *at <= cut.index(text.len() + 1) && text.is_char_boundary(*at)).unwrap_or(0);
        family(&text[..end]);
    }

    #[test]
    fn a_documented_body_with_one_value_changed_is_read_or_refused(
        name in prop::sample::select(&FAMILIES[..]), place in any::<prop::sample::Index>(), value in json(),
    ) {
        let mut body = request_of(name);
        let mut all = Vec::new();
        places(&body, "", &mut all);
        *body.pointer_mut(&all[place.index(all.len())]).unwrap() = value;
        family(&body.to_string());
    }
}

/// Whether the published schema takes the body.
fn fits(schema: &jsonschema::Validator, body: &Value) -> bool {
    schema.is_valid(body)
}

#[test]
fn the_published_schema_takes_what_the_readers_take() {
    let endpoint = Endpoint::<DxpUx>::of::<Patch>();
    let schema = jsonschema::validator_for(endpoint.body_schema().unwrap().as_value()).unwrap();
    let wrong =
        [json!({}), json!([]), json!(null), json!(""), json!(" "), json!("x"), json!("\u{7}"), json!(1), json!(true), json!("true")];
    let right = ["Digital", "IVR", "eBill", "email", "msisdn", "channel", "17875550170", "27875550170", "a@b", "a@b.c", "a @b.c", "@b.c"];
    let long = [30, 31, 50, 51, 70, 71, 255, 256].map(|length| json!("é".repeat(length)));
    let values: Vec<Value> = wrong.into_iter().chain(right.map(Value::from)).chain(long).collect();
    for name in FAMILIES {
        let body = request_of(name);
        let mut all = Vec::new();
        places(&body, "", &mut all);
        for place in &all {
            for value in &values {
                let mut changed = body.clone();
                *changed.pointer_mut(place).unwrap() = value.clone();
                assert_eq!(fits(&schema, &changed), family(&changed.to_string()).is_some(), "{name} {place} {changed}");
            }
            for changed in [without(&body, place), twice(&body, place)].into_iter().flatten() {
                assert_eq!(fits(&schema, &changed), family(&changed.to_string()).is_some(), "{name} {place} {changed}");
            }
        }
        for other in FAMILIES {
            let mut both = request_of(other);
            both.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            assert_eq!(fits(&schema, &both), family(&both.to_string()).is_some(), "{name} and {other}");
        }
    }
}

/// `body` without the value at `place`.
fn without(body: &Value, place: &str) -> Option<Value> {
    let (parent, last) = place.rsplit_once('/')?;
    let mut changed = body.clone();
    match changed.pointer_mut(parent)? {
        Value::Object(members) => members.remove(last),
        Value::Array(items) => Some(items.remove(last.parse().ok()?)),
        _ => None,
    }?;
    Some(changed)
}

/// `body` with the list item at `place` twice.
fn twice(body: &Value, place: &str) -> Option<Value> {
    let (parent, last) = place.rsplit_once('/')?;
    let mut changed = body.clone();
    let items = changed.pointer_mut(parent)?.as_array_mut()?;
    items.push(items.get(last.parse::<usize>().ok()?)?.clone());
    Some(changed)
}
