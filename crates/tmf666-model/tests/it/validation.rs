//! The strict reading: every violation, at its place, in agreement with TM Forum's schema.

use std::collections::BTreeSet;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use tmf666_model::{BillingAccount, Clause, Resource, ViolationKind, validate};

use crate::exact::accounts;
use crate::official::{v4, v4_schema};

fn report(json: &str) -> Vec<String> {
    validate(&serde_json::from_str::<BillingAccount>(json).unwrap()).iter().map(ToString::to_string).collect()
}

#[test]
fn a_conformant_account_has_no_violation() {
    let json = r#"{"id":"7001","href":"/7001","name":"Office","lastModified":"2024-06-14T00:00:00+02:00","tier":1,"billable":"perhaps",
        "relatedParty":[{"id":"41","name":"Nora","@referredType":"Individual"}],"contact":[],"characteristic":[{"name":5}],
        "accountBalance":[{"amount":{"unit":"USD","value":-1.50},"balanceType":"deposit","validFor":{}}]}"#;
    assert_eq!(report(json), [""; 0]);
}

#[test]
fn the_schemas_types_are_wider_than_this_crates() {
    let json = r#"{"id":"1","href":"/1","name":"A","relatedParty":[{"id":"41","name":"Nora","@referredType":"Individual"}],
        "creditLimit":{"value":1000000000000000000000000000000000000000000000000000000000000000000.00},
        "paymentPlan":[{"priority":20.0,"numberOfPayments":2e1},{"priority":18446744073709551616}]}"#;
    assert_eq!(report(json), [""; 0]);
}

#[test]
fn every_violation_is_listed() {
    insta::assert_snapshot!(
        report(
            r#"{"id":"","href":null,"relatedParty":[{"id":1,"name":"\t"},"Nora",{}],"lastModified":"2024-06-14","state":{},
            "creditLimit":{"unit":5,"value":"2500"},"accountBalance":[{"amount":12,"validFor":{"startDateTime":"","endDateTime":null}},null],
            "accountRelationship":[{"account":{}}],"billStructure":{"cycleSpecification":{"dateShift":"1"},"format":{"isRef":"yes"},"presentationMedia":[{}]},
            "contact":[{"contactMedium":{"mediumType":"Email"},"relatedParty":{"role":"owner"}}],"defaultPaymentMethod":{"id":" "},
            "financialAccount":{},"paymentPlan":[{"priority":1.5,"paymentMethod":{}}],"taxExemption":[{"validFor":[]}],"@type":false}"#
        )
        .join("\n")
    );
    assert_eq!(report(r#"{"id":"1","href":"/1","name":"A","relatedParty":[ ]}"#).len(), 1);
}

#[test]
fn a_violation_says_what_and_why() {
    let account: BillingAccount = serde_json::from_str(r#"{"id":"1","href":"/1","name":"A","relatedParty":[]}"#).unwrap();
    let [violation] = &validate(&account)[..] else { panic!("one violation") };
    assert_eq!(
        (violation.pointer.as_str(), violation.kind, violation.clause),
        ("/relatedParty", ViolationKind::EmptyList, Clause::Mandatory)
    );
}

#[test]
fn every_account_of_the_fixtures_is_judged_as_by_the_official_schema() {
    let official = v4("BillingAccount");
    for (name, json) in accounts() {
        assert_eq!(schema_objections(&official, &json), own_objections(&json), "{name}");
    }
}

/// Where the official schema objects, except for what the conformance profile does not demand (`isRef` and the inside
/// of a balance within a reference) and for the format of `@schemaLocation`, which is not checked.
pub(crate) fn schema_objections(official: &Validator, json: &str) -> BTreeSet<String> {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    official
        .iter_errors(&value)
        .filter(|error| !matches!(error.kind(), ValidationErrorKind::Format { format } if format == "uri"))
        .map(|error| match error.kind() {
            ValidationErrorKind::Required { property } => format!("{}/{}", error.instance_path(), property.as_str().unwrap()),
            _ => error.instance_path().to_string(),
        })
        .filter(|pointer| !pointer.ends_with("/isRef") || value.pointer(pointer).is_some())
        .filter(|pointer| !pointer.starts_with("/financialAccount/accountBalance/") || value.pointer(pointer).is_some())
        .collect()
}

/// Where this crate objects, except for what only the conformance profile demands, and `ratingType` of 4.1.0.
pub(crate) fn own_objections(json: &str) -> BTreeSet<String> {
    validate(&serde_json::from_str::<BillingAccount>(json).unwrap())
        .into_iter()
        .filter(|violation| violation.kind != ViolationKind::Blank)
        .filter(|violation| violation.kind != ViolationKind::Missing || !["/id", "/href"].contains(&violation.pointer.as_str()))
        .map(|violation| violation.pointer)
        .filter(|pointer| pointer != "/ratingType")
        .collect()
}

fn check_members<R: Resource>(schema: &str) {
    let schema = v4_schema(schema);
    let official: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let own: BTreeSet<&str> =
        R::MEMBERS.iter().copied().filter(|member| !R::EXTENSIONS.contains(member) && *member != "ratingType").collect();
    assert_eq!(own, official, "{}", R::NAME);
    assert!(R::EXTENSIONS.iter().all(|member| !official.contains(member)), "{}", R::NAME);
}

/// What is no extension is TMF666's, and nothing of TMF666 is missing.
#[test]
fn the_model_has_the_official_members_and_marks_all_others() {
    use tmf666_model as model;
    check_members::<BillingAccount>("BillingAccount");
    check_members::<model::AccountBalance>("AccountBalance");
    check_members::<model::AccountRef>("AccountRef");
    check_members::<model::AccountRelationship>("AccountRelationship");
    check_members::<model::BillFormat>("BillFormatRefOrValue");
    check_members::<model::BillPresentationMedia>("BillPresentationMediaRefOrValue");
    check_members::<model::BillStructure>("BillStructure");
    check_members::<model::BillingCycleSpecification>("BillingCycleSpecificationRefOrValue");
    check_members::<model::Contact>("Contact");
    check_members::<model::ContactMedium>("ContactMedium");
    check_members::<model::FinancialAccountRef>("FinancialAccountRef");
    check_members::<model::MediumCharacteristic>("MediumCharacteristic");
    check_members::<model::Money>("Money");
    check_members::<model::PaymentMethodRef>("PaymentMethodRef");
    check_members::<model::PaymentPlan>("PaymentPlan");
    check_members::<model::RelatedParty>("RelatedParty");
    check_members::<model::TaxExemption>("AccountTaxExemption");
    check_members::<model::TimePeriod>("TimePeriod");
}
