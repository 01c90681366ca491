use backends_http::{Json, NotRead, read_json_with};
use backends_salesforce::records::{AccountRecord, LineAccountRecord};
use backends_salesforce::select::{Rows, Selected, TwoQueries};
use backends_salesforce::translate::{Draft, Org, Page, by_msisdn, by_number};
use backends_salesforce::wire::{Failure, Misfit, TokenGranted, TokenRefused};
use backends_salesforce::{Ban, Literal, Msisdn, Names};
use serde::Deserialize;

use crate::held::{held, view};
use crate::parts;

/// Salesforce's JSON (a record, and a further page of one of its lists), with the three views; its other answers; and what
/// a caller asks it by.
pub fn salesforce(data: &[u8]) {
    let [record, page] = parts(data);
    let names = Names::default();
    let org = Org { ebill: "eBill", href_base: "https://example.my.salesforce.com" };
    for translate in [by_number::billing_account, by_msisdn::billing_account] {
        view(data, || {
            let mut record: AccountRecord = selected(record, &names)?;
            let mut draft = translate(&mut record, org).ok()?;
            add_pages(&mut draft, page, &names);
            Some(vec![*draft.finish()])
        });
    }
    view(data, || Some(vec![*by_msisdn::line_without_account(selected(record, &names)?).finish()]));
    held(data, || alike(data, TwoQueries::<LineAccountRecord, AccountRecord>::read, TwoQueries::of, &names));
    held(data, || serde_json::from_slice::<Vec<Failure<'_>>>(data).is_ok());
    held(data, || (serde_json::from_slice::<TokenGranted<'_>>(data).is_ok(), serde_json::from_slice::<TokenRefused<'_>>(data).is_ok()));
    if let Ok(text) = str::from_utf8(data) {
        keys(text);
    }
}

/// A record, read in both ways.
fn selected<T: Selected + PartialEq>(json: &[u8], names: &Names) -> Option<T> {
    alike(json, T::read, T::of, names)
}

/// What the quick reader accepts the thorough one accepts, and both read the same.
fn alike<'a, T: Default + PartialEq, Read: Deserialize<'a>>(
    json: &'a [u8],
    quick: impl Fn(&mut T, &mut Json<'_>, &Names) -> Result<(), NotRead>,
    thorough: impl Fn(&Read, &Names) -> Result<T, Misfit>,
    names: &Names,
) -> Option<T> {
    let quickly = read_json_with(json, |value: &mut T, json| quick(value, json, names));
    let thoroughly = serde_json::from_slice(json).ok().and_then(|record| thorough(&record, names).ok());
    assert!(quickly.is_none() || quickly == thoroughly, "both read alike");
    thoroughly
}

fn add_pages(draft: &mut Draft, page: &[u8], names: &Names) {
    let pages = [
        alike(page, Rows::read_outcome, Rows::of, names).map(Page::Lines),
        alike(page, Rows::read_outcome, Rows::of, names).map(Page::PaymentMethods),
        alike(page, Rows::read_outcome, Rows::of, names).map(Page::Contacts),
    ];
    pages.into_iter().flatten().for_each(|page| draft.add(page));
}

/// A literal ends where it was meant to end: nothing that a caller sends reaches the query around it.
fn keys(text: &str) {
    let _ = (Msisdn::new(text), Ban::new(text));
    let literal = Literal(text).to_string();
    assert!(literal.len() <= 2 * text.len() + 2);
    let inside = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).expect("quotes around it");
    let mut escaped = false;
    for character in inside.chars() {
        assert!(escaped || character != '\'', "a quote that ends the literal");
        escaped = character == '\\' && !escaped;
    }
    assert!(!escaped, "a backslash that takes the closing quote");
}
