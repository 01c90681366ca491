//! Cerillion's answers, as they are on the wire. This project's own contract (`docs/backends/cerillion.md`).
//!
//! A deployment whose Cerillion names its members differently changes this file and the fixtures. The records own their
//! text, because one half of an account has to wait for the other; `Text` holds the usual lengths inline.

use backends_http::lenient::{Lenient, List, Object};
use backends_http::wire;
use tmf666_model::{Amount, Text};

wire! {
    /// The token endpoint's answer (RFC 6749, section 5.1).
    pub struct TokenAnswer {
        /// The bearer token.
        pub access_token: Lenient<Text> => "access_token",
        /// How long it is good, in seconds.
        pub expires_in: Lenient<i64> => "expires_in",
    }
}

/// A page of accounts.
pub type Accounts = List<Account>;

/// The balances of one account.
pub type Balances = List<Balance>;

wire! {
    /// One account.
    pub struct Account {
        /// The account number. Text, leading zeros count.
        pub account_no: Lenient<Text> => "accountNo",
        /// Number of the customer.
        pub customer_uid: Lenient<Text> => "customerUid",
        /// `RES` or `BUS`.
        pub account_type_code: Lenient<Text> => "accountTypeCode",
        /// `SN` (normal), `SF` (final), `SR` (reactivate).
        pub account_status_code: Lenient<Text> => "accountStatusCode",
        /// Category of the account.
        pub account_category_code: Lenient<Text> => "accountCategoryCode",
        /// Name of the account.
        pub account_owners_name: Lenient<Text> => "accountOwnersName",
        /// Legal entity that bills.
        pub company_legal_entity_name: Lenient<Text> => "companyLegalEntityName",
        /// Marketing category.
        pub marketing_category: Lenient<Text> => "marketingCategory",
        /// ISO 4217; the market's currency where missing.
        pub currency_code: Lenient<Text> => "currencyCode",
        /// Billing cycle.
        pub bill_cycle_code: Lenient<Text> => "billCycleCode",
        /// Day of the month on which bills are made.
        pub billing_day: Lenient<i64> => "billingDay",
        /// When the last bill is due, ISO 8601.
        pub due_date: Lenient<Text> => "dueDate",
        /// How bills reach the customer: `PAPER`, `PRINT`, `EMAIL`, `EMAILPRINT`, `NOBILL`.
        pub bill_media_code: Lenient<Text> => "billMediaCode",
        /// Language of the bill.
        pub bill_language_code: Lenient<Text> => "billLanguageCode",
        /// Whether recurring payments are possible.
        pub supports_recurring_payments: Lenient<bool> => "supportsRecurringPayments",
        /// E-mail address for bills.
        pub bill_to_email_address: Lenient<Text> => "billToEmailAddress",
        /// Where bills go to.
        pub billing_address: Object<Address> => "billingAddress",
        /// Whose account it is.
        pub customer: Object<Customer> => "customer",
        /// Whom to contact, and how.
        pub contact_association: List<Contact> => "contactAssociation",
    }

    /// A postal address.
    pub struct Address {
        /// First line.
        pub line1: Lenient<Text> => "line1",
        /// Second line.
        pub line2: Lenient<Text> => "line2",
        /// City.
        pub city: Lenient<Text> => "city",
        /// State, parish or province.
        pub state: Lenient<Text> => "state",
        /// Country.
        pub country: Lenient<Text> => "country",
        /// Post code.
        pub post_code: Lenient<Text> => "postCode",
    }

    /// Whose account it is.
    pub struct Customer {
        /// Title.
        pub title: Lenient<Text> => "title",
        /// First names.
        pub first_name: Lenient<Text> => "firstName",
        /// Last name.
        pub last_name: Lenient<Text> => "lastName",
        /// Company.
        pub company_name: Lenient<Text> => "companyName",
        /// `dd-MMM-yyyy HH:mm:ss`, kept as text.
        pub date_of_birth: Lenient<Text> => "dateOfBirth",
        /// Identity documents.
        pub identities: List<Identity> => "identities",
    }

    /// An identity document.
    pub struct Identity {
        /// Kind of document: `TRN` (tax registration number) and so on.
        pub document_type: Lenient<Text> => "documentType",
        /// Its number.
        pub document_number: Lenient<Text> => "documentNumber",
        /// Its name.
        pub document_description: Lenient<Text> => "documentDescription",
    }

    /// Somebody to contact.
    pub struct Contact {
        /// Name of the contact.
        pub contacts_name: Lenient<Text> => "contactsName",
        /// `primary` or `secondary`.
        pub kind: Lenient<Text> => "type",
        /// How the contact is reached.
        pub methods: List<Method> => "methods",
    }

    /// One way to reach a contact.
    pub struct Method {
        /// See [`CerillionContactMethod`](tmf666_model::codes::CerillionContactMethod); the codes differ in case.
        pub contact_method: Lenient<Text> => "contactMethod",
        /// Number or address, as typed.
        pub value: Lenient<Text> => "value",
    }

    /// One balance.
    pub struct Balance {
        /// `current`, `overdue` and so on.
        pub kind: Lenient<Text> => "type",
        /// How much.
        pub amount: Object<Money> => "amount",
        /// Of a payment when it was made, of a bill when it is due; ISO 8601.
        pub date: Lenient<Text> => "date",
    }

    /// An amount of money. The figure has no trailing zeros and is kept so.
    pub struct Money {
        /// The figure.
        pub value: Lenient<Amount> => "value",
        /// ISO 4217.
        pub unit: Lenient<Text> => "unit",
    }
}
