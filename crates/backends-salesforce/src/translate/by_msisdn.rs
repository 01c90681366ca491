//! dxp-ux, billing account by the MSISDN of one of its lines.

use tmf666_model::{Characteristic, RelatedParty, Text};

use super::{Collection, Draft, Misfit, Org, add_customer_contact, unnamed_account, yes_or_no};
use crate::wire::{Record, Rows};

/// The account as dxp-ux documents it for `type=msisdn`: without its number and plan type, but with a flag for automatic
/// payment, the customer by its number, and the consumer PIN.
///
/// # Errors
/// The first member that does not fit.
pub fn billing_account(record: &Record<'_>, org: Org<'_>) -> Result<Draft, Misfit> {
    let names = &org.names.account;
    let mut draft = Draft::of_account(record, None, org)?;
    let autopay = record.flag(&names.autopay)?.unwrap_or(false);
    draft.account.characteristic.push(Characteristic::new("autoPaymentEnabled", yes_or_no(autopay)));
    let mut pin = record.text(&names.consumer_pin)?;
    if let Some(customer) = record.related(&names.parent)? {
        let within = |misfit: Misfit| misfit.within(&names.parent);
        add_customer_contact(customer, &names.customer_account_number, names, &mut draft.account.contact).map_err(within)?;
        if pin.is_none() {
            pin = customer.text(&names.consumer_pin).map_err(within)?;
        }
    }
    draft.account.related_party.extend(pin.map(|pin| RelatedParty {
        id: Some(Text::from(pin)),
        role: Some(Text::from_static("CustomerSecurity")),
        at_type: Some(Text::from_static("ConsumerPIN")),
        ..RelatedParty::default()
    }));
    draft.lists(record, org)?;
    Ok(draft)
}

/// A line that no billing account pays for: its contacts are all that is known.
///
/// # Errors
/// The first member that does not fit.
pub fn line_without_account(line: &Record<'_>, org: Org<'_>) -> Result<Draft, Misfit> {
    let relation = &org.names.account.contacts;
    let mut draft = Draft { account: unnamed_account(None, false), ..Draft::default() };
    let contacts: Rows<'_, '_> = line.rows(relation)?;
    draft.rows(Collection::Contacts, &contacts, org).map_err(|misfit| misfit.within(relation))?;
    Ok(draft)
}
