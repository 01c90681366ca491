//! How and when the account is billed.

use serde::Serialize;

use super::LeftOutReason;
use super::context::{Context, carry, type_names};
use super::object::{Object, object};
use super::reference::{BillFormatRef, BillPresentationMediaRef, BillingCycleSpecificationRef, reference};
use crate::{Resource, Text, TimePeriod};

object! {
    /// How and when the account is billed.
    #[derive(Default)]
    pub struct BillStructure {
        /// When bills are made and due.
        cycle_specification: Option<RefOrValue<BillingCycleSpecificationRef, BillingCycleSpecification>> => "cycleSpecification",
        /// How detailed the bill is.
        format: Option<RefOrValue<BillFormatRef, BillFormat>> => "format",
        /// How the bill reaches the customer.
        presentation_media: Vec<RefOrValue<BillPresentationMediaRef, BillPresentationMedia>> => "presentationMedia",
    }
}

/// Something by reference or by value, told apart by `@type`; version 4 had `isRef`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RefOrValue<R, V> {
    /// The thing is elsewhere.
    Ref(R),
    /// The thing itself.
    Value(V),
}

object! {
    /// A billing cycle.
    #[derive(Default)]
    pub struct BillingCycleSpecification {
        /// Id of the cycle.
        id: Option<Text> => "id",
        /// Where the cycle is, a URI.
        href: Option<Text> => "href",
        /// Name of the cycle.
        name: Option<Text> => "name",
        /// Description of the cycle.
        description: Option<Text> => "description",
        /// How often.
        frequency: Option<Text> => "frequency",
        /// Length of the billing period.
        billing_period: Option<Text> => "billingPeriod",
        /// Days from the start of the period to the billing date.
        billing_date_shift: Option<i64> => "billingDateShift",
        /// Days from the billing date to the date up to which charges count.
        charge_date_offset: Option<i64> => "chargeDateOffset",
        /// Days from the billing date to the date up to which credits count.
        credit_date_offset: Option<i64> => "creditDateOffset",
        /// Days from the billing date to the day the bill is mailed.
        mailing_date_offset: Option<i64> => "mailingDateOffset",
        /// Days from the billing date to the due date.
        payment_due_date_offset: Option<i64> => "paymentDueDateOffset",
        /// *Extension*: when the last bill is due.
        payment_due_date: Option<Text> => "paymentDueDate",
        /// *Extension*: day of the month on which bills are made, 1 to 31.
        billing_day: Option<i64> => "billingDay",
        /// When the cycle holds.
        valid_for: Option<TimePeriod> => "validFor",
    }
}

object! {
    /// A bill format.
    #[derive(Default)]
    pub struct BillFormat {
        /// Id of the format.
        id: Option<Text> => "id",
        /// Where the format is, a URI.
        href: Option<Text> => "href",
        /// Name of the format.
        name: Option<Text> => "name",
        /// Description of the format.
        description: Option<Text> => "description",
    }
}

object! {
    /// How a bill is presented.
    #[derive(Default)]
    pub struct BillPresentationMedia {
        /// Id of the medium.
        id: Option<Text> => "id",
        /// Where the medium is, a URI.
        href: Option<Text> => "href",
        /// Name of the medium.
        name: Option<Text> => "name",
        /// Description of the medium.
        description: Option<Text> => "description",
    }
}

pub(super) fn bill_structure(mut structure: crate::BillStructure, cx: &mut Context) -> Option<BillStructure> {
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(structure), &["BillStructure"]);
    Some(BillStructure {
        cycle_specification: cx.object("cycleSpecification", structure.cycle_specification, cycle),
        format: cx.object("format", structure.format, format),
        presentation_media: cx.list("presentationMedia", structure.presentation_media, presentation_media),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::BillStructure>(structure.extra, &[BillStructure::MEMBERS]),
    })
}

/// What only a cycle by value has.
const CYCLE_VALUE: [&str; 9] = [
    "description",
    "frequency",
    "billingPeriod",
    "billingDateShift",
    "chargeDateOffset",
    "creditDateOffset",
    "mailingDateOffset",
    "paymentDueDateOffset",
    "validFor",
];

/// What only a format or a medium by value has.
const NAMED_VALUE: [&str; 1] = ["description"];

/// Version 4's `isRef` decides; where it is missing, whatever has more than a reference can hold is a value. Without
/// `id` there is no reference.
fn is_reference<R: Resource>(item: &R, is_ref: Option<bool>, value: &[&str]) -> bool {
    item.has("id") && is_ref.unwrap_or(!value.iter().any(|member| item.has(member)))
}

/// A reference of version 5 has no room for the members of a value.
fn leave_out_value<R: Resource>(item: &R, value: &[&str], cx: &mut Context) {
    for member in value.iter().filter(|member| item.has(member)) {
        cx.leave_out(member, LeftOutReason::NotInVersion5);
    }
}

fn cycle(
    mut cycle: crate::BillingCycleSpecification,
    cx: &mut Context,
) -> Option<RefOrValue<BillingCycleSpecificationRef, BillingCycleSpecification>> {
    const OWN: [&str; 3] = ["BillingCycleSpecification", "BillingCycleSpecificationRef", "BillingCycleSpecificationRefOrValue"];
    cx.leave_out_some("dateShift", cycle.date_shift.as_ref(), LeftOutReason::NotInVersion5);
    if is_reference(&cycle, cycle.is_ref, &CYCLE_VALUE) {
        leave_out_value(&cycle, &CYCLE_VALUE, cx);
        let mut projected: BillingCycleSpecificationRef = reference!(cycle).project::<crate::BillingCycleSpecification>(&OWN, cx)?.into();
        carry(&mut projected.extra, "paymentDueDate", cycle.payment_due_date.as_ref());
        carry(&mut projected.extra, "billingDay", cycle.billing_day.as_ref());
        return Some(RefOrValue::Ref(projected));
    }
    cx.leave_out_some("@referredType", cycle.at_referred_type.as_ref(), LeftOutReason::NotInVersion5);
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(cycle), &OWN);
    Some(RefOrValue::Value(BillingCycleSpecification {
        id: cycle.id,
        href: cycle.href,
        name: cycle.name,
        description: cycle.description,
        frequency: cycle.frequency,
        billing_period: cycle.billing_period,
        billing_date_shift: cycle.billing_date_shift,
        charge_date_offset: cycle.charge_date_offset,
        credit_date_offset: cycle.credit_date_offset,
        mailing_date_offset: cycle.mailing_date_offset,
        payment_due_date_offset: cycle.payment_due_date_offset,
        payment_due_date: cycle.payment_due_date,
        billing_day: cycle.billing_day,
        valid_for: cx.period(cycle.valid_for),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::BillingCycleSpecification>(cycle.extra, &[BillingCycleSpecification::MEMBERS]),
    }))
}

/// Formats and media have the same members under different type names.
macro_rules! named {
    ($project:ident, $name:ident, $reference:ident, $own:expr) => {
        fn $project(mut item: crate::$name, cx: &mut Context) -> Option<RefOrValue<$reference, $name>> {
            if is_reference(&item, item.is_ref, &NAMED_VALUE) {
                leave_out_value(&item, &NAMED_VALUE, cx);
                return Some(RefOrValue::Ref(reference!(item).project::<crate::$name>(&$own, cx)?.into()));
            }
            cx.leave_out_some("@referredType", item.at_referred_type.as_ref(), LeftOutReason::NotInVersion5);
            let (at_base_type, at_schema_location) = cx.type_names(type_names!(item), &$own);
            Some(RefOrValue::Value($name {
                id: item.id,
                href: item.href,
                name: item.name,
                description: item.description,
                at_base_type,
                at_schema_location,
                extra: cx.further::<crate::$name>(item.extra, &[$name::MEMBERS]),
            }))
        }
    };
}
named!(format, BillFormat, BillFormatRef, ["BillFormat", "BillFormatRef", "BillFormatRefOrValue"]);
named!(
    presentation_media,
    BillPresentationMedia,
    BillPresentationMediaRef,
    ["BillPresentationMedia", "BillPresentationMediaRef", "BillPresentationMediaRefOrValue"]
);
