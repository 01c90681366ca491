//! dxp-ux, billing account by the MSISDN of one of its lines.

use tmf666_model::{Characteristic, RelatedParty, Text};

use super::{Draft, Misfit, Org, Page, add_customer_contact, unnamed_account, yes_or_no};
use crate::records::{AccountRecord, LineAccountRecord};

/// The account as dxp-ux documents it for `type=msisdn`: without its number and plan type, but with a flag for automatic
/// payment, the customer by its number, and the consumer PIN. Takes what it shows out of `record`.
///
/// # Errors
/// The account has no Id.
pub fn billing_account(record: &mut AccountRecord, org: Org<'_>) -> Result<Draft, Misfit> {
    let mut draft = Draft::of_account(record, None, org)?;
    let autopay = record.autopay.unwrap_or(false);
    draft.account.characteristic.push(Characteristic::new("autoPaymentEnabled", yes_or_no(autopay)));
    let mut pin = record.consumer_pin.take();
    if let Some(customer) = &mut record.customer {
        let id = customer.customer_account_number.take();
        add_customer_contact(customer, id, &mut draft.account.contact);
        pin = pin.or(customer.consumer_pin.take());
    }
    draft.account.related_party.extend(pin.map(|pin| RelatedParty {
        id: Some(pin),
        role: Some(Text::fixed("CustomerSecurity")),
        at_type: Some(Text::fixed("ConsumerPIN")),
        ..RelatedParty::default()
    }));
    draft.add_lists(record);
    Ok(draft)
}

/// A line that no billing account pays for: its contacts are all that is known.
pub fn line_without_account(line: LineAccountRecord) -> Draft {
    let mut draft = Draft { account: unnamed_account(None, false), ..Draft::default() };
    draft.add(Page::Contacts(line.contacts));
    draft
}
