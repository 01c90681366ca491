//! Amdocs: JSON over GET, an API key. This project's own contract.

use std::collections::BTreeMap;
use std::path::Path;

use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::{BillingSystem, BssName, Opened};
use crate::credentials::AMDOCS_API_KEY;
use crate::data::{self, DataError, Record};
use crate::exchange::{Answer, Request, native_status};
use crate::faults::Aim;
use crate::ledger::Ledger;
use crate::value::{AccountNumber, Amount, Digits, Moment};

const GET_ACCOUNT: &str = "getBillingAccount";

/// The business units that Amdocs serves.
const UNITS: [&str; 6] = ["CW", "SX", "BO", "SA", "SE", "MF"];

/// One account in native form. What a file leaves out is left out on the wire.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Account {
    /// The sandbox's own: the unit that knows the account; absent = every unit.
    #[serde(skip_serializing)]
    business_id: Option<String>,
    account_no: AccountNumber,
    account_name: Option<String>,
    account_type: Option<String>,
    account_status: Option<String>,
    currency: Option<String>,
    bill_media: Option<String>,
    legal_entity: Option<String>,
    balances: Option<Balances>,
    #[serde(default)]
    offers: Vec<Offer>,
    billing_address: Option<Address>,
    contact: Option<Contact>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Balances {
    current: Option<Amount>,
    overdue: Option<Amount>,
    total: Option<Amount>,
    last_bill_amount: Option<Amount>,
    last_bill_due_date: Option<Moment>,
    last_payment_amount: Option<Amount>,
    last_payment_date: Option<Moment>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Offer {
    offer_id: Digits,
    offer_name: Option<String>,
    effective_date: Option<Moment>,
    expiration_date: Option<Moment>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Address {
    line1: Option<String>,
    line2: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    post_code: Option<String>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Contact {
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

impl Record for Account {
    fn number(&self) -> &str {
        &self.account_no
    }

    fn renumber(&mut self, step: u64) {
        self.account_no = self.account_no.after(step);
    }
}

pub(super) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Amdocs, directory)?;
    let entries = accounts.records.into_iter().map(|account| {
        let entry = Entry { json: data::wire_json(&account), unit: account.business_id };
        (account.account_no.to_string(), entry)
    });
    let system = Amdocs { entries: entries.collect() };
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Amdocs {
    entries: BTreeMap<String, Entry>,
}

/// An account as it goes over the wire.
struct Entry {
    unit: Option<String>,
    json: String,
}

impl BillingSystem for Amdocs {
    fn aim(&self, request: &Request) -> Aim {
        let accounts = place(request).map(|(_, number)| number);
        Aim::new(GET_ACCOUNT, accounts.into_iter().collect())
    }

    fn answer(&self, request: &Request, _: &Ledger) -> Answer {
        let Some((unit, number)) = place(request) else {
            return failed(StatusCode::NOT_FOUND, "no such resource");
        };
        if request.method != Method::GET {
            return Answer::refusal(StatusCode::METHOD_NOT_ALLOWED);
        }
        if request.header("x-api-key") != Some(AMDOCS_API_KEY) {
            return failed(StatusCode::UNAUTHORIZED, "the API key is not valid");
        }
        if !UNITS.contains(&unit.as_str()) {
            return failed(StatusCode::BAD_REQUEST, "unknown business unit");
        }
        let known = self.entries.get(&number).filter(|entry| {
            let wanted = entry.unit.as_ref();
            wanted.is_none_or(|wanted| *wanted == unit)
        });
        match known {
            Some(entry) => Answer::json(GET_ACCOUNT, StatusCode::OK, entry.json.clone()),
            None => failed(StatusCode::NOT_FOUND, "account not found"),
        }
    }

    fn failure(&self, _: &Request, code: &str) -> Answer {
        failed(native_status(code), "as the fault asks for it")
    }
}

/// The business unit and the account number in the path.
fn place(request: &Request) -> Option<(String, String)> {
    match request.segments().as_slice() {
        [api, rest, version, unit, resource, number]
            if api == "amdocs" && rest == "rest" && version == "v1" && resource == "billingAccounts" =>
        {
            Some((unit.to_string(), number.to_string()))
        }
        _ => None,
    }
}

fn failed(status: StatusCode, message: &str) -> Answer {
    let body = serde_json::json!({ "code": status.as_str(), "message": message });
    Answer::json(GET_ACCOUNT, status, body.to_string())
}
