//! Cerillion's answers, as they are on the wire. This project's own contract (`docs/backends/cerillion.md`).
//!
//! A deployment whose Cerillion names its members differently changes this file and the fixtures. The records own their
//! text, because one half of an account has to wait for the other; `Text` holds the usual lengths inline.

use backends_http::lenient::{Lenient, List};
use serde::Deserialize;
use tmf666_model::{Amount, Text};

/// The token endpoint's answer (RFC 6749, section 5.1).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TokenAnswer {
    /// The bearer token.
    pub access_token: Lenient<Text>,
    /// How long it is good, in seconds.
    pub expires_in: Lenient<i64>,
}

/// A page of accounts.
pub type Accounts = List<Account>;

/// The balances of one account.
pub type Balances = List<Balance>;

/// One account.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Account {
    /// The account number. Text, leading zeros count.
    pub account_no: Lenient<Text>,
    /// Number of the customer.
    pub customer_uid: Lenient<Text>,
    /// `RES` or `BUS`.
    pub account_type_code: Lenient<Text>,
    /// `SN` (normal), `SF` (final), `SR` (reactivate).
    pub account_status_code: Lenient<Text>,
    /// Category of the account.
    pub account_category_code: Lenient<Text>,
    /// Name of the account.
    pub account_owners_name: Lenient<Text>,
    /// Legal entity that bills.
    pub company_legal_entity_name: Lenient<Text>,
    /// Marketing category.
    pub marketing_category: Lenient<Text>,
    /// ISO 4217; the market's currency where missing.
    pub currency_code: Lenient<Text>,
    /// Billing cycle.
    pub bill_cycle_code: Lenient<Text>,
    /// Day of the month on which bills are made.
    pub billing_day: Lenient<i64>,
    /// When the last bill is due, ISO 8601.
    pub due_date: Lenient<Text>,
    /// How bills reach the customer: `PAPER`, `PRINT`, `EMAIL`, `EMAILPRINT`, `NOBILL`.
    pub bill_media_code: Lenient<Text>,
    /// Language of the bill.
    pub bill_language_code: Lenient<Text>,
    /// Whether recurring payments are possible.
    pub supports_recurring_payments: Lenient<bool>,
    /// E-mail address for bills.
    pub bill_to_email_address: Lenient<Text>,
    /// Where bills go to.
    pub billing_address: Option<Address>,
    /// Whose account it is.
    pub customer: Option<Customer>,
    /// Whom to contact, and how.
    pub contact_association: List<Contact>,
}

/// A postal address.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Address {
    /// First line.
    pub line1: Lenient<Text>,
    /// Second line.
    pub line2: Lenient<Text>,
    /// City.
    pub city: Lenient<Text>,
    /// State, parish or province.
    pub state: Lenient<Text>,
    /// Country.
    pub country: Lenient<Text>,
    /// Post code.
    pub post_code: Lenient<Text>,
}

/// Whose account it is.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Customer {
    /// Title.
    pub title: Lenient<Text>,
    /// First names.
    pub first_name: Lenient<Text>,
    /// Last name.
    pub last_name: Lenient<Text>,
    /// Company.
    pub company_name: Lenient<Text>,
    /// `dd-MMM-yyyy HH:mm:ss`, kept as text.
    pub date_of_birth: Lenient<Text>,
    /// Identity documents.
    pub identities: List<Identity>,
}

/// An identity document.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Identity {
    /// Kind of document: `TRN` (tax registration number) and so on.
    pub document_type: Lenient<Text>,
    /// Its number.
    pub document_number: Lenient<Text>,
    /// Its name.
    pub document_description: Lenient<Text>,
}

/// Somebody to contact.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Contact {
    /// Name of the contact.
    pub contacts_name: Lenient<Text>,
    /// `primary` or `secondary`.
    #[serde(rename = "type")]
    pub kind: Lenient<Text>,
    /// How the contact is reached.
    pub methods: List<Method>,
}

/// One way to reach a contact.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Method {
    /// See [`CerillionContactMethod`](tmf666_model::codes::CerillionContactMethod); the codes differ in case.
    pub contact_method: Lenient<Text>,
    /// Number or address, as typed.
    pub value: Lenient<Text>,
}

/// One balance.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Balance {
    /// `current`, `overdue` and so on.
    #[serde(rename = "type")]
    pub kind: Lenient<Text>,
    /// How much.
    pub amount: Option<Money>,
    /// Of a payment when it was made, of a bill when it is due; ISO 8601.
    pub date: Lenient<Text>,
}

/// An amount of money. The figure has no trailing zeros and is kept so.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Money {
    /// The figure.
    pub value: Lenient<Amount>,
    /// ISO 4217.
    pub unit: Lenient<Text>,
}
