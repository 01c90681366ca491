use backends_salesforce::translate::{Collection, Draft, Org, by_msisdn, by_number};
use backends_salesforce::wire::{Composite, Failure, Misfit, Record, TokenGranted, TokenRefused};
use backends_salesforce::{Ban, Literal, Msisdn, Names};

use crate::held::{held, read, view};
use crate::parts;

/// Salesforce's JSON (a record, and a further page of one of its lists), with the three views; its other answers; and what
/// a caller asks it by.
pub fn salesforce(data: &[u8]) {
    let [record, page] = parts(data);
    let names = Names::default();
    let org = Org { names: &names, ebill: "eBill", href_base: "https://example.my.salesforce.com" };
    for translate in [by_number::billing_account, by_msisdn::billing_account, by_msisdn::line_without_account] {
        view(data, || {
            let record = read::<Record<'_>>(record)?;
            let page = read::<Record<'_>>(page);
            let whole = translate(&record, org).and_then(|draft| match &page {
                Some(page) => with_pages(draft, page, org),
                None => Ok(draft),
            });
            whole.ok().map(|draft| vec![*draft.finish()])
        });
    }
    held(data, || drop((read::<Composite<'_>>(data), serde_json::from_slice::<Vec<Failure<'_>>>(data).is_ok())));
    held(data, || drop((serde_json::from_slice::<TokenGranted<'_>>(data).is_ok(), serde_json::from_slice::<TokenRefused<'_>>(data).is_ok())));
    if let Ok(text) = str::from_utf8(data) {
        keys(text);
    }
}

fn with_pages(mut draft: Draft, page: &Record<'_>, org: Org<'_>) -> Result<Draft, Misfit> {
    for collection in [Collection::Lines, Collection::PaymentMethods, Collection::Contacts] {
        let further = draft.page(collection, page, org)?;
        draft.append(further);
    }
    Ok(draft)
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
