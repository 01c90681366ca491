//! sfdc-ux customer view: who holds the account, with addresses, phones and date of birth.

use tmf666_model::{BillingAccount, Characteristic, Contact, ContactMedium, MediumCharacteristic, RelatedParty, Text};

use super::FieldError;
use super::parts::{self, Address};
use crate::wire::Account;

/// The tax identifier as CSG holds it. How it is shown is the caller's configuration.
#[derive(Clone, Copy)]
pub struct TaxIdentifier<'a> {
    /// In clear, empty where CSG has none.
    pub ssn: &'a str,
    /// As an opaque token, empty where CSG has none.
    pub token: &'a str,
}

/// The customer. `tax_identifier` gives the text that the answer shows for the tax identifier, or nothing.
///
/// # Errors
/// [`FieldError`] for the first element that does not fit its meaning.
pub fn translate(account: &Account<'_>, tax_identifier: impl Fn(TaxIdentifier<'_>) -> Option<Text>) -> Result<BillingAccount, FieldError> {
    let held = TaxIdentifier { ssn: account.ssn().text, token: account.ssn_token().text };
    let mut contacts = vec![primary(account)];
    contacts.extend(Address::of_billing(account).map(secondary));
    Ok(BillingAccount {
        id: Some(account.sub_acct_no().required()?),
        name: account.res_name().value(),
        related_party: vec![RelatedParty {
            id: tax_identifier(held),
            name: account.res_name().value(),
            at_referred_type: Some(Text::fixed("Individual")),
            ..RelatedParty::default()
        }],
        contact: contacts,
        characteristic: date_of_birth(account)?.into_iter().collect(),
        ..BillingAccount::default()
    })
}

fn primary(account: &Account<'_>) -> Contact {
    let mut media: Vec<_> =
        Address::of_service(account).map(|address| geographic_address("PhysicalAddress", address)).into_iter().collect();
    for (kind, number) in [("Phone1", account.home_phone()), ("Phone2", account.bus_phone())] {
        if let Some(number) = number.value() {
            media.push(parts::medium(
                "PhoneNumber",
                MediumCharacteristic {
                    contact_type: Some(Text::fixed(kind)),
                    phone_number: Some(number),
                    ..MediumCharacteristic::default()
                },
            ));
        }
    }
    Contact { contact_type: Some(Text::fixed("primary")), contact_medium: media, ..Contact::default() }
}

fn secondary(address: Address<'_>) -> Contact {
    Contact {
        contact_type: Some(Text::fixed("secondary")),
        contact_medium: vec![geographic_address("BillingAddress", address)],
        ..Contact::default()
    }
}

fn geographic_address(kind: &'static str, address: Address<'_>) -> ContactMedium {
    parts::medium(
        "GeographicAddress",
        MediumCharacteristic {
            contact_type: Some(Text::fixed(kind)),
            street1: address.street.value(),
            street2: address.unit.value(),
            post_code: parts::post_code(address.post_code),
            city: address.city.value(),
            state_or_province: address.state.value(),
            ..MediumCharacteristic::default()
        },
    )
}

fn date_of_birth(account: &Account<'_>) -> Result<Option<Characteristic>, FieldError> {
    Ok(account
        .birth_dte()
        .date()?
        .map(|date| Characteristic { value_type: Some(Text::fixed("date")), ..Characteristic::new("date_of_birth", date) }))
}
