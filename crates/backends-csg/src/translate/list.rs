//! sfdc-ux list: the accounts behind a phone number.

use tmf666_model::{BillingAccount, Contact, ContactMedium, MediumCharacteristic, RelatedParty, Text};

use super::FieldError;
use super::parts::{Address, Links, joined, medium, post_code};
use super::status;
use crate::wire::Account;

/// One entry of the list.
///
/// # Errors
/// [`FieldError`] for the first element that does not fit its meaning.
pub fn translate(account: &Account<'_>, links: Links<'_>) -> Result<BillingAccount, FieldError> {
    let id = account.sub_acct_no().required()?;
    Ok(BillingAccount {
        href: Some(links.account(&id)),
        id: Some(id),
        state: Some(status::sales_state(account)),
        name: account.res_name().value(),
        contact: vec![Contact {
            contact_name: account.res_name().value(),
            contact_type: Some(Text::fixed("Primary")),
            contact_medium: address_and_phone(account),
            ..Contact::default()
        }],
        related_party: parties(account, links),
        ..BillingAccount::default()
    })
}

/// Where bills go, and the phone at home, else the one at work.
fn address_and_phone(account: &Account<'_>) -> Vec<ContactMedium> {
    let mut media: Vec<_> = Address::for_bills(account).map(billing_address).into_iter().collect();
    if let Some(number) = account.home_phone().value().or_else(|| account.bus_phone().value()) {
        media.push(medium("Phone", MediumCharacteristic { phone_number: Some(number), ..MediumCharacteristic::default() }));
    }
    media
}

fn billing_address(address: Address<'_>) -> ContactMedium {
    medium(
        "BillingAddress",
        MediumCharacteristic {
            city: address.city.value(),
            post_code: post_code(address.post_code),
            street1: joined(address.street, address.unit),
            state_or_province: address.state.value(),
            ..MediumCharacteristic::default()
        },
    )
}

/// The person, whose tax identifier a list never tells, and the customer.
fn parties(account: &Account<'_>, links: Links<'_>) -> Vec<RelatedParty> {
    const HIDDEN: &str = "XXXX";
    vec![
        RelatedParty {
            id: Some(Text::fixed(HIDDEN)),
            href: Some(links.individual(HIDDEN)),
            name: account.res_name().value(),
            role: Some(Text::fixed("N/A")),
            at_referred_type: Some(Text::fixed("Organization")),
            ..RelatedParty::default()
        },
        RelatedParty {
            id: account.cust_acct_no().value(),
            role: Some(Text::fixed("Customer")),
            at_referred_type: Some(Text::fixed("Customer")),
            ..RelatedParty::default()
        },
    ]
}
