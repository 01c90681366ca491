use crate::resource::resource;
use crate::{Amount, Text};

resource! {
    /// An amount of money (TMF666 `Money`).
    pub struct Money {
        /// Currency, ISO 4217, three letters. One channel's documents want it in lower case.
        unit: Option<Text> => "unit",
        /// The amount, in units of the currency (not cents), negative for credit.
        value: Option<Amount> => "value",
    }
}

impl Money {
    /// An amount in a currency.
    #[must_use]
    pub fn new(unit: impl Into<Text>, value: Amount) -> Self {
        Self { unit: Some(unit.into()), value: Some(value), ..Self::default() }
    }
}

resource! {
    /// A period (TMF666 `TimePeriod`); either end may be missing.
    pub struct TimePeriod {
        /// Start, inclusive: RFC 3339 date-time where the billing system gives one.
        start_date_time: Option<Text> => "startDateTime",
        /// End, as above.
        end_date_time: Option<Text> => "endDateTime",
    }
}

resource! {
    /// One balance of an account (TMF666 `AccountBalance`).
    pub struct AccountBalance {
        /// What the balance is, free text: `ReceivableBalance`, `DelinquentBalance`, `LastPaymentAmount`, …
        balance_type: Option<Text> => "balanceType",
        /// How much.
        amount: Option<Money> => "amount",
        /// When it holds; for a payment, when it was made.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the specialised type.
        at_type: Option<Text> => "@type",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}
