//! Payment plans and methods.

use super::LeftOutReason;
use super::context::{Context, carry, type_names};
use super::object::{Object, object};
use super::party::characteristics;
use super::reference::{FinancialAccountRef, PaymentMethodRef, reference};
use crate::{Characteristic, Money, Text, TimePeriod};

object! {
    /// How the account is paid.
    #[derive(Default)]
    pub struct PaymentPlan {
        /// Id of the plan.
        id: Option<Text> => "id",
        /// Number of payments of an instalment plan.
        number_of_payments: Option<i64> => "numberOfPayments",
        /// Frequency of the payments.
        payment_frequency: Option<Text> => "paymentFrequency",
        /// Type of the plan.
        plan_type: Option<Text> => "planType",
        /// Priority among the plans.
        priority: Option<i64> => "priority",
        /// Status of the plan.
        status: Option<Text> => "status",
        /// Amount that the plan pays.
        total_amount: Option<Money> => "totalAmount",
        /// Payment method of the plan.
        payment_method: Option<PaymentMethodRef> => "paymentMethod",
        /// *Extension*: details of the payment method.
        extended_characteristic: Vec<Characteristic> => "extendedCharacteristic",
        /// When the plan holds.
        valid_for: Option<TimePeriod> => "validFor",
    }
}

pub(super) fn payment_plan(mut plan: crate::PaymentPlan, cx: &mut Context) -> Option<PaymentPlan> {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(plan), &["PaymentPlan"]);
    Some(PaymentPlan {
        id: cx.take(&mut plan.extra, "id"),
        number_of_payments: plan.number_of_payments,
        payment_frequency: plan.payment_frequency,
        plan_type: plan.plan_type,
        priority: plan.priority,
        status: plan.status,
        total_amount: cx.money("totalAmount", plan.total_amount),
        payment_method: cx.object("paymentMethod", plan.payment_method, payment_method),
        extended_characteristic: characteristics(plan.extended_characteristic),
        valid_for: cx.period(plan.valid_for),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::PaymentPlan>(plan.extra, &[PaymentPlan::MEMBERS]),
    })
}

pub(super) fn payment_method(mut method: crate::PaymentMethodRef, cx: &mut Context) -> Option<PaymentMethodRef> {
    let mut projected: PaymentMethodRef = reference!(method).project::<crate::PaymentMethodRef>(&["PaymentMethodRef"], cx)?.into();
    carry(&mut projected.extra, "description", method.description.as_ref());
    Some(projected)
}

pub(super) fn financial_account(mut account: crate::FinancialAccountRef, cx: &mut Context) -> Option<FinancialAccountRef> {
    cx.leave_out_some("accountBalance", account.account_balance.as_ref(), LeftOutReason::NotInVersion5);
    Some(reference!(account).project::<crate::FinancialAccountRef>(&["FinancialAccountRef"], cx)?.into())
}
