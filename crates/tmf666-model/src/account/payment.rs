use crate::resource::resource;
use crate::{AccountBalance, Characteristic, Money, Text, TimePeriod};

resource! {
    /// A payment method, by reference (TMF666 `PaymentMethodRef`).
    pub struct PaymentMethodRef {
        /// Id of the payment method.
        id: Option<Text> => "id",
        /// Where the payment method is, a URI.
        href: Option<Text> => "href",
        /// Name of the payment method.
        name: Option<Text> => "name",
        /// *Extension* (sfdc-ux, Aria): description of the payment method.
        description: Option<Text> => "description" (extension),
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
    /// How the account is paid (TMF666 `PaymentPlan`).
    pub struct PaymentPlan {
        /// Number of payments of an instalment plan.
        number_of_payments: Option<i64> => "numberOfPayments",
        /// Frequency of the payments, such as `01` for monthly (CSG).
        payment_frequency: Option<Text> => "paymentFrequency",
        /// Type of the plan; the documents use it for automatic payment: `Auto Pay Enable`, …
        plan_type: Option<Text> => "planType",
        /// Priority among the plans.
        priority: Option<i64> => "priority",
        /// Status of the plan.
        status: Option<Text> => "status",
        /// Amount that the plan pays.
        total_amount: Option<Money> => "totalAmount",
        /// Payment method of the plan.
        payment_method: Option<PaymentMethodRef> => "paymentMethod",
        /// *Extension* (dxp-ux, Salesforce): details of the payment method.
        extended_characteristic: Vec<Characteristic> => "extendedCharacteristic" (extension),
        /// When the plan holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}

resource! {
    /// The financial account behind a billing account, by reference (TMF666 `FinancialAccountRef`).
    pub struct FinancialAccountRef {
        /// Id of the financial account.
        id: Option<Text> => "id",
        /// Where the financial account is, a URI.
        href: Option<Text> => "href",
        /// Name of the financial account.
        name: Option<Text> => "name",
        /// Its balance.
        account_balance: Option<AccountBalance> => "accountBalance",
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
