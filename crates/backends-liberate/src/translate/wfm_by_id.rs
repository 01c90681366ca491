//! wfm-ux, billing account by id: everything that field technicians need to know.

use backends_http::lenient::{Lenient, List};
use tmf666_model::codes::{CodeTable, LiberateContactMethod, MediumType};
use tmf666_model::{
    AccountBalance, AccountRef, AccountRelationship, Amount, BillPresentationMedia, BillStructure, BillingAccount,
    BillingCycleSpecification, Characteristic, Contact, ContactMedium, FinancialAccountRef, IdentityDocument, MediumCharacteristic, Money,
    PaymentMethodRef, PaymentPlan, RelatedParty, Resource as _, Text, TimePeriod,
};

use super::{Context, fixed, payment_status, postal};
use crate::wire;

/// The account as the wfm-ux document shows it for FTTH. Members without a value are left out, except those that the
/// document shows empty.
pub fn translate(mut record: wire::Record, context: Context<'_>) -> BillingAccount {
    let currency = context.currency(&record.account_currency_code);
    let balances = record.balances.take().unwrap_or_default();
    let billing = record.billing_info.take().unwrap_or_default();
    let customer = record.customer.take().unwrap_or_default();
    BillingAccount {
        id: record.account_no.0.clone(),
        billable: record.account_is_active.0,
        account_type: record.account_type_code.0.take(),
        description: record.account_type_description.0.take(),
        name: record.account_name.0.clone(),
        payment_status: Some(payment_status(balances.overdue_amount.0.as_ref())),
        state: context.state(&record),
        account_balance: account_balances(balances, currency.as_ref()),
        bill_structure: bill_structure(&billing),
        payment_plan: payment_plan(&record),
        credit_limit: record.credit_limit.0.take().map(|value| money(currency.as_ref(), value)),
        default_payment_method: payment_method(&billing),
        financial_account: Some(FinancialAccountRef {
            id: billing.account_no.0.clone().or_else(|| record.account_no.0.clone()),
            at_referred_type: fixed("FinancialAccount"),
            ..FinancialAccountRef::default()
        }),
        contact: contacts(billing, std::mem::take(&mut record.contacts), context),
        account_relationship: vec![migrated_billing_system(record.migrated_to_bss.0.take())],
        source_bss: record.source_bss.0.take().or(fixed("LIBERATE")),
        related_party: related_parties(record, customer),
        ..BillingAccount::default()
    }
}

fn money(currency: Option<&Text>, value: Amount) -> Money {
    Money { unit: currency.cloned(), value: Some(value), ..Money::default() }
}

/// In the document's order, with the spaces that it has in some of the names.
fn account_balances(balances: wire::Balances, currency: Option<&Text>) -> Vec<AccountBalance> {
    let mut shown = Vec::with_capacity(15);
    let mut show = |name, Lenient(value): Lenient<Amount>, Lenient(date): Lenient<Text>| {
        if let Some(value) = value {
            shown.push(AccountBalance {
                balance_type: fixed(name),
                amount: Some(money(currency, value)),
                valid_for: date.map(|date| TimePeriod { end_date_time: Some(date), ..TimePeriod::default() }),
                ..AccountBalance::default()
            });
        }
    };
    let no_date = || Lenient(None);
    show("NetPayable", balances.net_payable, no_date());
    show("LastBillAmount", balances.last_bill_amount, balances.last_bill_due_date);
    show("LastPayment Amount", balances.last_payment_amount, balances.last_payment_date);
    show("Overdue Amount", balances.overdue_amount, no_date());
    show("DepositRequired", balances.deposit_required, no_date());
    show("WrittenOffAmount", balances.written_off_amount, no_date());
    show("TotalQuery", balances.total_query, no_date());
    show("TotalOutstandingBalance", balances.total_outstanding, no_date());
    show("DepositHeld", balances.deposit_held, no_date());
    show("Total Query Tax", balances.total_query_tax, no_date());
    show("TotalAdjustmentCredit", balances.total_adjustment_credit, no_date());
    show("TotalDepositPaid", balances.total_deposit_paid, no_date());
    show("TotalServiceChargeCredit", balances.total_service_charge_credit, no_date());
    show("TotalRewards", balances.total_rewards, no_date());
    show("TotalAvailablePointsAmount", balances.total_available_points, no_date());
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
fn contacts(billing: wire::BillingInfo, others: List<wire::Contact>, context: Context<'_>) -> Vec<Contact> {
    let mut contacts = Vec::with_capacity(1 + others.0.len());
    let media = billing_media(billing);
    if !media.is_empty() {
        contacts.push(Contact { contact_medium: media, ..Contact::default() });
    }
    contacts.extend(others.0.into_iter().map(|other| Contact {
        contact_name: other.contact_name.0,
        party_role_type: other.party_role_type.0,
        contact_medium: media_of(other.methods, context),
        ..Contact::default()
    }));
    contacts
}

fn billing_media(billing: wire::BillingInfo) -> Vec<ContactMedium> {
    let mut media = Vec::with_capacity(3);
    if let Some(address) = billing.address.and_then(|address| postal(address).unless_empty()) {
        media.push(ContactMedium::new(&MediumType::BillingAddress, address));
    }
    if let Some(number) = billing.phone.0 {
        let phone = MediumCharacteristic { phone_number: Some(number), ..MediumCharacteristic::default() };
        media.push(ContactMedium::new(&MediumType::Telephone, phone));
    }
    if let Some(address) = billing.email.0 {
        let email = MediumCharacteristic { email_address: Some(address), ..MediumCharacteristic::default() };
        media.push(ContactMedium::new(&MediumType::Email, email));
    }
    media
}

fn media_of(methods: List<wire::Method>, context: Context<'_>) -> Vec<ContactMedium> {
    let mut media = Vec::with_capacity(methods.0.len());
    media.extend(methods.0.into_iter().filter_map(|method| contact_medium_of(method, context)));
    media
}

/// A method outside the table is kept and counted; one without a value is no way to reach anybody.
fn contact_medium_of(native: wire::Method, context: Context<'_>) -> Option<ContactMedium> {
    let value = native.value.0?;
    let method = LiberateContactMethod::parse(native.contact_method.0.as_deref().unwrap_or_default());
    if !method.is_known() {
        (context.unknown_code)(LiberateContactMethod::NAME);
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

/// The entries, their order and their names are the document's.
fn related_parties(mut record: wire::Record, customer: wire::Customer) -> Vec<RelatedParty> {
    let role = |id: Option<Text>, name: Option<Text>, role: &'static str| {
        (id.is_some() || name.is_some()).then(|| RelatedParty { id, name, role: fixed(role), ..RelatedParty::default() })
    };
    let migrated = role(record.migrated_to_account_no.0.take(), None, "MigratedAccount");
    let legal_entity = role(record.legal_entity_code.0.take(), None, "legalEntity");
    let base_account_type = record.base_account_type.0.take().map(|code| RelatedParty {
        at_type: fixed("Account"),
        characteristic: vec![Characteristic::new("BaseAccountType", code)],
        ..RelatedParty::default()
    });
    let marketing = role(record.marketing_category_code.0.take(), record.marketing_category_description.0.take(), "marketingCategory");
    let mut parties = Vec::with_capacity(5);
    parties.push(customer_party(record, customer));
    parties.extend(migrated);
    parties.extend(legal_entity);
    parties.extend(base_account_type);
    parties.extend(marketing);
    parties
}

fn customer_party(record: wire::Record, customer: wire::Customer) -> RelatedParty {
    let document = tax_registration(&customer.identities);
    let document_type = document.and_then(|document| document.document_type.0.clone());
    let document_number = document.and_then(|document| document.document_number.0.clone());
    let mut characteristic = Vec::with_capacity(11);
    let untyped = |name, value: Option<Text>| value.map(|value| Characteristic::new(name, value));
    characteristic.extend(untyped("DocumentType", document_type));
    characteristic.extend(untyped("DocumentNumber", document_number));
    characteristic.extend(untyped("Email", record.account_email_address.0));
    characteristic.extend(untyped("Gender", customer.gender.0));
    let typed = |name, value: Lenient<Text>| {
        value.0.map(|value| Characteristic { value_type: fixed("string"), ..Characteristic::new(name, value) })
    };
    characteristic.extend(typed("Title", record.title));
    characteristic.extend(typed("FirstName", record.first_name));
    characteristic.extend(typed("LastName", record.last_name));
    characteristic.extend(typed("OtherName", record.other_name));
    characteristic.extend(typed("CompanyName", record.company_name));
    characteristic.extend(typed("Date-Of-Birth", customer.date_of_birth));
    characteristic.extend(identities(&customer.identities));
    RelatedParty {
        id: customer.customer_no.0,
        name: record.account_name.0,
        role: fixed("customer"),
        at_type: fixed("Customer"),
        at_referred_type: fixed("Customer"),
        at_base_type: fixed("RelatedParty"),
        characteristic,
        ..RelatedParty::default()
    }
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
