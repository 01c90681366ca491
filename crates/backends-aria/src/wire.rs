//! The answers of Aria's core API, the members that are used.
//!
//! Source: Aria's public documentation of the core API (`_m` calls). Reading is lenient: unknown members are ignored,
//! missing is absent, null or `""`, a number may come as text.

use backends_http::lenient::{Lenient, List, Scalar};
use backends_http::wire;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use tmf666_model::{Amount, Text};

/// A day, `yyyy-mm-dd` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

impl Scalar for Date {
    fn read(text: &str) -> Result<Self, &'static str> {
        let well_formed = text.len() == "yyyy-mm-dd".len();
        let date = well_formed.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        date.map(Self).ok_or("a date of the form yyyy-mm-dd is expected")
    }
}

/// An amount to reckon with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure(pub Decimal);

impl Scalar for Figure {
    fn read(text: &str) -> Result<Self, &'static str> {
        let figure = Amount::read(text)?.to_decimal();
        figure.map(Self).map_err(|_| "an amount of at most 28 digits is expected")
    }
}

/// What every answer has.
pub trait Answer {
    /// 0 is success. A failure comes with HTTP 200 like a success. `None` is no answer of Aria's.
    fn error_code(&self) -> Option<i64>;
}

macro_rules! answers {
    ($($name:ident),*) => {$(
        impl Answer for $name {
            fn error_code(&self) -> Option<i64> {
                self.error_code.0
            }
        }
    )*};
}
answers!(PlanBalance, AccountDetails, BillingGroups, DunningGroups, ServiceCredits, StatementHistory);

wire! {
    /// Answer of `get_acct_plan_balance_m`.
    #[derive(Debug)]
    pub struct PlanBalance {
        /// See [`Answer`].
        pub error_code: Lenient<i64> => "error_code",
        /// ISO 4217, lower case.
        pub currency_cd: Lenient<Text> => "currency_cd",
        /// What is due now.
        pub current_balance_due: Lenient<Amount> => "current_balance_due",
        /// What is due with everything that is still open from before.
        pub total_balance_due: Lenient<Amount> => "total_balance_due",
    }

    /// Answer of `get_acct_details_all_m`.
    #[derive(Debug)]
    pub struct AccountDetails {
        /// See [`Answer`].
        pub error_code: Lenient<i64> => "error_code",
        /// The account's master plan instances.
        pub master_plans_info: List<MasterPlan> => "master_plans_info",
        /// The account's billing groups.
        pub billing_groups_info: List<BillingGroup> => "billing_groups_info",
        /// The account's payment methods.
        pub payment_methods_info: List<PaymentMethod> => "payment_methods_info",
        /// Fields that the company added to the account.
        pub supp_field: List<SupplementaryField> => "supp_field",
    }

    /// One master plan instance.
    #[derive(Debug)]
    pub struct MasterPlan {
        /// By which callers address it.
        pub client_master_plan_instance_id: Lenient<Text> => "client_master_plan_instance_id",
        /// The billing group that pays for it.
        pub client_billing_group_id: Lenient<Text> => "client_billing_group_id",
        /// The dunning group that it is in.
        pub client_dunning_group_id: Lenient<Text> => "client_dunning_group_id",
        /// Day of the last bill.
        pub last_bill_date: Lenient<Date> => "last_bill_date",
        /// Last day that the last bill covers.
        pub last_bill_thru_date: Lenient<Date> => "last_bill_thru_date",
        /// Day of the next bill.
        pub next_bill_date: Lenient<Date> => "next_bill_date",
        /// Whether dunning is under way, as a number.
        pub dunning_state: Lenient<Text> => "dunning_state",
        /// How far dunning has come.
        pub dunning_step: Lenient<Text> => "dunning_step",
        /// Day of the next step.
        pub dunning_degrade_date: Lenient<Date> => "dunning_degrade_date",
        /// By which process the account is dunned.
        pub client_dunning_process_id: Lenient<Text> => "client_dunning_process_id",
    }

    /// One billing group.
    #[derive(Debug)]
    pub struct BillingGroup {
        /// By which master plans refer to it.
        pub client_billing_group_id: Lenient<Text> => "client_billing_group_id",
        /// `Methods` is automatic payment, `Terms` is not.
        pub payment_option: Lenient<Text> => "payment_option",
        /// The payment method that is tried first.
        pub client_primary_payment_method_id: Lenient<Text> => "client_primary_payment_method_id",
        /// The collections account group.
        pub client_collections_group_bg_id: Lenient<Text> => "client_collections_group_bg_id",
    }

    /// One payment method.
    #[derive(Debug)]
    pub struct PaymentMethod {
        /// By which billing groups refer to it.
        pub client_payment_method_id: Lenient<Text> => "client_payment_method_id",
        /// A number: 1 credit card, 2 ACH, 13 tokenised card, and others.
        pub pay_method_type: Lenient<Text> => "pay_method_type",
        /// What it is, for people.
        pub pay_method_description: Lenient<Text> => "pay_method_description",
    }

    /// One field that the company added.
    #[derive(Debug)]
    pub struct SupplementaryField {
        /// Name of the field.
        pub supp_field_name: Lenient<Text> => "supp_field_name",
        /// Value of the field.
        pub supp_field_value: Lenient<Text> => "supp_field_value",
    }

    /// Answer of `get_acct_billing_group_details_m`. Aria's list has two names.
    #[derive(Debug)]
    pub struct BillingGroups {
        /// See [`Answer`].
        pub error_code: Lenient<i64> => "error_code",
        /// The list by its one name.
        pub billing_group_details: List<BillingGroup> => "billing_group_details",
        /// The list by its other name.
        pub billing_groups: List<BillingGroup> => "billing_groups",
    }
}

impl BillingGroups {
    /// The groups, whatever the list is called.
    pub fn groups(&self) -> &[BillingGroup] {
        if self.billing_group_details.0.is_empty() { &self.billing_groups.0 } else { &self.billing_group_details.0 }
    }
}

wire! {
    /// Answer of `get_acct_dunning_group_details_m`. Aria's list has two names.
    #[derive(Debug)]
    pub struct DunningGroups {
        /// See [`Answer`].
        pub error_code: Lenient<i64> => "error_code",
        /// The list by its one name.
        pub dunning_group_details: List<DunningGroup> => "dunning_group_details",
        /// The list by its other name.
        pub dunning_groups: List<DunningGroup> => "dunning_groups",
    }
}

impl DunningGroups {
    /// The groups, whatever the list is called.
    pub fn groups(&self) -> &[DunningGroup] {
        if self.dunning_group_details.0.is_empty() { &self.dunning_groups.0 } else { &self.dunning_group_details.0 }
    }
}

wire! {
    /// One dunning group.
    #[derive(Debug)]
    pub struct DunningGroup {
        /// By which master plans refer to it.
        pub client_dunning_group_id: Lenient<Text> => "client_dunning_group_id",
        /// By which process it is dunned.
        pub client_dunning_process_id: Lenient<Text> => "client_dunning_process_id",
    }

    /// Answer of `get_unapplied_service_credits_m`.
    #[derive(Debug)]
    pub struct ServiceCredits {
        /// See [`Answer`].
        pub error_code: Lenient<i64> => "error_code",
        /// The credits.
        pub unapplied_service_credits_details: List<ServiceCredit> => "unapplied_service_credits_details",
    }

    /// One credit that no bill has used up.
    #[derive(Debug)]
    pub struct ServiceCredit {
        /// What is left of it, positive.
        pub amount_left_to_apply: Lenient<Figure> => "amount_left_to_apply",
        /// ISO 4217, lower case.
        pub currency_cd: Lenient<Text> => "currency_cd",
    }

    /// Answer of `get_acct_statement_history_m`.
    #[derive(Debug)]
    pub struct StatementHistory {
        /// See [`Answer`].
        pub error_code: Lenient<i64> => "error_code",
        /// The statements, in no certain order.
        pub statements_history: List<Statement> => "statements_history",
    }

    /// One statement.
    #[derive(Debug)]
    pub struct Statement {
        /// When it was made.
        pub create_date: Lenient<Date> => "create_date",
        /// When it is due.
        pub due_date: Lenient<Date> => "due_date",
        /// `1` paid, `0` open.
        pub is_paid_ind: Lenient<Text> => "is_paid_ind",
    }
}
