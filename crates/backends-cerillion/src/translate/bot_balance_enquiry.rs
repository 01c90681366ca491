//! bot-ux, balance enquiry: the shape and the names of the Puerto Rico example, with what Cerillion knows of it.
//!
//! Cerillion knows no delinquent period, no autopay order, no dunning, no credit limit, no payment method and no change
//! date, so those members are left out.

use tmf666_model::codes::MediumType;
use tmf666_model::{
    AccountBalance, AccountRef, AccountRelationship, BillPresentationMedia, BillStructure, BillingAccount, BillingCycleSpecification,
    Contact, ContactMedium, FinancialAccountRef, MediumCharacteristic, RelatedParty, Resource as _, Text,
};

use super::wfm_by_id::payment_plan;
use super::{Context, OVERDUE, account_balance, bot_accounts, fixed, payment_status, postal};
use crate::wire;

/// The account as a bot-ux caller knows it from Puerto Rico.
pub fn translate(mut account: wire::Account, balances: wire::Balances, context: Context<'_>) -> BillingAccount {
    let currency = context.currency(&account);
    BillingAccount {
        payment_status: Some(payment_status(&balances)),
        account_balance: account_balances(balances, currency.as_ref()),
        account_relationship: vec![itself(&account)],
        contact: vec![contact(&mut account)],
        bill_structure: bill_structure(&mut account),
        financial_account: Some(FinancialAccountRef {
            id: account.account_no.0.clone(),
            at_referred_type: fixed("financialAccount"),
            ..FinancialAccountRef::default()
        }),
        payment_plan: payment_plan(account.supports_recurring_payments.0),
        related_party: vec![RelatedParty {
            id: account.customer_uid.0,
            name: account.account_owners_name.0.clone(),
            role: fixed("Customer"),
            at_referred_type: fixed("Customer"),
            ..RelatedParty::default()
        }],
        id: account.account_no.0,
        account_type: account.account_type_code.0,
        name: account.account_owners_name.0,
        state: account.account_status_code.0,
        at_type: fixed("BillingAccount"),
        ..BillingAccount::default()
    }
}

fn account_balances(balances: wire::Balances, currency: Option<&Text>) -> Vec<AccountBalance> {
    let mut balances = balances.0;
    let mut take = |code: &str, name: &'static str, dated: bool| {
        let at = balances.iter().position(|balance| balance.kind.0.as_deref() == Some(code))?;
        let mut balance = balances.swap_remove(at);
        if !dated {
            balance.date.0 = None;
        }
        account_balance(Text::fixed(name), balance, currency)
    };
    let list = [
        take("current", "ReceivableBalance", false),
        take(OVERDUE, "DelinquentBalance", false),
        take("lastPayment", "LastPaymentAmount", true),
    ];
    list.into_iter().flatten().collect()
}

/// The example relates every account to itself.
fn itself(account: &wire::Account) -> AccountRelationship {
    let words = [account.account_type_code.0.as_deref(), account.account_owners_name.0.as_deref()];
    let description = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    AccountRelationship {
        relationship_type: fixed("contains"),
        account: Some(AccountRef {
            id: account.account_no.0.clone(),
            description: (!description.is_empty()).then(|| Text::from(description)),
            name: account.account_owners_name.0.clone(),
            at_type: fixed("BillingAccount"),
            ..AccountRef::default()
        }),
        ..AccountRelationship::default()
    }
}

fn bill_structure(account: &mut wire::Account) -> Option<BillStructure> {
    let media = BillPresentationMedia { name: account.bill_media_code.0.take(), ..BillPresentationMedia::default() };
    BillStructure {
        cycle_specification: BillingCycleSpecification { date_shift: account.billing_day.0, ..BillingCycleSpecification::default() }
            .unless_empty(),
        presentation_media: media.unless_empty().into_iter().collect(),
        ..BillStructure::default()
    }
    .unless_empty()
}

fn contact(account: &mut wire::Account) -> Contact {
    let address = account.billing_address.0.take().and_then(|address| postal(address).unless_empty());
    let address = address
        .map(|characteristic| ContactMedium { preferred: Some(true), ..ContactMedium::new(&MediumType::PostalAddress, characteristic) });
    let phones = bot_accounts::phones(account).into_iter().map(|phone| {
        let characteristic = MediumCharacteristic {
            contact_type: phone.used_for.map(Text::fixed),
            phone_number: Some(phone.number.clone()),
            ..MediumCharacteristic::default()
        };
        ContactMedium::new(&MediumType::Phone, characteristic)
    });
    let contact_medium = address.into_iter().chain(phones).chain(bot_accounts::email(account)).collect();
    Contact {
        contact_name: account.account_owners_name.0.clone(),
        contact_type: fixed("Primary"),
        party_role_type: fixed("Owner"),
        contact_medium,
        related_party: Some(RelatedParty {
            id: account.customer_uid.0.clone(),
            name: account.account_owners_name.0.clone(),
            role: fixed("Owner"),
            at_type: fixed("relatedParty"),
            ..RelatedParty::default()
        }),
        ..Contact::default()
    }
}
