//! bot-ux, balance enquiry: the shape and the names of the Puerto Rico example, with what Liberate knows of it.
//!
//! Liberate knows no delinquent period, no autopay order, no dunning and no change date, so those members are left out.

use backends_http::lenient::Lenient;
use tmf666_model::codes::MediumType;
use tmf666_model::{
    AccountBalance, AccountRef, AccountRelationship, Amount, BillPresentationMedia, BillStructure, BillingAccount,
    BillingCycleSpecification, Contact, ContactMedium, FinancialAccountRef, MediumCharacteristic, Money, PaymentMethodRef, PaymentPlan,
    RelatedParty, Resource as _, Text, TimePeriod,
};

use super::{Context, bot_accounts, fixed, payment_status, postal};
use crate::wire;

/// The account as a bot-ux caller knows it from Puerto Rico.
pub fn translate(record: &mut wire::Record, context: Context<'_>) -> Box<BillingAccount> {
    let mut record = std::mem::take(record);
    let currency = context.currency(&record.account_currency_code);
    let balances = record.balances.0.take().unwrap_or_default();
    let contact = contact(&mut record);
    let billing = record.billing_info.0.take().unwrap_or_default();
    Box::new(BillingAccount {
        payment_status: Some(payment_status(balances.overdue_amount.0.as_ref())),
        state: context.state(&record),
        account_balance: account_balances(balances, currency.as_ref()),
        account_relationship: vec![itself(&record)],
        bill_structure: bill_structure(&billing),
        contact: vec![contact],
        credit_limit: record.credit_limit.0.map(|value| Money { unit: currency, value: Some(value), ..Money::default() }),
        default_payment_method: PaymentMethodRef {
            id: billing.payment_method_code.0,
            name: billing.payment_method_description.0,
            ..PaymentMethodRef::default()
        }
        .unless_empty(),
        financial_account: Some(FinancialAccountRef {
            id: billing.account_no.0.or_else(|| record.account_no.0.clone()),
            at_referred_type: fixed("financialAccount"),
            ..FinancialAccountRef::default()
        }),
        payment_plan: recurring_payments(record.supports_recurring_payments.0),
        related_party: vec![RelatedParty {
            id: record.customer.0.and_then(|customer| customer.customer_no.0),
            name: record.account_name.0.clone(),
            role: fixed("Customer"),
            at_referred_type: fixed("Customer"),
            ..RelatedParty::default()
        }],
        id: record.account_no.0,
        account_type: record.account_type_code.0,
        description: record.account_type_description.0,
        name: record.account_name.0,
        at_type: fixed("BillingAccount"),
        ..BillingAccount::default()
    })
}

fn account_balances(balances: wire::Balances, currency: Option<&Text>) -> Vec<AccountBalance> {
    let balance = |name, value: Lenient<Amount>, date: Option<Text>| {
        let amount = Money { unit: currency.cloned(), value: Some(value.0?), ..Money::default() };
        let valid_for = date.map(|date| TimePeriod { end_date_time: Some(date), ..TimePeriod::default() });
        Some(AccountBalance { balance_type: fixed(name), amount: Some(amount), valid_for, ..AccountBalance::default() })
    };
    let list = [
        balance("ReceivableBalance", balances.net_payable, None),
        balance("DelinquentBalance", balances.overdue_amount, None),
        balance("LastPaymentAmount", balances.last_payment_amount, balances.last_payment_date.0),
    ];
    list.into_iter().flatten().collect()
}

/// The example relates every account to itself.
fn itself(record: &wire::Record) -> AccountRelationship {
    let words = [record.account_type_code.0.as_deref(), record.account_name.0.as_deref()];
    let description = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    AccountRelationship {
        relationship_type: fixed("contains"),
        account: Some(AccountRef {
            id: record.account_no.0.clone(),
            description: (!description.is_empty()).then(|| Text::from(description)),
            name: record.account_name.0.clone(),
            at_type: fixed("BillingAccount"),
            ..AccountRef::default()
        }),
        ..AccountRelationship::default()
    }
}

fn bill_structure(billing: &wire::BillingInfo) -> Option<BillStructure> {
    let media = BillPresentationMedia { name: billing.bill_media.0.clone(), ..BillPresentationMedia::default() };
    BillStructure {
        cycle_specification: BillingCycleSpecification { date_shift: billing.billing_day.0, ..BillingCycleSpecification::default() }
            .unless_empty(),
        presentation_media: media.unless_empty().into_iter().collect(),
        ..BillStructure::default()
    }
    .unless_empty()
}

fn contact(record: &mut wire::Record) -> Contact {
    let address = record.billing_info.0.as_mut().and_then(|billing| billing.address.0.take());
    let address = address
        .and_then(|address| postal(address).unless_empty())
        .map(|characteristic| ContactMedium { preferred: Some(true), ..ContactMedium::new(&MediumType::PostalAddress, characteristic) });
    let phones = bot_accounts::phones(record).into_iter().map(|phone| {
        let characteristic = MediumCharacteristic {
            contact_type: phone.used_for.map(Text::fixed),
            phone_number: Some(phone.number.clone()),
            ..MediumCharacteristic::default()
        };
        ContactMedium::new(&MediumType::Phone, characteristic)
    });
    let contact_medium = address.into_iter().chain(phones).chain(bot_accounts::email(record)).collect();
    Contact {
        contact_name: record.account_name.0.clone(),
        contact_type: fixed("Primary"),
        party_role_type: fixed("Owner"),
        contact_medium,
        related_party: Some(RelatedParty {
            id: record.customer.0.as_ref().and_then(|customer| customer.customer_no.0.clone()),
            name: record.account_name.0.clone(),
            role: fixed("Owner"),
            at_type: fixed("relatedParty"),
            ..RelatedParty::default()
        }),
        ..Contact::default()
    }
}

/// Whether recurring payments are possible is not whether they were ordered, so `Auto Pay Enable` would be a guess.
fn recurring_payments(supported: Option<bool>) -> Vec<PaymentPlan> {
    let plan = supported.map(|supported| PaymentPlan {
        status: fixed(if supported { "true" } else { "false" }),
        at_type: fixed("SupportsRecurringPayments"),
        ..PaymentPlan::default()
    });
    plan.into_iter().collect()
}
