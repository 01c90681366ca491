//! The account itself and what belongs to nothing else.

use super::LeftOutReason;
use super::bill_structure::{BillStructure, bill_structure};
use super::contact::{Contact, contact};
use super::context::{Context, type_names};
use super::object::{Object, object};
use super::party::{RelatedPartyRefOrPartyRoleRef, characteristics, related_party};
use super::payment::{PaymentPlan, financial_account, payment_method, payment_plan};
use super::reference::{AccountRef, FinancialAccountRef, PaymentMethodRef, reference};
use super::tax::{TaxExemptionCertificate, tax_exemption};
use crate::{Characteristic, Money, Text, TimePeriod};

object! {
    /// A party account used for billing (TMF666 v5.0.0 `BillingAccount`).
    #[derive(Default)]
    pub struct BillingAccount {
        /// Account number in the billing system.
        id: Option<Text> => "id",
        /// Where the account is, a URI.
        href: Option<Text> => "href",
        /// Kind of account.
        account_type: Option<Text> => "accountType",
        /// *Extension*: whether the account is active for billing.
        billable: Option<bool> => "billable",
        /// Description of the account.
        description: Option<Text> => "description",
        /// When the account was last changed (version 4: `lastModified`).
        last_update: Option<Text> => "lastUpdate",
        /// Name of the account.
        name: Option<Text> => "name",
        /// Payment status.
        payment_status: Option<Text> => "paymentStatus",
        /// How usage is rated.
        rating_type: Option<Text> => "ratingType",
        /// Lifecycle state.
        state: Option<Text> => "state",
        /// Balances of the account.
        account_balance: Vec<AccountBalance> => "accountBalance",
        /// Relationships to other accounts.
        account_relationship: Vec<AccountRelationship> => "accountRelationship",
        /// How and when the account is billed.
        bill_structure: Option<BillStructure> => "billStructure",
        /// *Extension*: further facts.
        characteristic: Vec<Characteristic> => "characteristic",
        /// *Extension*: further facts.
        extended_characteristics: Vec<Characteristic> => "extendedCharacteristics",
        /// Contacts of the account.
        contact: Vec<Contact> => "contact",
        /// How much may be charged to the account.
        credit_limit: Option<Money> => "creditLimit",
        /// Default payment method.
        default_payment_method: Option<PaymentMethodRef> => "defaultPaymentMethod",
        /// Financial account behind this one.
        financial_account: Option<FinancialAccountRef> => "financialAccount",
        /// Payment plans.
        payment_plan: Vec<PaymentPlan> => "paymentPlan",
        /// Parties related to the account.
        related_party: Vec<RelatedPartyRefOrPartyRoleRef> => "relatedParty",
        /// Tax exemptions.
        tax_exemption: Vec<TaxExemptionCertificate> => "taxExemption",
        /// *Extension*: the billing system that answered.
        source_bss: Option<Text> => "sourceBSS",
    }
}

object! {
    /// One balance of an account.
    #[derive(Default)]
    pub struct AccountBalance {
        /// Id of the balance.
        id: Option<Text> => "id",
        /// What the balance is.
        balance_type: Option<Text> => "balanceType",
        /// How much.
        amount: Option<Money> => "amount",
        /// When it holds.
        valid_for: Option<TimePeriod> => "validFor",
    }
}

object! {
    /// How the account relates to another one.
    #[derive(Default)]
    pub struct AccountRelationship {
        /// Id of the relationship.
        id: Option<Text> => "id",
        /// Where the relationship is, a URI.
        href: Option<Text> => "href",
        /// Kind of relationship.
        relationship_type: Option<Text> => "relationshipType",
        /// The other account.
        account: Option<AccountRef> => "account",
        /// When the relationship holds.
        valid_for: Option<TimePeriod> => "validFor",
    }
}

pub(super) fn billing_account(mut account: crate::BillingAccount, cx: &mut Context) -> BillingAccount {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(account), &["BillingAccount"]);
    let last_modified = cx.date_time("lastModified", account.last_modified);
    let last_update = cx.take(&mut account.extra, "lastUpdate");
    BillingAccount {
        id: account.id,
        href: account.href,
        account_type: account.account_type,
        billable: account.billable,
        description: account.description,
        last_update: last_modified.or_else(|| cx.date_time("lastUpdate", last_update)),
        name: account.name,
        payment_status: account.payment_status,
        rating_type: account.rating_type,
        state: account.state,
        account_balance: cx.list("accountBalance", account.account_balance, balance),
        account_relationship: cx.list("accountRelationship", account.account_relationship, relationship),
        bill_structure: cx.object("billStructure", account.bill_structure, bill_structure),
        characteristic: characteristics(account.characteristic),
        extended_characteristics: characteristics(account.extended_characteristics),
        contact: cx.list("contact", account.contact, contact),
        credit_limit: cx.money("creditLimit", account.credit_limit),
        default_payment_method: cx.object("defaultPaymentMethod", account.default_payment_method, payment_method),
        financial_account: cx.object("financialAccount", account.financial_account, financial_account),
        payment_plan: cx.list("paymentPlan", account.payment_plan, payment_plan),
        related_party: cx.list("relatedParty", account.related_party, related_party),
        tax_exemption: cx.list("taxExemption", account.tax_exemption, tax_exemption),
        source_bss: account.source_bss,
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::BillingAccount>(account.extra, &[BillingAccount::MEMBERS]),
    }
}

fn balance(mut balance: crate::AccountBalance, cx: &mut Context) -> Option<AccountBalance> {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(balance), &["AccountBalance"]);
    Some(AccountBalance {
        id: cx.take(&mut balance.extra, "id"),
        balance_type: balance.balance_type,
        amount: cx.money("amount", balance.amount),
        valid_for: cx.period(balance.valid_for),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::AccountBalance>(balance.extra, &[AccountBalance::MEMBERS]),
    })
}

fn relationship(mut relationship: crate::AccountRelationship, cx: &mut Context) -> Option<AccountRelationship> {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(relationship), &["AccountRelationship"]);
    Some(AccountRelationship {
        id: cx.take(&mut relationship.extra, "id"),
        href: cx.take(&mut relationship.extra, "href"),
        relationship_type: relationship.relationship_type,
        account: cx.object("account", relationship.account, account_ref),
        valid_for: cx.period(relationship.valid_for),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::AccountRelationship>(relationship.extra, &[AccountRelationship::MEMBERS]),
    })
}

fn account_ref(mut account: crate::AccountRef, cx: &mut Context) -> Option<AccountRef> {
    cx.leave_out_some("description", account.description.as_ref(), LeftOutReason::NotInVersion5);
    Some(reference!(account).project::<crate::AccountRef>(&["AccountRef"], cx)?.into())
}
