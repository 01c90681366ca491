//! bot-ux, accounts behind a service or contact number: enough to recognise the customer.

use tmf666_model::codes::{CodeTable, LiberateContactMethod, MediumType};
use tmf666_model::{BillingAccount, Contact, ContactMedium, MediumCharacteristic, RelatedParty, Resource as _, Text};

use super::{Context, fixed, postal};
use crate::wire;

/// One entry of the list, with its e-mail address; `public_base_url` begins the `href`s, without a slash at its end.
///
/// That e-mail addresses disappear from a list of more than three is the channel's rule: only it knows the whole list.
pub fn translate(record: &mut wire::Record, public_base_url: &str, context: Context<'_>) -> Box<BillingAccount> {
    let mut record = std::mem::take(record);
    let unit = context.unit.as_str();
    let id = record.account_no.0.clone().unwrap_or_default();
    let customer = record.customer.0.take().and_then(|customer| customer.customer_no.0);
    Box::new(BillingAccount {
        href: Some(Text::from(format!("{public_base_url}/tmf-api/account-management-ux/v4/{unit}/billingAccount/individual/{id}"))),
        id: Some(id),
        state: context.state(&record),
        contact: vec![contact(&mut record)],
        related_party: vec![RelatedParty {
            href: customer
                .as_ref()
                .map(|id| Text::from(format!("{public_base_url}/tmf-api/account-management-ux/v4/{unit}/individual/{id}"))),
            id: customer,
            name: record.account_name.0.clone(),
            role: fixed("Customer"),
            at_referred_type: fixed("Customer"),
            ..RelatedParty::default()
        }],
        name: record.account_name.0,
        at_type: fixed("BillingAccount"),
        ..BillingAccount::default()
    })
}

fn contact(record: &mut wire::Record) -> Contact {
    let address = record.billing_info.0.as_mut().and_then(|billing| billing.address.0.take());
    let address =
        address.and_then(|address| postal(address).unless_empty()).map(|address| ContactMedium::new(&MediumType::BillingAddress, address));
    let phone = phones(record).first().map(|phone| {
        let characteristic = MediumCharacteristic { phone_number: Some(phone.number.clone()), ..MediumCharacteristic::default() };
        ContactMedium::new(&MediumType::Phone, characteristic)
    });
    Contact {
        contact_name: record.account_name.0.clone(),
        contact_type: fixed("Primary"),
        contact_medium: address.into_iter().chain(phone).chain(email(record)).collect(),
        ..Contact::default()
    }
}

/// A phone number, and what the example's `contactType` calls its use.
pub(super) struct Phone<'a> {
    pub(super) used_for: Option<&'static str>,
    pub(super) number: &'a Text,
}

/// The owner's numbers, home first; the number for questions about bills only where the owner has none.
pub(super) fn phones(record: &wire::Record) -> Vec<Phone<'_>> {
    let is_owner = |contact: &&wire::Contact| contact.party_role_type.0.as_deref() == Some("OWNER");
    let methods = record.contacts.0.iter().find(is_owner).map_or(&[][..], |owner| &owner.methods.0);
    let uses = [
        (LiberateContactMethod::Home, Some("Home")),
        (LiberateContactMethod::Work, Some("Business")),
        (LiberateContactMethod::Mobile1, Some("Mobile")),
        (LiberateContactMethod::Mobile2, Some("Mobile")),
        (LiberateContactMethod::Phone, None),
    ];
    let number_of = |method: &LiberateContactMethod| {
        let entry = methods.iter().find(|entry| entry.contact_method.0.as_deref() == Some(method.as_str()))?;
        entry.value.0.as_ref()
    };
    let mut phones: Vec<_> =
        uses.into_iter().filter_map(|(method, used_for)| Some(Phone { used_for, number: number_of(&method)? })).collect();
    if phones.is_empty() {
        let billing = record.billing_info.0.as_ref().and_then(|billing| billing.phone.0.as_ref());
        phones.extend(billing.map(|number| Phone { used_for: None, number }));
    }
    phones
}

/// The address that bills go to, or the account's.
pub(super) fn email(record: &wire::Record) -> Option<ContactMedium> {
    let of_billing = record.billing_info.0.as_ref().and_then(|billing| billing.email.0.clone());
    let address = of_billing.or_else(|| record.account_email_address.0.clone())?;
    Some(ContactMedium::new(&MediumType::Email, MediumCharacteristic { email_address: Some(address), ..MediumCharacteristic::default() }))
}
