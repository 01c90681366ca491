//! wfm-ux, billing account by id: everything that field technicians need to know.

use backends_http::lenient::{Lenient, List};
use tmf666_model::codes::{CodeTable, LiberateContactMethod, MediumType};
use tmf666_model::{
    AccountBalance, AccountRef, AccountRelationship, BillPresentationMedia, BillStructure, BillingAccount, BillingCycleSpecification,
    Characteristic, Contact, ContactMedium, FinancialAccountRef, IdentityDocument, Money, PaymentMethodRef, PaymentPlan, RelatedParty,
    Resource as _, Text, TimePeriod,
};

use super::{Context, fixed, payment_status, postal};
use crate::wire;

/// The account as the wfm-ux document shows it for FTTH. Members without a value are left out, except those that the
/// document shows empty.
///
/// What there are many of is filled where it stays ([`Resource::added_to`](tmf666_model::Resource::added_to)).
pub fn translate(record: &mut wire::Record, context: Context<'_>) -> Box<BillingAccount> {
    let currency = context.currency(&record.account_currency_code);
    let mut account = Box::<BillingAccount>::default();
    account.id = record.account_no.0.clone();
    account.billable = record.account_is_active.0;
    account.account_type = record.account_type_code.0.take();
    account.description = record.account_type_description.0.take();
    account.name = record.account_name.0.clone();
    account.state = context.state(record);
    account.payment_plan = payment_plan(record);
    let financial_account = account.financial_account.insert(FinancialAccountRef::default());
    financial_account.id = billed_account(record).cloned();
    financial_account.at_referred_type = fixed("FinancialAccount");
    account.payment_status = Some(payment_status(record.balances.0.as_ref().and_then(|balances| balances.overdue_amount.0.as_ref())));
    if let Some(balances) = &mut record.balances.0 {
        account.account_balance = account_balances(balances, currency.as_ref());
    }
    if let Some(billing) = &record.billing_info.0 {
        account.bill_structure = bill_structure(billing);
        account.default_payment_method = payment_method(billing);
    }
    account.credit_limit = record.credit_limit.0.take().map(|value| Money { unit: currency, value: Some(value), ..Money::default() });
    account.contact = contacts(record, context);
    account.account_relationship = vec![migrated_billing_system(record.migrated_to_bss.0.take())];
    account.source_bss = record.source_bss.0.take().or(fixed("LIBERATE"));
    account.related_party = related_parties(record);
    account
}

/// In the document's order, with the spaces that it has in some of the names.
fn account_balances(balances: &mut wire::Balances, currency: Option<&Text>) -> Vec<AccountBalance> {
    let figures: [(_, _, Option<&mut Lenient<Text>>); 15] = [
        ("NetPayable", &mut balances.net_payable, None),
        ("LastBillAmount", &mut balances.last_bill_amount, Some(&mut balances.last_bill_due_date)),
        ("LastPayment Amount", &mut balances.last_payment_amount, Some(&mut balances.last_payment_date)),
        ("Overdue Amount", &mut balances.overdue_amount, None),
        ("DepositRequired", &mut balances.deposit_required, None),
        ("WrittenOffAmount", &mut balances.written_off_amount, None),
        ("TotalQuery", &mut balances.total_query, None),
        ("TotalOutstandingBalance", &mut balances.total_outstanding, None),
        ("DepositHeld", &mut balances.deposit_held, None),
        ("Total Query Tax", &mut balances.total_query_tax, None),
        ("TotalAdjustmentCredit", &mut balances.total_adjustment_credit, None),
        ("TotalDepositPaid", &mut balances.total_deposit_paid, None),
        ("TotalServiceChargeCredit", &mut balances.total_service_charge_credit, None),
        ("TotalRewards", &mut balances.total_rewards, None),
        ("TotalAvailablePointsAmount", &mut balances.total_available_points, None),
    ];
    let mut shown = Vec::with_capacity(figures.len());
    for (name, value, date) in figures {
        if value.0.is_none() {
            continue;
        }
        let balance = AccountBalance::added_to(&mut shown);
        balance.balance_type = fixed(name);
        let amount = balance.amount.insert(Money::default());
        amount.unit = currency.cloned();
        amount.value = value.0.take();
        if let Some(date) = date.and_then(|date| date.0.take()) {
            balance.valid_for.insert(TimePeriod::default()).end_date_time = Some(date);
        }
    }
    shown
}

fn bill_structure(billing: &wire::BillingInfo) -> Option<BillStructure> {
    let media = BillPresentationMedia {
        id: billing.bill_media_code.0.clone(),
        name: billing.bill_media.0.clone(),
        ..BillPresentationMedia::default()
    };
    let language = billing.bill_language_code.0.clone().map(|id| BillPresentationMedia {
        id: Some(id),
        name: fixed("BillLanguage"),
        ..BillPresentationMedia::default()
    });
    BillStructure {
        cycle_specification: BillingCycleSpecification {
            id: billing.bill_cycle_code.0.clone(),
            payment_due_date: billing.due_date.0.clone(),
            billing_day: billing.billing_day.0,
            ..BillingCycleSpecification::default()
        }
        .unless_empty(),
        presentation_media: media.unless_empty().into_iter().chain(language).collect(),
        ..BillStructure::default()
    }
    .unless_empty()
}

fn billed_account(record: &wire::Record) -> Option<&Text> {
    let billed = record.billing_info.0.as_ref().and_then(|billing| billing.account_no.0.as_ref());
    billed.or(record.account_no.0.as_ref())
}

/// The document's plan carries the status letter as its type; nothing else in a record could be the `W` of its example.
fn payment_plan(record: &wire::Record) -> Vec<PaymentPlan> {
    let plan = record.supports_recurring_payments.0.map(|supported| PaymentPlan {
        priority: Some(0),
        plan_type: record.account_status_code.0.clone(),
        status: fixed(if supported { "true" } else { "false" }),
        at_type: fixed("SupportsRecurringPayments"),
        ..PaymentPlan::default()
    });
    plan.into_iter().collect()
}

fn payment_method(billing: &wire::BillingInfo) -> Option<PaymentMethodRef> {
    PaymentMethodRef {
        id: billing.payment_method_code.0.clone(),
        name: billing.payment_method_description.0.clone(),
        ..PaymentMethodRef::default()
    }
    .unless_empty()
}

/// The document shows it for accounts that did not migrate too, with an empty name.
fn migrated_billing_system(name: Option<Text>) -> AccountRelationship {
    AccountRelationship {
        relationship_type: fixed("MigratedBillingSystem"),
        account: Some(AccountRef { name: Some(name.unwrap_or_default()), ..AccountRef::default() }),
        ..AccountRelationship::default()
    }
}

/// The billing contact first, then Liberate's own.
fn contacts(record: &mut wire::Record, context: Context<'_>) -> Vec<Contact> {
    let others = &mut record.contacts.0;
    let mut contacts = Vec::with_capacity(1 + others.len());
    let media = record.billing_info.0.as_mut().map(billing_media).unwrap_or_default();
    if !media.is_empty() {
        Contact::added_to(&mut contacts).contact_medium = media;
    }
    for other in others {
        let contact = Contact::added_to(&mut contacts);
        contact.contact_name = other.contact_name.0.take();
        contact.party_role_type = other.party_role_type.0.take();
        contact.contact_medium = media_of(&mut other.methods, context);
    }
    contacts
}

fn billing_media(billing: &mut wire::BillingInfo) -> Vec<ContactMedium> {
    let mut media = Vec::with_capacity(3);
    if let Some(address) = billing.address.0.take().and_then(|address| postal(address).unless_empty()) {
        *ContactMedium::add(&mut media, &MediumType::BillingAddress) = address;
    }
    if let Some(number) = billing.phone.0.take() {
        ContactMedium::add(&mut media, &MediumType::Telephone).phone_number = Some(number);
    }
    if let Some(address) = billing.email.0.take() {
        ContactMedium::add(&mut media, &MediumType::Email).email_address = Some(address);
    }
    media
}

/// A method outside the table is kept and counted; one without a value is no way to reach anybody.
fn media_of(methods: &mut List<wire::Method>, context: Context<'_>) -> Vec<ContactMedium> {
    let mut media = Vec::with_capacity(methods.0.len());
    for native in &mut methods.0 {
        let Some(value) = native.value.0.take() else { continue };
        let method = LiberateContactMethod::parse(native.contact_method.0.as_deref().unwrap_or_default());
        if !method.is_known() {
            (context.unknown_code)(LiberateContactMethod::NAME);
        }
        let kind = method.medium_type();
        let characteristic = ContactMedium::add(&mut media, &kind);
        characteristic.contact_type = Some(method.contact_type());
        match kind {
            MediumType::Email => characteristic.email_address = Some(value),
            MediumType::Fax => characteristic.fax_number = Some(value),
            _ => characteristic.phone_number = Some(value),
        }
    }
    media
}

/// The entries, their order and their names are the document's.
fn related_parties(record: &mut wire::Record) -> Vec<RelatedParty> {
    let mut parties = Vec::with_capacity(5);
    customer_party(record, RelatedParty::added_to(&mut parties));
    add_party(&mut parties, record.migrated_to_account_no.0.take(), None, "MigratedAccount");
    add_party(&mut parties, record.legal_entity_code.0.take(), None, "legalEntity");
    if let Some(code) = record.base_account_type.0.take() {
        let party = RelatedParty::added_to(&mut parties);
        party.at_type = fixed("Account");
        party.characteristic = vec![Characteristic::new("BaseAccountType", code)];
    }
    let marketing_name = record.marketing_category_description.0.take();
    add_party(&mut parties, record.marketing_category_code.0.take(), marketing_name, "marketingCategory");
    parties
}

fn add_party(parties: &mut Vec<RelatedParty>, id: Option<Text>, name: Option<Text>, role: &'static str) {
    if id.is_some() || name.is_some() {
        let party = RelatedParty::added_to(parties);
        (party.id, party.name, party.role) = (id, name, fixed(role));
    }
}

fn customer_party(record: &mut wire::Record, party: &mut RelatedParty) {
    party.name = record.account_name.0.take();
    party.role = fixed("customer");
    party.at_type = fixed("Customer");
    party.at_referred_type = fixed("Customer");
    party.at_base_type = fixed("RelatedParty");
    let customer = record.customer.0.get_or_insert_default();
    party.id = customer.customer_no.0.take();
    let list = &mut party.characteristic;
    list.reserve_exact(11);
    let document = tax_registration(&customer.identities);
    let mut untyped = |name, value: Option<Text>| {
        if let Some(value) = value {
            Characteristic::add(list, name, value);
        }
    };
    untyped("DocumentType", document.and_then(|document| document.document_type.0.clone()));
    untyped("DocumentNumber", document.and_then(|document| document.document_number.0.clone()));
    untyped("Email", record.account_email_address.0.take());
    untyped("Gender", customer.gender.0.take());
    let mut typed = |name, value: &mut Lenient<Text>| {
        if let Some(value) = value.0.take() {
            Characteristic::add(list, name, value).value_type = fixed("string");
        }
    };
    typed("Title", &mut record.title);
    typed("FirstName", &mut record.first_name);
    typed("LastName", &mut record.last_name);
    typed("OtherName", &mut record.other_name);
    typed("CompanyName", &mut record.company_name);
    typed("Date-Of-Birth", &mut customer.date_of_birth);
    list.extend(identities(&customer.identities));
}

/// The document that identifies the customer: the tax registration number, or the last one where there is none.
fn tax_registration(identities: &List<wire::Identity>) -> Option<&wire::Identity> {
    let is_tax_registration = |identity: &&wire::Identity| identity.document_type.0.as_deref() == Some("TR");
    identities.0.iter().find(is_tax_registration).or_else(|| identities.0.last())
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
