//! dxp-ux, billing account by its number.

use super::{Draft, Misfit, Org, add_customer_contact, owned};
use crate::wire::Record;

/// The account as dxp-ux documents it for `type=billingAccountNumber`: with its number and its plan type, the customer
/// by its record.
///
/// # Errors
/// The first member that does not fit.
pub fn billing_account(record: &Record<'_>, org: Org<'_>) -> Result<Draft, Misfit> {
    let names = &org.names.account;
    // An account without the flag pays by hand.
    let autopay = record.flag(&names.autopay)?.unwrap_or(false);
    let plan_type = if autopay { "Auto Pay enabled" } else { "Auto Pay disabled" };
    let mut draft = Draft::of_account(record, Some(plan_type), org)?;
    draft.account.id = owned(record.text(&names.billing_account_number)?);
    if let Some(customer) = record.related(&names.parent)? {
        add_customer_contact(customer, "Id", names, &mut draft.account.contact).map_err(|misfit| misfit.within(&names.parent))?;
    }
    draft.lists(record, org)?;
    Ok(draft)
}
