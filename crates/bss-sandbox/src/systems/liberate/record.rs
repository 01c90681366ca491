//! Liberate's account record, by its native names. What a file leaves out goes out as empty text, or as null for an
//! amount, a day or a list.

use serde::{Deserialize, Serialize};

use crate::data::Record;
use crate::value::{AccountNumber, Amount, Moment, Whole};

/// One account in native form.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Account {
    /// The sandbox's own: the unit that knows the account; absent = every unit.
    #[serde(skip_serializing)]
    pub(super) business_id: String,
    /// The sandbox's own: what a search by service number finds the account under.
    #[serde(skip_serializing)]
    pub(super) service_numbers: Vec<String>,
    record_id: String,
    pub(super) account_no: AccountNumber,
    account_name: String,
    title: String,
    first_name: String,
    last_name: String,
    other_name: String,
    company_name: String,
    account_status_code: String,
    account_status_description: String,
    account_is_active: bool,
    account_type_code: String,
    account_type_description: String,
    base_account_type: String,
    account_currency_code: String,
    account_email_address: String,
    legal_entity_code: String,
    marketing_category_code: String,
    marketing_category_description: String,
    supports_recurring_payments: bool,
    #[serde(rename = "migratedToBSS")]
    migrated_to_bss: String,
    #[serde(default = "no_account")]
    migrated_to_account_no: Whole,
    credit_limit: Amount,
    balances: Balances,
    billing_info: BillingInfo,
    customer: Customer,
    contacts: Vec<Contact>,
    #[serde(default = "liberate", rename = "sourceBSS")]
    source_bss: String,
}

fn no_account() -> Whole {
    Whole::try_from("0".to_owned()).unwrap_or_default()
}

fn liberate() -> String {
    "LIBERATE".to_owned()
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Balances {
    net_payable: Amount,
    last_bill_amount: Amount,
    last_bill_due_date: Moment,
    last_payment_amount: Amount,
    last_payment_date: Moment,
    overdue_amount: Amount,
    deposit_required: Amount,
    written_off_amount: Amount,
    total_query: Amount,
    total_outstanding: Amount,
    deposit_held: Amount,
    total_query_tax: Amount,
    total_adjustment_credit: Amount,
    total_deposit_paid: Amount,
    total_service_charge_credit: Amount,
    total_rewards: Amount,
    total_available_points: Amount,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct BillingInfo {
    account_no: String,
    bill_cycle_code: String,
    due_date: Moment,
    billing_day: Whole,
    bill_media_code: String,
    bill_media: String,
    bill_language_code: String,
    payment_method_code: String,
    payment_method_description: String,
    address: Address,
    phone: String,
    email: String,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Address {
    line1: String,
    line2: String,
    city: String,
    state: String,
    country: String,
    post_code: String,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Customer {
    customer_no: String,
    gender: String,
    date_of_birth: String,
    identities: Vec<Identity>,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Identity {
    document_type: String,
    document_number: String,
    document_description: String,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Contact {
    contact_name: String,
    party_role_type: String,
    methods: Vec<ContactMethod>,
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct ContactMethod {
    contact_method: String,
    value: String,
}

impl Record for Account {
    fn number(&self) -> &str {
        &self.account_no
    }

    fn renumber(&mut self, step: u64) {
        self.account_no = self.account_no.after(step);
        self.billing_info.account_no = self.account_no.to_string();
    }
}

impl Account {
    /// Phone numbers by which a contact is found.
    pub(super) fn phones(&self) -> impl Iterator<Item = &str> {
        let of_contacts = self.contacts.iter().flat_map(|contact| &contact.methods);
        of_contacts
            .filter(|method| !method.value.contains('@'))
            .map(|method| method.value.as_str())
            .chain([self.billing_info.phone.as_str()])
    }
}
