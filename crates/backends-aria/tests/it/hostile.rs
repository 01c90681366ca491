//! Whatever Aria sends, there is a view or an error, and the view has the digits that were sent.

use backends_aria::translate::sfdc_by_id::{Answers, TaxFields, billing_account, sum_of_credits};
use backends_aria::wire::{AccountDetails, BillingGroups, DunningGroups, PlanBalance, ServiceCredits, StatementHistory};
use proptest::prelude::*;
use serde::de::DeserializeOwned;

/// JSON that is nearly what Aria sends.
fn nearly() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "error_code",
        "currency_cd",
        "current_balance_due",
        "total_balance_due",
        "master_plans_info",
        "client_master_plan_instance_id",
        "last_bill_date",
        "dunning_state",
        "billing_groups_info",
        "billing_groups",
        "billing_group_details",
        "payment_methods_info",
        "pay_method_type",
        "supp_field",
        "supp_field_name",
        "unapplied_service_credits_details",
        "amount_left_to_apply",
        "statements_history",
        "is_paid_ind",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"plan\"".to_owned()),
        Just("\"2024-02-30\"".to_owned()),
        Just("\"2024-02-29\"".to_owned()),
        Just("true".to_owned()),
        "-?[1-9][0-9]{0,30}(\\.[0-9]{1,9})?",
        "\"-?[0-9]{1,5}\"",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(names.clone(), inner, 0..8).prop_map(|members| {
                let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

proptest! {
    #[test]
    fn any_answer_is_read_or_refused(json in nearly()) {
        let _ = (read::<StatementHistory>(&json), read::<BillingGroups>(&json), read::<DunningGroups>(&json));
        let (Some(balance), Some(details), Some(credits)) =
            (read::<PlanBalance>(&json), read::<AccountDetails>(&json), read::<ServiceCredits>(&json))
        else {
            return Ok(());
        };
        let Some(credits) = sum_of_credits(&credits) else { return Ok(()) };
        let groups = (BillingGroups::default(), DunningGroups::default());
        let answers = Answers { balance, details, billing_groups: groups.0, dunning_groups: groups.1, credits };
        let account = billing_account(&answers, "plan", TaxFields { certificate: "plan", reason: "" });
        serde_json::to_string(&account).unwrap();
    }

    #[test]
    fn a_balance_keeps_its_digits(digits in "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,6})?", as_text in any::<bool>()) {
        let figure = if as_text { format!("\"{digits}\"") } else { digits.clone() };
        let balance: PlanBalance = read(&format!(r#"{{"error_code":0,"total_balance_due":{figure}}}"#)).unwrap();
        prop_assert_eq!(balance.total_balance_due.0.unwrap().to_string(), digits);
    }

    #[test]
    fn credits_are_summed_exactly(cents in prop::collection::vec(0_i64..1_000_000, 1..20)) {
        let credits: Vec<String> =
            cents.iter().map(|cents| format!(r#"{{"amount_left_to_apply":{}.{:02}}}"#, cents / 100, cents % 100)).collect();
        let json = format!(r#"{{"error_code":0,"unapplied_service_credits_details":[{}]}}"#, credits.join(","));
        let sums = sum_of_credits(&read(&json).unwrap()).unwrap();
        let total: i64 = cents.iter().sum();
        prop_assert_eq!(sums[0].amount.to_string(), format!("{}.{:02}", total / 100, total % 100));
    }
}

#[test]
fn sums_beyond_all_digits_are_refused() {
    let credit = r#"{"amount_left_to_apply":79228162514264337593543950335}"#;
    let json = format!(r#"{{"error_code":0,"unapplied_service_credits_details":[{credit},{credit}]}}"#);
    assert!(sum_of_credits(&read(&json).unwrap()).is_none());
}
