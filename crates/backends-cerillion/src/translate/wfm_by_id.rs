//! wfm-ux, billing account by id: everything that field technicians need to know.

use backends_http::lenient::{Lenient, List};
use tmf666_model::codes::{CerillionContactMethod, CodeTable, MediumType};
use tmf666_model::{
    AccountBalance, BillPresentationMedia, BillStructure, BillingAccount, BillingCycleSpecification, Characteristic, Contact,
    ContactMedium, FinancialAccountRef, IdentityDocument, MediumCharacteristic, PaymentPlan, RelatedParty, Resource as _, Text,
};

use super::{BALANCE_TYPES, Context, OVERDUE, account_balance, fixed, payment_status, postal};
use crate::wire;

/// The account as the wfm-ux document shows it for HFC. Members without a value are left out.
pub fn translate(mut account: wire::Account, balances: wire::Balances, context: Context<'_>) -> BillingAccount {
    let currency = context.currency(&account);
    let customer = account.customer.0.take().unwrap_or_default();
    let id = account.account_no.0.clone().unwrap_or_default();
    let unit = context.unit.as_str();
    BillingAccount {
        href: Some(Text::from(format!("{}/tmf-api/accountManagement/v1/{unit}/billingAccount/{id}", context.public_base_url))),
        account_type: account.account_type_code.0.take(),
        name: account.account_owners_name.0.clone(),
        payment_status: Some(payment_status(&balances)),
        state: account.account_status_code.0.take(),
        account_balance: account_balances(balances, currency.as_ref(), context),
        bill_structure: bill_structure(&mut account),
        payment_plan: payment_plan(account.supports_recurring_payments.0),
        contact: contacts(&mut account, context),
        related_party: related_parties(account, customer),
        financial_account: Some(FinancialAccountRef { id: Some(id.clone()), ..FinancialAccountRef::default() }),
        source_bss: fixed("CERILLION"),
        id: Some(id),
        ..BillingAccount::default()
    }
}

/// Cerillion's balance types under the document's names, in its order.
const BALANCES: [(&str, &str); 7] = [
    ("lastPayment", "LastPaymentAmount"),
    ("current", "CurrentBalance"),
    (OVERDUE, "OverdueBalance"),
    ("writtenOff", "WrittenOffAmount"),
    ("totalOutstanding", "TotalOutstandingBalance"),
    ("lastBill", "LastBillAmount"),
    ("ledger", "LedgerBalance"),
];

/// In the document's order; a type outside the table comes last, under its own name, and is counted.
fn account_balances(balances: wire::Balances, currency: Option<&Text>, context: Context<'_>) -> Vec<AccountBalance> {
    let mut placed: Vec<_> = balances
        .0
        .into_iter()
        .filter_map(|balance| {
            let kind = balance.kind.0.clone().unwrap_or_default();
            let place = BALANCES.iter().position(|(code, _)| kind == *code);
            if place.is_none() {
                (context.unknown_code)(BALANCE_TYPES);
            }
            let name = place.map_or(kind, |place| Text::fixed(BALANCES[place].1));
            Some((place.unwrap_or(BALANCES.len()), account_balance(name, balance, currency)?))
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, balance)| balance).collect()
}

fn bill_structure(account: &mut wire::Account) -> Option<BillStructure> {
    let media = account.bill_media_code.0.take().map(|code| BillPresentationMedia {
        // The document's `E` for `EMAIL`.
        id: code.chars().next().map(|letter| Text::from(letter.encode_utf8(&mut [0; 4]) as &str)),
        name: Some(code),
        ..BillPresentationMedia::default()
    });
    let language = account.bill_language_code.0.take().map(|code| BillPresentationMedia {
        id: Some(code),
        name: fixed("BillLanguage"),
        ..BillPresentationMedia::default()
    });
    BillStructure {
        cycle_specification: BillingCycleSpecification {
            id: account.bill_cycle_code.0.take(),
            payment_due_date: account.due_date.0.take(),
            billing_day: account.billing_day.0,
            ..BillingCycleSpecification::default()
        }
        .unless_empty(),
        presentation_media: media.into_iter().chain(language).collect(),
        ..BillStructure::default()
    }
    .unless_empty()
}

pub(super) fn payment_plan(supports_recurring_payments: Option<bool>) -> Vec<PaymentPlan> {
    let plan = supports_recurring_payments.map(|supported| PaymentPlan {
        status: fixed(if supported { "true" } else { "false" }),
        at_type: fixed("SupportsRecurringPayments"),
        ..PaymentPlan::default()
    });
    plan.into_iter().collect()
}

/// The billing contact first, then Cerillion's own.
fn contacts(account: &mut wire::Account, context: Context<'_>) -> Vec<Contact> {
    let address = account.billing_address.0.take().and_then(|address| postal(address).unless_empty());
    let address = address.map(|characteristic| ContactMedium::new(&MediumType::BillingAddress, characteristic));
    let email = account.bill_to_email_address.0.take().map(|address| {
        let characteristic = MediumCharacteristic {
            email_address: Some(address),
            contact_type: Some(CerillionContactMethod::BillEmail.contact_type()),
            ..MediumCharacteristic::default()
        };
        ContactMedium::new(&MediumType::Email, characteristic)
    });
    let contact_medium: Vec<_> = address.into_iter().chain(email).collect();
    let billing = (!contact_medium.is_empty()).then(|| Contact {
        contact_name: account.account_owners_name.0.clone(),
        contact_medium,
        ..Contact::default()
    });
    let others = std::mem::take(&mut account.contact_association).0.into_iter().map(|other| Contact {
        contact_name: other.contacts_name.0,
        contact_type: other.kind.0,
        contact_medium: other.methods.0.into_iter().filter_map(|method| contact_medium_of(method, context)).collect(),
        ..Contact::default()
    });
    billing.into_iter().chain(others).collect()
}

/// A method outside the table is kept and counted; one without a value is no way to reach anybody.
fn contact_medium_of(native: wire::Method, context: Context<'_>) -> Option<ContactMedium> {
    let value = native.value.0?;
    let method = CerillionContactMethod::parse(native.contact_method.0.as_deref().unwrap_or_default());
    if !method.is_known() {
        (context.unknown_code)(CerillionContactMethod::NAME);
    }
    let kind = method.medium_type();
    let mut characteristic = MediumCharacteristic { contact_type: Some(method.contact_type()), ..MediumCharacteristic::default() };
    match kind {
        MediumType::Email => characteristic.email_address = Some(value),
        MediumType::Fax => characteristic.fax_number = Some(value),
        _ => characteristic.phone_number = Some(value),
    }
    Some(ContactMedium::new(&kind, characteristic))
}

/// The entries, their order and their names are the document's: the customer has the account's number there, and
/// stands once more under its own.
fn related_parties(account: wire::Account, customer: wire::Customer) -> Vec<RelatedParty> {
    let legal_entity = account.company_legal_entity_name.0;
    let owner = RelatedParty {
        id: account.account_no.0,
        name: account.account_owners_name.0,
        role: fixed("customer"),
        at_type: fixed("Customer"),
        at_referred_type: fixed("Customer"),
        at_base_type: fixed("RelatedParty"),
        characteristic: characteristics(customer),
        ..RelatedParty::default()
    };
    let customer = account.customer_uid.0.map(|uid| RelatedParty {
        id: Some(uid),
        name: legal_entity.clone(),
        at_referred_type: fixed("Customer"),
        ..RelatedParty::default()
    });
    let entity = legal_entity.map(|name| RelatedParty { value: Some(name), role: fixed("LegalEntity"), ..RelatedParty::default() });
    let marketing = account.marketing_category.0.map(|name| RelatedParty {
        name: Some(name),
        role: fixed("marketingCategory"),
        ..RelatedParty::default()
    });
    let category = account.account_category_code.0.map(|code| RelatedParty {
        id: Some(code),
        at_referred_type: fixed("Account"),
        ..RelatedParty::default()
    });
    [Some(owner), customer, entity, marketing, category].into_iter().flatten().collect()
}

fn characteristics(customer: wire::Customer) -> Vec<Characteristic> {
    let text = |name, value: Lenient<Text>| {
        value.0.map(|value| Characteristic {
            value_type: fixed("string"),
            at_referred_type: fixed("Customer"),
            ..Characteristic::new(name, value)
        })
    };
    let list = [
        identities(&customer.identities),
        text("Date-Of-Birth", customer.date_of_birth),
        text("Title", customer.title),
        text("FirstName", customer.first_name),
        text("LastName", customer.last_name),
        text("CompanyName", customer.company_name),
    ];
    list.into_iter().flatten().collect()
}

fn identities(identities: &List<wire::Identity>) -> Option<Characteristic> {
    let documents: Vec<_> = identities
        .0
        .iter()
        .map(|identity| IdentityDocument {
            document_type: identity.document_type.0.as_deref(),
            document_number: identity.document_number.0.as_deref(),
            document_description: identity.document_description.0.as_deref(),
        })
        .collect();
    Characteristic::customer_identity(&documents)
}
