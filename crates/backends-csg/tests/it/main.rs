//! Tests of the CSG backend: views against the channels' documents, the wire format under attack, and calls over HTTP.
#![allow(missing_docs, clippy::unwrap_used)]

mod calls;
mod documents;
mod hostile_xml;
mod properties;
mod reference;
mod views;

use backends_csg::translate::{self, FieldError, Links};
use backends_csg::wire::{self, Account};
use tmf666_model::{BillingAccount, Text};

const LINKS: Links<'static> = Links { base: "https://esb.example.com", unit: "PR" };

/// The bytes of `tests/fixtures/<name>.xml`.
fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Translates the fixture's accounts with a view of one account.
fn view(name: &str, translate: impl Fn(&Account<'_>) -> Result<BillingAccount, FieldError>) -> Vec<BillingAccount> {
    let body = fixture(name);
    let answer = wire::read(&body).unwrap();
    answer.accounts.iter().map(|account| translate(account).unwrap()).collect()
}

fn one(name: &str, translate: impl Fn(&Account<'_>) -> Result<BillingAccount, FieldError>) -> BillingAccount {
    let mut all = view(name, translate);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn accounts_view(name: &str) -> Vec<BillingAccount> {
    let body = fixture(name);
    translate::accounts::translate(&wire::read(&body).unwrap().accounts, LINKS).unwrap()
}

fn customer(account: &Account<'_>) -> Result<BillingAccount, FieldError> {
    translate::customer::translate(account, |held| (!held.token.is_empty()).then(|| Text::from(held.token)))
}
