//! Liberate's answers, as they are on the wire. This project's own contract (`docs/backends/liberate.md`).
//!
//! A deployment whose Liberate names its members differently changes this file and the fixtures. The records own their
//! text: `Text` holds the usual lengths inline, so owning costs what borrowing would, and translating moves it.

use backends_http::lenient::{Lenient, List, Object};
use backends_http::wire;
use tmf666_model::{Amount, Text};

/// The answer to `getAccounts`: one record, or a list of them, or a record that is an error.
pub type Answer = List<Record>;

wire! {
    /// One account, or the reason why there is none.
    pub struct Record {
        /// `LIB-0404` and so on; in an answer of HTTP status 200.
        pub error_code: Lenient<Text> => "errorCode",
        /// The account number. Text, leading zeros count.
        pub account_no: Lenient<Text> => "accountNo",
        /// Name of the account, with the title.
        pub account_name: Lenient<Text> => "accountName",
        /// Title of the customer.
        pub title: Lenient<Text> => "title",
        /// First name of the customer.
        pub first_name: Lenient<Text> => "firstName",
        /// Last name of the customer.
        pub last_name: Lenient<Text> => "lastName",
        /// Middle name of the customer.
        pub other_name: Lenient<Text> => "otherName",
        /// Company of the customer.
        pub company_name: Lenient<Text> => "companyName",
        /// Status letter; see [`LiberateAccountStatus`](tmf666_model::codes::LiberateAccountStatus).
        pub account_status_code: Lenient<Text> => "accountStatusCode",
        /// What Liberate calls the status.
        pub account_status_description: Lenient<Text> => "accountStatusDescription",
        /// Whether the account is active for billing.
        pub account_is_active: Lenient<bool> => "accountIsActive",
        /// `R`, `B` and so on.
        pub account_type_code: Lenient<Text> => "accountTypeCode",
        /// `Residence` and so on.
        pub account_type_description: Lenient<Text> => "accountTypeDescription",
        /// `RES` or `BUS`.
        pub base_account_type: Lenient<Text> => "baseAccountType",
        /// ISO 4217; the market's currency where missing.
        pub account_currency_code: Lenient<Text> => "accountCurrencyCode",
        /// E-mail address of the account.
        pub account_email_address: Lenient<Text> => "accountEmailAddress",
        /// Legal entity that bills.
        pub legal_entity_code: Lenient<Text> => "legalEntityCode",
        /// Marketing category.
        pub marketing_category_code: Lenient<Text> => "marketingCategoryCode",
        /// Name of the marketing category.
        pub marketing_category_description: Lenient<Text> => "marketingCategoryDescription",
        /// Whether recurring payments are possible.
        pub supports_recurring_payments: Lenient<bool> => "supportsRecurringPayments",
        /// Billing system that the account moved to: `CERILLION`, or nothing.
        pub migrated_to_bss: Lenient<Text> => "migratedToBSS",
        /// Its number there; `0` for none.
        pub migrated_to_account_no: Lenient<Text> => "migratedToAccountNo",
        /// How much may be charged to the account.
        pub credit_limit: Lenient<Amount> => "creditLimit",
        /// What is owed and was paid.
        pub balances: Object<Balances> => "balances",
        /// How the account is billed.
        pub billing_info: Object<BillingInfo> => "billingInfo",
        /// Whose account it is.
        pub customer: Object<Customer> => "customer",
        /// Whom to contact, and how.
        pub contacts: List<Contact> => "contacts",
        /// `LIBERATE`.
        pub source_bss: Lenient<Text> => "sourceBSS",
    }

    /// What is owed and was paid; amounts with two decimals, dates ISO 8601.
    #[allow(missing_docs, reason = "the names say what a figure is; the document knows no more")]
    pub struct Balances {
        pub net_payable: Lenient<Amount> => "netPayable",
        pub last_bill_amount: Lenient<Amount> => "lastBillAmount",
        pub last_bill_due_date: Lenient<Text> => "lastBillDueDate",
        pub last_payment_amount: Lenient<Amount> => "lastPaymentAmount",
        pub last_payment_date: Lenient<Text> => "lastPaymentDate",
        pub overdue_amount: Lenient<Amount> => "overdueAmount",
        pub deposit_required: Lenient<Amount> => "depositRequired",
        pub written_off_amount: Lenient<Amount> => "writtenOffAmount",
        pub total_query: Lenient<Amount> => "totalQuery",
        pub total_outstanding: Lenient<Amount> => "totalOutstanding",
        pub deposit_held: Lenient<Amount> => "depositHeld",
        pub total_query_tax: Lenient<Amount> => "totalQueryTax",
        pub total_adjustment_credit: Lenient<Amount> => "totalAdjustmentCredit",
        pub total_deposit_paid: Lenient<Amount> => "totalDepositPaid",
        pub total_service_charge_credit: Lenient<Amount> => "totalServiceChargeCredit",
        pub total_rewards: Lenient<Amount> => "totalRewards",
        pub total_available_points: Lenient<Amount> => "totalAvailablePoints",
    }

    /// How the account is billed.
    pub struct BillingInfo {
        /// Number of the financial account.
        pub account_no: Lenient<Text> => "accountNo",
        /// Billing cycle.
        pub bill_cycle_code: Lenient<Text> => "billCycleCode",
        /// When the last bill is due, ISO 8601.
        pub due_date: Lenient<Text> => "dueDate",
        /// Day of the month on which bills are made.
        pub billing_day: Lenient<i64> => "billingDay",
        /// How bills reach the customer.
        pub bill_media_code: Lenient<Text> => "billMediaCode",
        /// Name of that medium.
        pub bill_media: Lenient<Text> => "billMedia",
        /// Language of the bill.
        pub bill_language_code: Lenient<Text> => "billLanguageCode",
        /// How bills are paid.
        pub payment_method_code: Lenient<Text> => "paymentMethodCode",
        /// Name of that payment method.
        pub payment_method_description: Lenient<Text> => "paymentMethodDescription",
        /// Where bills go to.
        pub address: Object<Address> => "address",
        /// Phone number for questions about bills.
        pub phone: Lenient<Text> => "phone",
        /// E-mail address for bills.
        pub email: Lenient<Text> => "email",
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
        /// Number of the customer.
        pub customer_no: Lenient<Text> => "customerNo",
        /// `M`, `F` and so on.
        pub gender: Lenient<Text> => "gender",
        /// `dd-MMM-yyyy HH:mm:ss`, kept as text.
        pub date_of_birth: Lenient<Text> => "dateOfBirth",
        /// Identity documents.
        pub identities: List<Identity> => "identities",
    }

    /// An identity document.
    pub struct Identity {
        /// Kind of document: `TR` (tax registration number), `SS` and so on.
        pub document_type: Lenient<Text> => "documentType",
        /// Its number.
        pub document_number: Lenient<Text> => "documentNumber",
        /// Its name.
        pub document_description: Lenient<Text> => "documentDescription",
    }

    /// Somebody to contact.
    pub struct Contact {
        /// Name of the contact.
        pub contact_name: Lenient<Text> => "contactName",
        /// `OWNER`, `RELAT` and so on.
        pub party_role_type: Lenient<Text> => "partyRoleType",
        /// How the contact is reached.
        pub methods: List<Method> => "methods",
    }

    /// One way to reach a contact.
    pub struct Method {
        /// See [`LiberateContactMethod`](tmf666_model::codes::LiberateContactMethod).
        pub contact_method: Lenient<Text> => "contactMethod",
        /// Number or address, as stored.
        pub value: Lenient<Text> => "value",
    }
}
