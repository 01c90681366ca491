use crate::resource::resource;
use crate::{Text, TimePeriod};

resource! {
    /// How and when the account is billed (TMF666 `BillStructure`).
    pub struct BillStructure {
        /// When bills are made and due.
        cycle_specification: Option<BillingCycleSpecification> => "cycleSpecification",
        /// How detailed the bill is.
        format: Option<BillFormat> => "format",
        /// How the bill reaches the customer.
        presentation_media: Vec<BillPresentationMedia> => "presentationMedia",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}

resource! {
    /// A billing cycle, by value or by reference (TMF666 `BillingCycleSpecificationRefOrValue`).
    pub struct BillingCycleSpecification {
        /// Id of the cycle.
        id: Option<Text> => "id",
        /// Where the cycle is, a URI.
        href: Option<Text> => "href",
        /// Name of the cycle, such as `monthly Billing`.
        name: Option<Text> => "name",
        /// Description of the cycle.
        description: Option<Text> => "description",
        /// Whether this is only a reference.
        is_ref: Option<bool> => "isRef",
        /// How often: `monthly`, `bi-monthly billing`, …
        frequency: Option<Text> => "frequency",
        /// Length of the billing period, such as `monthly`.
        billing_period: Option<Text> => "billingPeriod",
        /// Days from the start of the period to the billing date.
        billing_date_shift: Option<i64> => "billingDateShift",
        /// Days from the billing date to the date up to which charges count.
        charge_date_offset: Option<i64> => "chargeDateOffset",
        /// Days from the billing date to the date up to which credits count.
        credit_date_offset: Option<i64> => "creditDateOffset",
        /// Days from the start of the period to the billing or settlement date.
        date_shift: Option<i64> => "dateShift",
        /// Days from the billing date to the day the bill is mailed.
        mailing_date_offset: Option<i64> => "mailingDateOffset",
        /// Days from the billing date to the due date; dxp-ux: days from the bill date to today (clarified).
        payment_due_date_offset: Option<i64> => "paymentDueDateOffset",
        /// *Extension* (wfm-ux): when the last bill is due, date-time.
        payment_due_date: Option<Text> => "paymentDueDate" (extension),
        /// *Extension* (wfm-ux): day of the month on which bills are made, 1 to 31.
        billing_day: Option<i64> => "billingDay" (extension),
        /// When the specification holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
        /// Type of what is referred to.
        at_referred_type: Option<Text> => "@referredType",
    }
}

resource! {
    /// A bill format, by value or by reference (TMF666 `BillFormatRefOrValue`).
    pub struct BillFormat {
        /// Id of the format.
        id: Option<Text> => "id",
        /// Where the format is, a URI.
        href: Option<Text> => "href",
        /// Name of the format.
        name: Option<Text> => "name",
        /// Description of the format.
        description: Option<Text> => "description",
        /// Whether this is only a reference.
        is_ref: Option<bool> => "isRef",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
        /// Type of what is referred to.
        at_referred_type: Option<Text> => "@referredType",
    }
}

resource! {
    /// How a bill is presented, by value or by reference (TMF666 `BillPresentationMediaRefOrValue`).
    pub struct BillPresentationMedia {
        /// Id of the medium.
        id: Option<Text> => "id",
        /// Where the medium is, a URI.
        href: Option<Text> => "href",
        /// Name of the medium: `Email`, `Mail`, `eBill disabled`, …
        name: Option<Text> => "name",
        /// Description of the medium.
        description: Option<Text> => "description",
        /// Whether this is only a reference.
        is_ref: Option<bool> => "isRef",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
        /// Type of what is referred to.
        at_referred_type: Option<Text> => "@referredType",
    }
}
