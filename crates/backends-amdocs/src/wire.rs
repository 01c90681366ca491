//! Amdocs's answers, as they are on the wire. This project's own contract (`docs/backends/amdocs.md`).
//!
//! A deployment whose Amdocs names its members differently changes this file and the fixtures. The records own their
//! text: `Text` holds the usual lengths inline, so owning costs what borrowing would, and translating moves it.

use backends_http::lenient::{Lenient, List, Object, Scalar};
use backends_http::wire;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tmf666_model::{Amount, Text};

wire! {
    /// One account.
    pub struct Account {
        /// The account number. Text, leading zeros count.
        pub account_no: Lenient<Text> => "accountNo",
        /// Name of the account.
        pub account_name: Lenient<Text> => "accountName",
        /// `RES` or `BUS`.
        pub account_type: Lenient<Text> => "accountType",
        /// `SN` (normal), `SF` (final), `SR` (reactivate).
        pub account_status: Lenient<Text> => "accountStatus",
        /// ISO 4217; the market's currency where missing.
        pub currency: Lenient<Text> => "currency",
        /// How bills reach the customer: `NOBILL`, `PRINT`, `EMAIL`, `EMAILPRINT`.
        pub bill_media: Lenient<Text> => "billMedia",
        /// Legal entity that bills: `FLOW`, `LIME`, `NEWCO`, `UTS`, `Def`.
        pub legal_entity: Lenient<Text> => "legalEntity",
        /// What is owed and was paid.
        pub balances: Object<Balances> => "balances",
        /// Offers linked to the account, past and future ones too.
        pub offers: List<Offer> => "offers",
        /// Where bills go to.
        pub billing_address: Object<Address> => "billingAddress",
        /// Whom to contact.
        pub contact: Object<Contact> => "contact",
    }

    /// What is owed and was paid.
    pub struct Balances {
        /// The balance of today.
        pub current: Lenient<Amount> => "current",
        /// What should have been paid already.
        pub overdue: Lenient<Amount> => "overdue",
        /// All that is outstanding.
        pub total: Lenient<Amount> => "total",
        /// The last bill.
        pub last_bill_amount: Lenient<Amount> => "lastBillAmount",
        /// When it is due, ISO 8601.
        pub last_bill_due_date: Lenient<Text> => "lastBillDueDate",
        /// The last payment.
        pub last_payment_amount: Lenient<Amount> => "lastPaymentAmount",
        /// When it was made, ISO 8601.
        pub last_payment_date: Lenient<Text> => "lastPaymentDate",
    }

    /// An offer linked to the account.
    pub struct Offer {
        /// Id of the offer; the barring ones are in [`BarringOffer`](tmf666_model::codes::BarringOffer).
        pub offer_id: Lenient<Text> => "offerId",
        /// From when on the offer is in force, inclusive; always where missing.
        pub effective_date: Lenient<Moment> => "effectiveDate",
        /// From when on it is not in force any more; never where missing.
        pub expiration_date: Lenient<Moment> => "expirationDate",
    }
}

/// A point in time: a date (its midnight), or a date-time with or without an offset. Without an offset it is UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub DateTime<Utc>);

impl Scalar for Moment {
    fn read(text: &str) -> Result<Self, &'static str> {
        let with_offset = || DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc());
        let without = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|moment| moment.and_utc());
        let midnight = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN).and_utc());
        with_offset().or_else(|_| without()).or_else(|_| midnight()).map(Self).map_err(|_| "an ISO 8601 date or date-time is expected")
    }
}

wire! {
    /// A postal address.
    pub struct Address {
        /// First line.
        pub line1: Lenient<Text> => "line1",
        /// Second line.
        pub line2: Lenient<Text> => "line2",
        /// City.
        pub city: Lenient<Text> => "city",
        /// State or province.
        pub state: Lenient<Text> => "state",
        /// Country.
        pub country: Lenient<Text> => "country",
        /// Post code.
        pub post_code: Lenient<Text> => "postCode",
    }

    /// Whom to contact.
    pub struct Contact {
        /// Name of the contact.
        pub name: Lenient<Text> => "name",
        /// Phone number, as stored.
        pub phone: Lenient<Text> => "phone",
        /// E-mail address.
        pub email: Lenient<Text> => "email",
    }
}
