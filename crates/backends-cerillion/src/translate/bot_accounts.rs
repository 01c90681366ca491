//! bot-ux, accounts behind a service or contact number: enough to recognise the customer.

use tmf666_model::codes::{CerillionContactMethod, CodeTable, MediumType};
use tmf666_model::{BillingAccount, Contact, ContactMedium, MediumCharacteristic, RelatedParty, Resource as _, Text};

use super::{Context, fixed, postal};
use crate::wire;

/// One entry of the list, with its e-mail address.
///
/// That e-mail addresses disappear from a list of more than three is the channel's rule: only it knows the whole list.
pub fn translate(mut account: wire::Account, context: Context<'_>) -> BillingAccount {
    let href = |path: &str, id: &Text| {
        let (base, unit) = (context.public_base_url, context.unit.as_str());
        Text::from(format!("{base}/tmf-api/account-management-ux/v4/{unit}/{path}/{id}"))
    };
    BillingAccount {
        href: account.account_no.0.as_ref().map(|id| href("billingAccount/individual", id)),
        contact: vec![contact(&mut account)],
        related_party: vec![RelatedParty {
            href: account.customer_uid.0.as_ref().map(|id| href("individual", id)),
            id: account.customer_uid.0,
            name: account.account_owners_name.0.clone(),
            role: fixed("Customer"),
            at_referred_type: fixed("Customer"),
            ..RelatedParty::default()
        }],
        id: account.account_no.0,
        state: account.account_status_code.0,
        name: account.account_owners_name.0,
        at_type: fixed("BillingAccount"),
        ..BillingAccount::default()
    }
}

fn contact(account: &mut wire::Account) -> Contact {
    let address = account.billing_address.0.take().and_then(|address| postal(address).unless_empty());
    let address = address.map(|characteristic| ContactMedium::new(&MediumType::BillingAddress, characteristic));
    let phone = phones(account).first().map(|phone| {
        let characteristic = MediumCharacteristic { phone_number: Some(phone.number.clone()), ..MediumCharacteristic::default() };
        ContactMedium::new(&MediumType::Phone, characteristic)
    });
    Contact {
        contact_name: account.account_owners_name.0.clone(),
        contact_type: fixed("Primary"),
        contact_medium: address.into_iter().chain(phone).chain(email(account)).collect(),
        ..Contact::default()
    }
}

/// A phone number, and what the Puerto Rico example's `contactType` calls its use.
#[derive(PartialEq)]
pub(super) struct Phone<'a> {
    pub(super) used_for: Option<&'static str>,
    pub(super) number: &'a Text,
}

/// The primary contact's numbers, home first. Cerillion holds most mobile numbers under two codes.
pub(super) fn phones(account: &wire::Account) -> Vec<Phone<'_>> {
    let uses = [
        (CerillionContactMethod::Home, Some("Home")),
        (CerillionContactMethod::Business, Some("Business")),
        (CerillionContactMethod::MobileNo, Some("Mobile")),
        (CerillionContactMethod::Mobile, Some("Mobile")),
        (CerillionContactMethod::PhoneNo, None),
    ];
    let present = uses.iter().filter_map(|(method, used_for)| Some(Phone { used_for: *used_for, number: primary(account, method)? }));
    let mut phones: Vec<_> = present.collect();
    phones.dedup();
    phones
}

/// The address that bills go to, or the primary contact's.
pub(super) fn email(account: &wire::Account) -> Option<ContactMedium> {
    let of_billing = account.bill_to_email_address.0.as_ref();
    let address = of_billing
        .or_else(|| primary(account, &CerillionContactMethod::BillEmail))
        .or_else(|| primary(account, &CerillionContactMethod::Email1))?;
    let characteristic = MediumCharacteristic { email_address: Some(address.clone()), ..MediumCharacteristic::default() };
    Some(ContactMedium::new(&MediumType::Email, characteristic))
}

/// How the primary contact is reached by a method.
fn primary<'a>(account: &'a wire::Account, method: &CerillionContactMethod) -> Option<&'a Text> {
    let is_primary = |contact: &&wire::Contact| contact.kind.0.as_deref() == Some("primary");
    let contact = account.contact_association.0.iter().find(is_primary)?;
    let is_method = |entry: &&wire::Method| entry.contact_method.0.as_deref() == Some(method.as_str());
    contact.methods.0.iter().find(is_method)?.value.0.as_ref()
}
