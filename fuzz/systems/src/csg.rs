use backends_csg::translate::{Links, accounts, balance_enquiry, by_id, customer, list, list_by_location, list_by_ssn};
use backends_csg::wire::{self, Account};
use tmf666_model::{BillingAccount, Text};

use crate::held::view;

const LINKS: Links<'static> = Links { base: "https://esb.example.com", unit: "PR" };

/// CSG's XML, with its seven views.
pub fn csg(data: &[u8]) {
    each(data, |account| balance_enquiry::translate(account).ok());
    each(data, |account| by_id::translate(account).ok());
    each(data, |account| list::translate(account, LINKS).ok());
    each(data, |account| list_by_ssn::translate(account, true).ok());
    each(data, |account| list_by_location::translate(account, true).ok());
    each(data, |account| customer::translate(account, |held| Some(Text::from(held.token))).ok());
    view(data, || accounts::translate(&wire::read(data).ok()?.accounts, LINKS).ok());
}

fn each(data: &[u8], translate: impl Fn(&Account<'_>) -> Option<BillingAccount>) {
    view(data, || wire::read(data).ok()?.accounts.iter().map(translate).collect());
}
