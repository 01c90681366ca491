//! sfdc-ux, billing account by id: balances, dunning, payment method and tax exemption of one master plan instance.

use backends_http::lenient::Lenient;
use rust_decimal::Decimal;
use tmf666_model::{
    AccountBalance, Amount, AnyValue, BillingAccount, Characteristic, Money, PaymentMethodRef, PaymentPlan, TaxExemption, Text, TimePeriod,
};

use super::{BILLING_ACCOUNT, CURRENCY, master_plan};
use crate::wire::{
    AccountDetails, BillingGroup, BillingGroups, Date, DunningGroups, Figure, MasterPlan, PaymentMethod, PlanBalance, ServiceCredits,
};

/// The answers that this view is made from.
#[derive(Debug)]
pub struct Answers {
    /// Of `get_acct_plan_balance_m`.
    pub balance: PlanBalance,
    /// Of `get_acct_details_all_m`.
    pub details: AccountDetails,
    /// Of `get_acct_billing_group_details_m`: speaks where the details do not list the group.
    pub billing_groups: BillingGroups,
    /// Of `get_acct_dunning_group_details_m`: speaks where the plan does not name its dunning process.
    pub dunning_groups: DunningGroups,
    /// Of `get_unapplied_service_credits_m`, summed up by [`sum_of_credits`].
    pub credits: Vec<Credit>,
}

/// All credits of one currency.
#[derive(Debug, PartialEq, Eq)]
pub struct Credit {
    /// As Aria writes it.
    pub currency: Text,
    /// What no bill has used up, positive.
    pub amount: Decimal,
}

/// The names of the supplementary fields that tell about a tax exemption.
#[derive(Debug, Clone, Copy)]
pub struct TaxFields<'a> {
    /// Number of the certificate.
    pub certificate: &'a str,
    /// Reason of the exemption.
    pub reason: &'a str,
}

/// Adds up the credits, each currency on its own; `None` where a sum has too many digits to be exact.
pub fn sum_of_credits(credits: &ServiceCredits) -> Option<Vec<Credit>> {
    let mut sums: Vec<Credit> = Vec::new();
    for credit in &credits.unapplied_service_credits_details.0 {
        let Some(Figure(amount)) = credit.amount_left_to_apply.0 else { continue };
        let currency = credit.currency_cd.0.as_deref().unwrap_or(CURRENCY);
        match sums.iter_mut().find(|sum| sum.currency == currency) {
            Some(sum) => sum.amount = sum.amount.checked_add(amount)?,
            None => sums.push(Credit { currency: Text::from(currency), amount }),
        }
    }
    Some(sums)
}

/// The account as sfdc-ux documents it for Aria.
pub fn billing_account(answers: &Answers, plan_instance: &str, tax_fields: TaxFields<'_>) -> BillingAccount {
    let details = &answers.details;
    let plan = master_plan(details, plan_instance);
    let group = Group::of(answers, plan);
    let method = group.payment_method(details);
    BillingAccount {
        account_balance: balances(answers, plan),
        characteristic: characteristics(answers, plan, &group, method),
        payment_plan: group.payment_plan(method).into_iter().collect(),
        tax_exemption: tax_exemption(details, tax_fields).into_iter().collect(),
        at_type: Some(BILLING_ACCOUNT),
        ..BillingAccount::default()
    }
}

fn balances(answers: &Answers, plan: Option<&MasterPlan>) -> Vec<AccountBalance> {
    let PlanBalance { currency_cd, current_balance_due, total_balance_due, .. } = &answers.balance;
    // The document prints these figures as text and the currency as Aria writes it.
    let balance = |balance_type: &'static str, currency: &str, amount: Amount| AccountBalance {
        balance_type: Some(Text::fixed(balance_type)),
        amount: Some(Money::new(currency, amount.quoted())),
        ..AccountBalance::default()
    };
    let currency = currency_cd.0.as_deref().unwrap_or(CURRENCY);
    let billed_through = plan.and_then(|plan| plan.last_bill_thru_date.0);
    let total = total_balance_due.0.clone().map(|amount| AccountBalance {
        valid_for: billed_through.map(|day| TimePeriod { end_date_time: Some(end_of_period(day)), ..TimePeriod::default() }),
        ..balance("TotalOutstandingBalance", currency, amount)
    });
    let current = current_balance_due.0.clone().map(|amount| balance("CurrentOutstandingBalance", currency, amount));
    let credits = answers.credits.iter().map(|credit| balance("Credit", &credit.currency, negative(credit.amount)));
    total.into_iter().chain(current).chain(credits).collect()
}

/// The document writes a colon before the milliseconds.
fn end_of_period(Date(day): Date) -> Text {
    Text::from(format!("{day}T00:00:00:000Z"))
}

fn negative(amount: Decimal) -> Amount {
    // Zero has a sign of its own, which nobody wants to read.
    Amount::from(if amount.is_zero() { amount } else { -amount })
}

fn characteristics(answers: &Answers, plan: Option<&MasterPlan>, group: &Group<'_>, method: Option<&PaymentMethod>) -> Vec<Characteristic> {
    let text = |name, value: Option<&Text>| value.map(|value| Characteristic::new(name, value.clone()));
    let number = |name, value: Option<&Text>| value.map(|value| Characteristic::new(name, number_or_text(value)));
    let degrade_date = plan.and_then(|plan| plan.dunning_degrade_date.0).map(|Date(day)| Text::from(day.to_string()));
    [
        text("riskProfileId", dunning_process(answers, plan)),
        text("dunning_step", plan.and_then(|plan| plan.dunning_step.0.as_ref())),
        number("dunningState", plan.and_then(|plan| plan.dunning_state.0.as_ref())),
        text("dunning_degrade_date", degrade_date.as_ref()),
        text("paymentOption", group.option),
        number("PayMethodType", method.and_then(|method| method.pay_method_type.0.as_ref())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A code that should be a number stays what it is where it is none.
fn number_or_text(code: &Text) -> AnyValue {
    code.parse::<Amount>().map_or_else(|_| AnyValue::Text(code.clone()), AnyValue::Number)
}

fn dunning_process<'a>(answers: &'a Answers, plan: Option<&'a MasterPlan>) -> Option<&'a Text> {
    let groups = answers.dunning_groups.groups();
    let own = plan.and_then(|plan| plan.client_dunning_group_id.0.as_ref());
    let group = || own_or_first(groups, own, |group| group.client_dunning_group_id.0.as_ref());
    plan.and_then(|plan| plan.client_dunning_process_id.0.as_ref()).or_else(|| group()?.client_dunning_process_id.0.as_ref())
}

/// The group that the plan names; where it names none, the account has one group and it is that.
fn own_or_first<'a, G>(groups: &'a [G], own: Option<&Text>, id: impl Fn(&G) -> Option<&Text>) -> Option<&'a G> {
    match own {
        Some(own) => groups.iter().find(|group| id(group) == Some(own)),
        None => groups.first(),
    }
}

/// How the plan is paid for, from whichever answer tells it.
struct Group<'a> {
    option: Option<&'a Text>,
    primary_method: Option<&'a Text>,
    collections: Option<&'a Text>,
}

impl<'a> Group<'a> {
    fn of(answers: &'a Answers, plan: Option<&MasterPlan>) -> Self {
        let own = plan.and_then(|plan| plan.client_billing_group_id.0.as_ref());
        let find = |groups: &'a [BillingGroup]| own_or_first(groups, own, |group| group.client_billing_group_id.0.as_ref());
        let first = find(&answers.details.billing_groups_info.0);
        let second = find(answers.billing_groups.groups());
        let from = |field: fn(&BillingGroup) -> &Lenient<Text>| {
            let of = |group: Option<&'a BillingGroup>| group.and_then(|group| field(group).0.as_ref());
            of(first).or_else(|| of(second))
        };
        Self {
            option: from(|group| &group.payment_option),
            primary_method: from(|group| &group.client_primary_payment_method_id),
            collections: from(|group| &group.client_collections_group_bg_id),
        }
    }

    /// The primary method; without one, the only method that there is.
    fn payment_method(&self, details: &'a AccountDetails) -> Option<&'a PaymentMethod> {
        let methods = &details.payment_methods_info.0;
        match self.primary_method {
            Some(primary) => methods.iter().find(|method| method.client_payment_method_id.0.as_ref() == Some(primary)),
            None => methods.first().filter(|_| methods.len() == 1),
        }
    }

    fn payment_plan(&self, method: Option<&PaymentMethod>) -> Option<PaymentPlan> {
        if self.primary_method.is_none() && method.is_none() {
            return None;
        }
        let id = self.primary_method.or_else(|| method?.client_payment_method_id.0.as_ref());
        let payment_method = PaymentMethodRef {
            id: id.cloned(),
            name: self.collections.cloned(),
            description: method.and_then(|method| method.pay_method_description.0.clone()),
            ..PaymentMethodRef::default()
        };
        Some(PaymentPlan { payment_method: Some(payment_method), ..PaymentPlan::default() })
    }
}

fn tax_exemption(details: &AccountDetails, fields: TaxFields<'_>) -> Option<TaxExemption> {
    let value = |name: &str| {
        let field = details.supp_field.0.iter().find(|field| field.supp_field_name.0.as_deref() == Some(name))?;
        field.supp_field_value.0.clone()
    };
    let exemption = TaxExemption {
        certificate_number: value(fields.certificate),
        reason: value(fields.reason),
        at_type: Some(Text::fixed("TaxExemptCertificate")),
        ..TaxExemption::default()
    };
    (exemption.certificate_number.is_some() || exemption.reason.is_some()).then_some(exemption)
}
