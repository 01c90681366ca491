//! Liberate: JSON over POST, Basic authentication. This project's own contract.

mod record;

use std::path::Path;

use hyper::{Method, StatusCode};
use serde::Deserialize;

use self::record::Account;
use super::{BillingSystem, BssName, Opened};
use crate::credentials::{LIBERATE_PASSWORD, LIBERATE_USER, basic};
use crate::data::{self, DataError};
use crate::exchange::{Answer, Request};
use crate::faults::Aim;
use crate::index::Places;
use crate::ledger::Ledger;
use crate::value::phone_key;

const GET_ACCOUNTS: &str = "getAccounts";

/// The business units that Liberate serves.
const UNITS: [&str; 2] = ["JM", "PA"];

pub(super) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Liberate, directory)?;
    let mut index = Index::default();
    let mut entries = Vec::with_capacity(accounts.records.len());
    for (at, account) in accounts.records.into_iter().enumerate() {
        index.add(at, &account);
        entries.push(Entry { json: data::wire_json(&account), number: account.account_no.to_string(), unit: account.business_id });
    }
    let system = Liberate { authorization: basic(LIBERATE_USER, LIBERATE_PASSWORD), entries, index };
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Liberate {
    authorization: String,
    entries: Vec<Entry>,
    index: Index,
}

/// An account as it goes over the wire.
struct Entry {
    number: String,
    unit: String,
    json: String,
}

#[derive(Default)]
struct Index {
    numbers: Places,
    services: Places,
    contacts: Places,
}

impl Index {
    fn add(&mut self, at: usize, account: &Account) {
        self.numbers.note(&account.account_no, at);
        for number in &account.service_numbers {
            self.services.note(&phone_key(number), at);
        }
        for phone in account.phones() {
            self.contacts.note(&phone_key(phone), at);
        }
    }
}

/// The request's body. The number comes as text; a JSON number is understood too.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Call {
    operation: String,
    account_no: Option<Key>,
    service_no: Option<Key>,
    contact_no: Option<Key>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Key {
    Text(String),
    Number(u64),
}

impl Key {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl BillingSystem for Liberate {
    fn aim(&self, request: &Request) -> Aim {
        let hits = self.find(request).unwrap_or_default();
        let numbers = hits.iter().map(|entry| entry.number.clone()).collect();
        Aim::new(GET_ACCOUNTS, numbers)
    }

    fn answer(&self, request: &Request, _: &Ledger) -> Answer {
        if request.method != Method::POST {
            return Answer::refusal(StatusCode::METHOD_NOT_ALLOWED);
        }
        if unit(request).is_none() {
            return Answer::refusal(StatusCode::NOT_FOUND);
        }
        let media_type = request.header("content-type").unwrap_or_default();
        if !media_type.starts_with("application/json") {
            return Answer::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        if request.header("authorization") != Some(&self.authorization) {
            return failed("LIB-0401", "Not authorised");
        }
        match self.find(request) {
            Err(reason) => failed("LIB-0400", reason),
            Ok(hits) => match hits.as_slice() {
                [] => failed("LIB-0404", "Account not found"),
                [one] => found(one.json.clone()),
                several => {
                    let records: Vec<&str> = several.iter().map(|entry| &*entry.json).collect();
                    found(format!("[{}]", records.join(",")))
                }
            },
        }
    }

    fn failure(&self, _: &Request, code: &str) -> Answer {
        let message = match code {
            "LIB-0409" => "Record locked",
            "LIB-0404" => "Account not found",
            _ => "System error",
        };
        failed(code, message)
    }
}

impl Liberate {
    fn find(&self, request: &Request) -> Result<Vec<&Entry>, &'static str> {
        let unit = unit(request).unwrap_or_default();
        if !UNITS.contains(&unit.as_str()) {
            return Err("unknown business unit");
        }
        let call: Call = serde_json::from_slice(&request.body).map_err(|_| "the request is not understood")?;
        if call.operation != GET_ACCOUNTS {
            return Err("unknown operation");
        }
        let found = match (&call.account_no, &call.service_no, &call.contact_no) {
            (Some(number), None, None) => self.index.numbers.find(&number.text()),
            (None, Some(number), None) => self.index.services.find(&phone_key(&number.text())),
            (None, None, Some(number)) => self.index.contacts.find(&phone_key(&number.text())),
            _ => return Err("one of accountNo, serviceNo and contactNo expected"),
        };
        let entries = found.iter().map(|&at| &self.entries[at]);
        let of_unit = |entry: &&Entry| entry.unit.is_empty() || entry.unit == unit;
        Ok(entries.filter(of_unit).collect())
    }
}

/// The business unit in the path, if it is the path of the one resource.
fn unit(request: &Request) -> Option<String> {
    match request.segments().as_slice() {
        [api, version, unit, resource] if api == "liberate-customer-sys" && version == "v1" && resource == "billingAccount" => {
            Some(unit.to_string())
        }
        _ => None,
    }
}

fn found(json: String) -> Answer {
    Answer::json(GET_ACCOUNTS, StatusCode::OK, json)
}

/// A failure is HTTP 200 with its code in the body.
fn failed(code: &str, message: &str) -> Answer {
    let body = serde_json::json!({
        "recordId": "",
        "errorCode": code,
        "errorMessage": message,
    });
    Answer::json(GET_ACCOUNTS, StatusCode::OK, body.to_string())
}
