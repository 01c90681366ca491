//! `fields=` takes away what was not selected and touches nothing else.

use tmf666_model::{BillingAccount, Contact, Resource, Selection, SelectionError};

const ACCOUNT: &str = r#"{"id":"7001","href":"/7001","name":"Office","state":"Active","accountBalance":[{"amount":{"value":0.00}}],"creditLimit":{"value":2500.00},"@type":"BillingAccount","tier":{"points":1.50},"lastModified":5}"#;

fn selected(fields: &str) -> String {
    let mut account: BillingAccount = serde_json::from_str(ACCOUNT).unwrap();
    Selection::parse(fields).unwrap().apply(&mut account);
    serde_json::to_string(&account).unwrap()
}

#[test]
fn id_and_href_always_stay() {
    for fields in ["none", "NoSuchMember", "id", "href", "id,none", " none ", "Name"] {
        assert_eq!(selected(fields), r#"{"id":"7001","href":"/7001"}"#, "{fields}");
    }
}

#[test]
fn selected_members_stay_with_their_digits() {
    for (fields, json) in [
        ("name,state", r#"{"id":"7001","href":"/7001","name":"Office","state":"Active"}"#),
        (" state , name,,name", r#"{"id":"7001","href":"/7001","name":"Office","state":"Active"}"#),
        ("none,name", r#"{"id":"7001","href":"/7001","name":"Office"}"#),
        ("creditLimit", r#"{"id":"7001","href":"/7001","creditLimit":{"value":2500.00}}"#),
        ("accountBalance.amount", r#"{"id":"7001","href":"/7001","accountBalance":[{"amount":{"value":0.00}}]}"#),
        ("@type", r#"{"id":"7001","href":"/7001","@type":"BillingAccount"}"#),
        ("tier,lastModified", r#"{"id":"7001","href":"/7001","tier":{"points":1.50},"lastModified":5}"#),
    ] {
        assert_eq!(selected(fields), json, "{fields}");
    }
}

#[test]
fn a_selection_names_something() {
    for fields in ["", " ", ",", " , ,"] {
        assert_eq!(Selection::parse(fields), Err(SelectionError::Empty), "{fields:?}");
    }
    assert_eq!(SelectionError::Empty.to_string(), "no member is named");
}

#[test]
fn any_resource_can_be_selected_from() {
    let mut contact: Contact = serde_json::from_str(r#"{"contactName":"Nora","contactType":"Primary","id":"c1"}"#).unwrap();
    "contactType".parse::<Selection>().unwrap().apply(&mut contact);
    assert_eq!(serde_json::to_string(&contact).unwrap(), r#"{"contactType":"Primary","id":"c1"}"#);
    assert!(contact.has("contactType") && !contact.has("contactName") && !contact.has("id"));
}
