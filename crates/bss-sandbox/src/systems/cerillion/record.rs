//! Cerillion's account record, by its native names. What a file leaves out is left out on the wire.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::data::Record;
use crate::value::{AccountNumber, Amount, Moment, Whole};

/// One account in native form, with what its two resources tell.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Account {
    /// The sandbox's own: what a search by service number finds the account under.
    #[serde(default, skip_serializing)]
    pub(super) service_numbers: Vec<String>,
    /// The balances, a resource of their own on the wire.
    #[serde(default, skip_serializing)]
    pub(super) account_balance: Vec<Balance>,
    pub(super) account_no: AccountNumber,
    customer_uid: Option<String>,
    account_type_code: Option<String>,
    account_status_code: Option<String>,
    account_category_code: Option<String>,
    account_owners_name: Option<String>,
    company_legal_entity_name: Option<String>,
    marketing_category: Option<String>,
    currency_code: Option<String>,
    bill_cycle_code: Option<String>,
    billing_day: Option<Whole>,
    due_date: Option<Moment>,
    bill_media_code: Option<String>,
    bill_language_code: Option<String>,
    supports_recurring_payments: Option<bool>,
    bill_to_email_address: Option<String>,
    billing_address: Option<Address>,
    customer: Option<Customer>,
    #[serde(default)]
    contact_association: Vec<Contact>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Balance {
    #[serde(rename = "type")]
    kind: String,
    amount: Money,
    date: Option<Moment>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Money {
    value: Amount,
    unit: String,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Address {
    line1: Option<String>,
    line2: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    post_code: Option<String>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Customer {
    title: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    company_name: Option<String>,
    date_of_birth: Option<String>,
    identities: Vec<Identity>,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Identity {
    document_type: String,
    document_number: String,
    document_description: String,
}

#[skip_serializing_none]
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Contact {
    contacts_name: String,
    #[serde(rename = "type")]
    kind: String,
    methods: Vec<ContactMethod>,
}

#[skip_serializing_none]
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
    }
}

impl Account {
    /// Phone numbers by which a contact is found.
    pub(super) fn phones(&self) -> impl Iterator<Item = &str> {
        let contacts = self.contact_association.iter();
        contacts.flat_map(|contact| &contact.methods).filter(|method| !method.value.contains('@')).map(|method| method.value.as_str())
    }
}
