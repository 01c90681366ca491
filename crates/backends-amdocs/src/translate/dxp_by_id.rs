//! dxp-ux, billing account by id, for the DC markets.
//!
//! The document has the rules of state and payment status and no example. The members and the balances' names are those of its
//! other by-id answers; two facts that only Amdocs has carry the names that wfm-ux callers know.

use backends_http::lenient::Lenient;
use chrono::{DateTime, Utc};
use tmf666_model::codes::{BarringOffer, BusinessUnit, CodeTable, MediumType};
use tmf666_model::{
    AccountBalance, Amount, BillPresentationMedia, BillStructure, BillingAccount, Contact, ContactMedium, MediumCharacteristic, Money,
    RelatedParty, Resource as _, Text, TimePeriod,
};

use crate::wire;

/// The account at the point in time `now`, which decides what offers are in force. Members without a value are left out.
pub fn translate(account: wire::Account, unit: &BusinessUnit, now: DateTime<Utc>) -> BillingAccount {
    let currency = account.currency.0.clone().or_else(|| unit.currency().map(Text::fixed));
    let balances = account.balances.0.unwrap_or_default();
    BillingAccount {
        payment_status: Some(payment_status(balances.overdue.0.as_ref())),
        state: state(account.account_status, &account.offers.0, now),
        account_balance: account_balances(balances, currency.as_ref()),
        bill_structure: account.bill_media.0.map(presented_by),
        contact: contact(account.contact.0.unwrap_or_default(), account.billing_address.0, account.account_name.0.as_ref()),
        related_party: account.legal_entity.0.map(legal_entity).into_iter().collect(),
        id: account.account_no.0,
        account_type: account.account_type.0,
        name: account.account_name.0,
        at_type: fixed("BillingAccount"),
        ..BillingAccount::default()
    }
}

/// `Suspended` while a barring offer is in force, else Amdocs's own state.
fn state(status: Lenient<Text>, offers: &[wire::Offer], now: DateTime<Utc>) -> Option<Text> {
    let bars = |offer: &wire::Offer| offer.offer_id.0.as_deref().is_some_and(|id| BarringOffer::parse(id).is_known());
    if offers.iter().any(|offer| bars(offer) && is_in_force(offer, now)) { fixed("Suspended") } else { status.0 }
}

/// From the effective date on until before the expiration date; an absent one is open.
fn is_in_force(offer: &wire::Offer, now: DateTime<Utc>) -> bool {
    let begun = offer.effective_date.0.is_none_or(|effective| effective.0 <= now);
    let over = offer.expiration_date.0.is_some_and(|expiration| expiration.0 <= now);
    begun && !over
}

/// `In Arrears` when the overdue amount is above zero, else `Active`.
fn payment_status(overdue: Option<&Amount>) -> Text {
    Text::fixed(if overdue.is_some_and(Amount::is_positive) { "In Arrears" } else { "Active" })
}

fn account_balances(balances: wire::Balances, currency: Option<&Text>) -> Vec<AccountBalance> {
    let balance = |name, value: Lenient<Amount>, date: Option<Text>| {
        Some(AccountBalance {
            balance_type: fixed(name),
            amount: Some(Money { unit: currency.cloned(), value: Some(value.0?), ..Money::default() }),
            valid_for: date.map(|date| TimePeriod { end_date_time: Some(date), ..TimePeriod::default() }),
            ..AccountBalance::default()
        })
    };
    let list = [
        balance("ReceivableBalance", balances.current, None),
        balance("DelinquentBalance", balances.overdue, None),
        balance("TotalOutstandingBalance", balances.total, None),
        balance("LastBillAmount", balances.last_bill_amount, balances.last_bill_due_date.0),
        balance("LastPaymentAmount", balances.last_payment_amount, balances.last_payment_date.0),
    ];
    list.into_iter().flatten().collect()
}

fn presented_by(media: Text) -> BillStructure {
    BillStructure {
        presentation_media: vec![BillPresentationMedia { name: Some(media), ..BillPresentationMedia::default() }],
        ..BillStructure::default()
    }
}

fn contact(contact: wire::Contact, address: Option<wire::Address>, account_name: Option<&Text>) -> Vec<Contact> {
    let address = address.and_then(|address| postal(address).unless_empty());
    let address = address
        .map(|characteristic| ContactMedium { preferred: Some(true), ..ContactMedium::new(&MediumType::PostalAddress, characteristic) });
    let phone = contact.phone.0.map(|number| {
        ContactMedium::new(&MediumType::Phone, MediumCharacteristic { phone_number: Some(number), ..MediumCharacteristic::default() })
    });
    let email = contact.email.0.map(|address| {
        ContactMedium::new(&MediumType::Email, MediumCharacteristic { email_address: Some(address), ..MediumCharacteristic::default() })
    });
    let contact_medium: Vec<_> = [address, phone, email].into_iter().flatten().collect();
    if contact_medium.is_empty() && contact.name.0.is_none() {
        return Vec::new();
    }
    vec![Contact {
        contact_name: contact.name.0.or_else(|| account_name.cloned()),
        contact_type: fixed("Primary"),
        contact_medium,
        ..Contact::default()
    }]
}

fn postal(address: wire::Address) -> MediumCharacteristic {
    MediumCharacteristic {
        street1: address.line1.0,
        street2: address.line2.0,
        city: address.city.0,
        state_or_province: address.state.0,
        country: address.country.0,
        post_code: address.post_code.0,
        ..MediumCharacteristic::default()
    }
}

fn legal_entity(id: Text) -> RelatedParty {
    RelatedParty { id: Some(id), role: fixed("legalEntity"), ..RelatedParty::default() }
}

fn fixed(text: &'static str) -> Option<Text> {
    Some(Text::fixed(text))
}
