//! dxp-ux list by location: the accounts at a place, for a check of their debts.

use tmf666_model::{AccountBalance, BillingAccount, Characteristic, RelatedParty, Text};

use super::FieldError;
use super::parts;
use super::status;
use crate::wire::Account;

/// One entry of the list; without balances where the caller does not want them. It names nobody.
///
/// # Errors
/// [`FieldError`] for the first element that does not fit its meaning.
pub fn translate(account: &Account<'_>, with_balance: bool) -> Result<BillingAccount, FieldError> {
    Ok(BillingAccount {
        id: Some(account.sub_acct_no().required()?),
        at_type: parts::billing_account(),
        account_type: account.cust_typ().value(),
        state: Some(status::delinquency(account)),
        payment_status: Some(status::delinquency(account)),
        account_balance: if with_balance { balances(account)? } else { Vec::new() },
        related_party: vec![RelatedParty {
            id: account.cust_acct_no().value(),
            role: Some(Text::fixed("Customer")),
            at_referred_type: Some(Text::fixed("Individual")),
            ..RelatedParty::default()
        }],
        characteristic: location(account).into_iter().collect(),
        ..BillingAccount::default()
    })
}

fn balances(account: &Account<'_>) -> Result<Vec<AccountBalance>, FieldError> {
    let balance = parts::balance("AccountBalance", account.cur_bal(), None)?;
    let delinquent = parts::balance("DelinquentBalance", account.delinquency_amt(), None)?;
    Ok([balance, delinquent].into_iter().flatten().collect())
}

/// Only this view drops the leading zeros of the location.
fn location(account: &Account<'_>) -> Option<Characteristic> {
    let id = account.loc_id().text;
    if id.is_empty() {
        return None;
    }
    Some(Characteristic { value_type: Some(Text::fixed("string")), ..Characteristic::new("locationId", id.trim_start_matches('0')) })
}
