//! dxp-ux, billing account by its number.

use super::{Draft, Misfit, Org, add_customer_contact};
use crate::records::AccountRecord;

/// The account as dxp-ux documents it for `type=billingAccountNumber`: with its number and its plan type, the customer
/// by its record. Takes what it shows out of `record`.
///
/// # Errors
/// The account has no Id.
pub fn billing_account(record: &mut AccountRecord, org: Org<'_>) -> Result<Draft, Misfit> {
    // An account without the flag pays by hand.
    let plan_type = if record.autopay == Some(true) { "Auto Pay enabled" } else { "Auto Pay disabled" };
    let mut draft = Draft::of_account(record, Some(plan_type), org)?;
    draft.account.id = record.billing_account_number.take();
    if let Some(customer) = &mut record.customer {
        let id = customer.id.take();
        add_customer_contact(customer, id, &mut draft.account.contact);
    }
    draft.add_lists(record);
    Ok(draft)
}
