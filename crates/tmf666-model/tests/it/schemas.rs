//! The JSON Schema allows what the code writes.

use tmf666_model::{BillingAccount, codes::DelinquencyStatus};

#[test]
fn the_account_has_a_schema_with_every_member() {
    let schema = schemars::schema_for!(BillingAccount);
    let properties = schema.get("properties").unwrap().as_object().unwrap();
    for member in <BillingAccount as tmf666_model::Resource>::MEMBERS {
        assert!(properties.contains_key(*member), "{member}");
    }
    assert!(!properties.contains_key("extra"));
    assert!(schema.get("required").is_none());
}

#[test]
fn an_open_table_lists_its_codes_and_allows_others() {
    insta::assert_json_snapshot!(schemars::schema_for!(DelinquencyStatus));
}
