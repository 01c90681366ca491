//! bot-ux accounts: the accounts behind a phone number, to find out who is calling.

use tmf666_model::BillingAccount;

use super::FieldError;
use super::parts::{self, Links};
use super::{list, status};
use crate::wire::Account;

/// Most entries of a list that tells e-mail addresses.
const MOST_WITH_EMAIL: usize = 3;

/// The whole list. The e-mail address is left out of every entry as soon as the list holds more than three.
///
/// # Errors
/// The index of the first account with an element that does not fit its meaning, and the element.
pub fn translate(accounts: &[Account<'_>], links: Links<'_>) -> Result<Vec<BillingAccount>, (usize, FieldError)> {
    let with_email = accounts.len() <= MOST_WITH_EMAIL;
    accounts.iter().enumerate().map(|(index, account)| entry(account, links, with_email).map_err(|error| (index, error))).collect()
}

fn entry(account: &Account<'_>, links: Links<'_>, with_email: bool) -> Result<BillingAccount, FieldError> {
    let mut entry = list::translate(account, links)?;
    entry.state = Some(status::lower_case_words(account));
    entry.at_type = parts::billing_account();
    if let (true, Some(contact)) = (with_email, entry.contact.first_mut()) {
        parts::email(account, &mut contact.contact_medium);
    }
    Ok(entry)
}
