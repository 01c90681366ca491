//! Liberate's answers, as they are on the wire. This project's own contract (`docs/backends/liberate.md`).
//!
//! A deployment whose Liberate names its members differently changes this file and the fixtures. The records own their
//! text: `Text` holds the usual lengths inline, so owning costs what borrowing would, and translating moves it.

use backends_http::lenient::{Lenient, List};
use serde::Deserialize;
use tmf666_model::{Amount, Text};

/// The answer to `getAccounts`: one record, or a list of them, or a record that is an error.
pub type Answer = List<Record>;

/// One account, or the reason why there is none.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Record {
    /// `LIB-0404` and so on; in an answer of HTTP status 200.
    pub error_code: Lenient<Text>,
    /// The account number. Text, leading zeros count.
    pub account_no: Lenient<Text>,
    /// Name of the account, with the title.
    pub account_name: Lenient<Text>,
    /// Title of the customer.
    pub title: Lenient<Text>,
    /// First name of the customer.
    pub first_name: Lenient<Text>,
    /// Last name of the customer.
    pub last_name: Lenient<Text>,
    /// Middle name of the customer.
    pub other_name: Lenient<Text>,
    /// Company of the customer.
    pub company_name: Lenient<Text>,
    /// Status letter; see [`LiberateAccountStatus`](tmf666_model::codes::LiberateAccountStatus).
    pub account_status_code: Lenient<Text>,
    /// What Liberate calls the status.
    pub account_status_description: Lenient<Text>,
    /// Whether the account is active for billing.
    pub account_is_active: Lenient<bool>,
    /// `R`, `B` and so on.
    pub account_type_code: Lenient<Text>,
    /// `Residence` and so on.
    pub account_type_description: Lenient<Text>,
    /// `RES` or `BUS`.
    pub base_account_type: Lenient<Text>,
    /// ISO 4217; the market's currency where missing.
    pub account_currency_code: Lenient<Text>,
    /// E-mail address of the account.
    pub account_email_address: Lenient<Text>,
    /// Legal entity that bills.
    pub legal_entity_code: Lenient<Text>,
    /// Marketing category.
    pub marketing_category_code: Lenient<Text>,
    /// Name of the marketing category.
    pub marketing_category_description: Lenient<Text>,
    /// Whether recurring payments are possible.
    pub supports_recurring_payments: Lenient<bool>,
    /// Billing system that the account moved to: `CERILLION`, or nothing.
    #[serde(rename = "migratedToBSS")]
    pub migrated_to_bss: Lenient<Text>,
    /// Its number there; `0` for none.
    pub migrated_to_account_no: Lenient<Text>,
    /// How much may be charged to the account.
    pub credit_limit: Lenient<Amount>,
    /// What is owed and was paid.
    pub balances: Option<Balances>,
    /// How the account is billed.
    pub billing_info: Option<BillingInfo>,
    /// Whose account it is.
    pub customer: Option<Customer>,
    /// Whom to contact, and how.
    pub contacts: List<Contact>,
    /// `LIBERATE`.
    #[serde(rename = "sourceBSS")]
    pub source_bss: Lenient<Text>,
}

/// What is owed and was paid; amounts with two decimals, dates ISO 8601.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names say what a figure is; the document knows no more")]
pub struct Balances {
    pub net_payable: Lenient<Amount>,
    pub last_bill_amount: Lenient<Amount>,
    pub last_bill_due_date: Lenient<Text>,
    pub last_payment_amount: Lenient<Amount>,
    pub last_payment_date: Lenient<Text>,
    pub overdue_amount: Lenient<Amount>,
    pub deposit_required: Lenient<Amount>,
    pub written_off_amount: Lenient<Amount>,
    pub total_query: Lenient<Amount>,
    pub total_outstanding: Lenient<Amount>,
    pub deposit_held: Lenient<Amount>,
    pub total_query_tax: Lenient<Amount>,
    pub total_adjustment_credit: Lenient<Amount>,
    pub total_deposit_paid: Lenient<Amount>,
    pub total_service_charge_credit: Lenient<Amount>,
    pub total_rewards: Lenient<Amount>,
    pub total_available_points: Lenient<Amount>,
}

/// How the account is billed.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BillingInfo {
    /// Number of the financial account.
    pub account_no: Lenient<Text>,
    /// Billing cycle.
    pub bill_cycle_code: Lenient<Text>,
    /// When the last bill is due, ISO 8601.
    pub due_date: Lenient<Text>,
    /// Day of the month on which bills are made.
    pub billing_day: Lenient<i64>,
    /// How bills reach the customer.
    pub bill_media_code: Lenient<Text>,
    /// Name of that medium.
    pub bill_media: Lenient<Text>,
    /// Language of the bill.
    pub bill_language_code: Lenient<Text>,
    /// How bills are paid.
    pub payment_method_code: Lenient<Text>,
    /// Name of that payment method.
    pub payment_method_description: Lenient<Text>,
    /// Where bills go to.
    pub address: Option<Address>,
    /// Phone number for questions about bills.
    pub phone: Lenient<Text>,
    /// E-mail address for bills.
    pub email: Lenient<Text>,
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
    /// Number of the customer.
    pub customer_no: Lenient<Text>,
    /// `M`, `F` and so on.
    pub gender: Lenient<Text>,
    /// `dd-MMM-yyyy HH:mm:ss`, kept as text.
    pub date_of_birth: Lenient<Text>,
    /// Identity documents.
    pub identities: List<Identity>,
}

/// An identity document.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Identity {
    /// Kind of document: `TR` (tax registration number), `SS` and so on.
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
    pub contact_name: Lenient<Text>,
    /// `OWNER`, `RELAT` and so on.
    pub party_role_type: Lenient<Text>,
    /// How the contact is reached.
    pub methods: List<Method>,
}

/// One way to reach a contact.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Method {
    /// See [`LiberateContactMethod`](tmf666_model::codes::LiberateContactMethod).
    pub contact_method: Lenient<Text>,
    /// Number or address, as stored.
    pub value: Lenient<Text>,
}
