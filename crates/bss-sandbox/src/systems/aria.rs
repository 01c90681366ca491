//! Aria's core API: every call is a POST of one flat JSON object to one path, credentials included. The interface is
//! Aria's public one, as far as the calls below go.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use hyper::{Method, StatusCode};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{BillingSystem, BssName, Opened};
use crate::credentials::{ARIA_AUTH_KEY, ARIA_CLIENT_NO};
use crate::data::{self, DataError, Record, wire_json};
use crate::exchange::{Answer, Request};
use crate::faults::Aim;
use crate::ledger::Ledger;
use crate::value::{AccountNumber, checked_text, is_amount, is_moment};

pub(crate) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Aria, directory)?;
    let by_number = accounts.records.into_iter().map(|account| (account.client_acct_id.to_string(), account)).collect();
    Ok(Opened { system: Box::new(Aria { by_number }), faults: accounts.faults })
}

/// One account in native form: what each call tells about it. Members go out as the file has them, a number as a number
/// or as text; a list that the file does not have makes its call answer "no data".
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    client_acct_id: AccountNumber,
    currency_cd: Currency,
    plan_balances: Vec<PlanBalance>,
    #[serde(default)]
    master_plans_info: Vec<MasterPlan>,
    #[serde(default)]
    billing_groups_info: Vec<BillingGroup>,
    #[serde(default)]
    payment_methods_info: Vec<PaymentMethod>,
    #[serde(default)]
    supp_field: Vec<SuppField>,
    billing_group_details: Option<Vec<BillingGroup>>,
    billing_groups: Option<Vec<BillingGroup>>,
    dunning_group_details: Option<Vec<DunningGroup>>,
    dunning_groups: Option<Vec<DunningGroup>>,
    unapplied_service_credits_details: Option<Vec<Credit>>,
    statements_history: Option<Vec<Statement>>,
}

checked_text!(
    /// Three letters, lower case.
    Currency, text, "a currency in lower case such as \"usd\"",
    |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase())
);
checked_text!(
    /// A date, or nothing.
    Date, text, "a date such as \"2023-06-29\"", |text| text.is_empty() || (text.len() == 10 && is_moment(text))
);

checked_text!(
    /// An amount. Balances are texts on the wire, other amounts are numbers.
    Balance, text, "an amount such as \"277.94\" or \"-1\"", is_amount
);

/// A number as the file has it: bare, as text, or null.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
struct Number(Box<RawValue>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let digits = raw.get().trim_matches('"');
        if matches!(digits, "" | "null") || digits.parse::<serde_json::Number>().is_ok() {
            Ok(Self(raw))
        } else {
            Err(Error::custom("expected a number, or a number as text"))
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanBalance {
    client_plan_instance_id: AccountNumber,
    current_balance_due: Balance,
    total_balance_due: Balance,
}

/// Defines the entries of a list. An absent member is left out of the answer, `null` and "" go out as they are.
macro_rules! entries {
    ($($name:ident { $($member:ident: $kind:ty,)* })*) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $(
                #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
                $member: Option<Option<$kind>>,
            )*
        }
    )*};
}

/// Keeps apart a member that is null and one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

entries! {
    MasterPlan {
        client_master_plan_instance_id: String,
        client_billing_group_id: String,
        client_dunning_group_id: String,
        last_bill_date: Date,
        last_bill_thru_date: Date,
        next_bill_date: Date,
        dunning_state: Number,
        dunning_step: Number,
        dunning_degrade_date: Date,
        client_dunning_process_id: String,
    }
    BillingGroup {
        client_billing_group_id: String,
        payment_option: String,
        client_primary_payment_method_id: String,
        client_collections_group_bg_id: String,
    }
    PaymentMethod {
        client_payment_method_id: String,
        pay_method_type: Number,
        pay_method_description: String,
    }
    SuppField {
        supp_field_name: String,
        supp_field_value: String,
    }
    DunningGroup {
        client_dunning_group_id: String,
        client_dunning_process_id: String,
    }
    Credit {
        amount_left_to_apply: Number,
        currency_cd: Currency,
    }
    Statement {
        create_date: Date,
        due_date: Date,
        total_amount: Number,
        is_paid_ind: Number,
    }
}

impl Record for Account {
    const KEEPS_TEXTS: bool = true;

    fn number(&self) -> &str {
        &self.client_acct_id
    }

    fn renumber(&mut self, step: u64) {
        let before = self.client_acct_id.clone();
        self.client_acct_id = before.after(step);
        // A plan instance that bears the account's number goes on doing so.
        for plan in &mut self.plan_balances {
            if *plan.client_plan_instance_id == *before {
                plan.client_plan_instance_id = self.client_acct_id.clone();
            }
        }
        for plan in &mut self.master_plans_info {
            if let Some(Some(id)) = &mut plan.client_master_plan_instance_id
                && *id == *before
            {
                *id = self.client_acct_id.to_string();
            }
        }
    }
}

const OPERATIONS: [&str; 6] = [
    "get_acct_plan_balance_m",
    "get_acct_details_all_m",
    "get_acct_billing_group_details_m",
    "get_acct_dunning_group_details_m",
    "get_unapplied_service_credits_m",
    "get_acct_statement_history_m",
];

/// A call's flat object. Numbers may come as text.
struct Call(BTreeMap<String, serde_json::Value>);

impl Call {
    fn read(request: &Request) -> Option<Self> {
        serde_json::from_slice(&request.body).ok().map(Self)
    }

    fn argument(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.0.get(name)? {
            serde_json::Value::String(text) if !text.is_empty() => Some(text.into()),
            serde_json::Value::Number(number) => Some(number.to_string().into()),
            _ => None,
        }
    }

    fn is_switched_on(&self, name: &str) -> bool {
        self.argument(name).as_deref() == Some("1")
    }

    /// The call's name for the count of calls, `unknown` for any other.
    fn operation(&self) -> &'static str {
        let name = self.argument("rest_call");
        OPERATIONS.iter().find(|known| name.as_deref() == Some(known)).copied().unwrap_or("unknown")
    }
}

/// An `error_code` with its `error_msg`.
type Failure = (i64, &'static str);

const NO_DATA: Failure = (1002, "no data found");
const NOT_AUTHENTICATED: Failure = (1004, "authentication error");
const ACCOUNT_UNKNOWN: Failure = (1009, "account does not exist");
const PLAN_UNKNOWN: Failure = (14046, "client_plan_instance_id does not exist");
const PLAN_OF_ANOTHER: Failure = (14047, "client_plan_instance_id does not belong to the account");
const NO_SUCH_CALL: Failure = (1010, "missing required parameter or unknown call: rest_call");
const NO_ACCOUNT: Failure = (1010, "missing required parameter: client_acct_id");
const NO_PLAN: Failure = (1010, "missing required parameter: client_plan_instance_id");
const NO_FORMAT: Failure = (1012, "invalid input: output_format");

struct Aria {
    by_number: BTreeMap<String, Account>,
}

impl BillingSystem for Aria {
    fn aim(&self, request: &Request) -> Aim {
        let Some(call) = Call::read(request) else {
            return Aim::new("unknown", Vec::new());
        };
        let account = call.argument("client_acct_id").map(Cow::into_owned);
        Aim::new(call.operation(), account.into_iter().collect())
    }

    fn answer(&self, request: &Request, _: &Ledger) -> Answer {
        if request.path() != "/v1/core" {
            return Answer::refusal(StatusCode::NOT_FOUND);
        }
        if request.method != Method::POST {
            return Answer::refusal(StatusCode::METHOD_NOT_ALLOWED);
        }
        let Some(call) = Call::read(request) else {
            return Answer::refusal(StatusCode::BAD_REQUEST);
        };
        match self.perform(&call) {
            Ok(body) => Answer::json(call.operation(), StatusCode::OK, body),
            Err((code, message)) => failed(call.operation(), code, message),
        }
    }

    fn failure(&self, request: &Request, code: &str) -> Answer {
        let operation = Call::read(request).map_or("unknown", |call| call.operation());
        failed(operation, code.parse().unwrap_or(1001), "failure asked for by a fault")
    }
}

fn failed(operation: &'static str, code: i64, message: &str) -> Answer {
    let body = serde_json::json!({ "error_code": code, "error_msg": message });
    Answer::json(operation, StatusCode::OK, body.to_string())
}

impl Aria {
    fn perform(&self, call: &Call) -> Result<String, Failure> {
        let has = |name: &str, expected: &str| call.argument(name).as_deref() == Some(expected);
        if !has("client_no", &ARIA_CLIENT_NO.to_string()) || !has("auth_key", ARIA_AUTH_KEY) {
            return Err(NOT_AUTHENTICATED);
        }
        if !has("output_format", "json") {
            return Err(NO_FORMAT);
        }
        let number = call.argument("client_acct_id").ok_or(NO_ACCOUNT)?;
        let account = || self.by_number.get(&*number).ok_or(ACCOUNT_UNKNOWN);
        match call.operation() {
            "get_acct_plan_balance_m" => self.plan_balance(account()?, call),
            "get_acct_details_all_m" => Ok(details(account()?, call)),
            "get_acct_billing_group_details_m" => {
                let account = account()?;
                either(("billing_group_details", &account.billing_group_details), ("billing_groups", &account.billing_groups))
            }
            "get_acct_dunning_group_details_m" => {
                let account = account()?;
                either(("dunning_group_details", &account.dunning_group_details), ("dunning_groups", &account.dunning_groups))
            }
            "get_unapplied_service_credits_m" => list("unapplied_service_credits_details", &account()?.unapplied_service_credits_details),
            "get_acct_statement_history_m" => list("statements_history", &account()?.statements_history),
            _ => Err(NO_SUCH_CALL),
        }
    }

    fn plan_balance(&self, account: &Account, call: &Call) -> Result<String, Failure> {
        let wanted = call.argument("client_plan_instance_id").ok_or(NO_PLAN)?;
        let has_plan = |account: &Account| account.plan_balances.iter().any(|plan| *plan.client_plan_instance_id == *wanted);
        let Some(plan) = account.plan_balances.iter().find(|plan| *plan.client_plan_instance_id == *wanted) else {
            return Err(if self.by_number.values().any(has_plan) { PLAN_OF_ANOTHER } else { PLAN_UNKNOWN });
        };
        let mut answer = Members::success();
        // An output that bears the name of an input gets a suffix.
        answer.add("client_plan_instance_id_2", &plan.client_plan_instance_id);
        answer.add("currency_cd", &account.currency_cd);
        answer.add("current_balance_due", &plan.current_balance_due);
        answer.add("total_balance_due", &plan.total_balance_due);
        Ok(answer.end())
    }
}

fn details(account: &Account, call: &Call) -> String {
    let mut answer = Members::success();
    answer.add("client_acct_id_2", &account.client_acct_id);
    answer.add("currency_cd", &account.currency_cd);
    answer.add("supp_field", &account.supp_field);
    if call.is_switched_on("include_master_plans") {
        answer.add("master_plans_info", &account.master_plans_info);
    }
    if call.is_switched_on("include_billing_groups") {
        answer.add("billing_groups_info", &account.billing_groups_info);
    }
    if call.is_switched_on("include_payment_methods") {
        answer.add("payment_methods_info", &account.payment_methods_info);
    }
    answer.end()
}

fn list<T: Serialize>(name: &str, entries: &Option<Vec<T>>) -> Result<String, Failure> {
    let mut answer = Members::success();
    answer.add(name, entries.as_ref().ok_or(NO_DATA)?);
    Ok(answer.end())
}

/// A list under whichever of its two names the file has it.
fn either<T: Serialize>(one: (&str, &Option<Vec<T>>), other: (&str, &Option<Vec<T>>)) -> Result<String, Failure> {
    list(one.0, one.1).or_else(|_| list(other.0, other.1))
}

/// An answer's JSON object while it is written.
struct Members(String);

impl Members {
    fn success() -> Self {
        Self(r#"{"error_code":0,"error_msg":"OK""#.to_owned())
    }

    fn add(&mut self, name: &str, value: &impl Serialize) {
        self.0.push_str(&format!(",\"{name}\":{}", wire_json(value)));
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
