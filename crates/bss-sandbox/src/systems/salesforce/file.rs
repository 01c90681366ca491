//! The account files: one billing account with what is around it, every record by its native names.

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::schema::{
    ACCOUNT, ACCOUNT_ID, BILLING_ACCOUNT_NUMBER, CONTACT, Field, Kind, METHOD_ACCOUNT_ID, MSISDN, OBJECTS, PARENT_ID, PAYMENT_METHOD,
    full_id,
};
use super::store::{Store, Value, Values};
use crate::data::{Record, number_after};
use crate::value::is_moment;

/// A billing account, the customer above it, its lines, payment methods and contacts; or a line without a billing
/// account, with its contacts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountFile {
    #[serde(rename = "Account")]
    account: Option<Of<ACCOUNT>>,
    #[serde(rename = "Parent")]
    customer: Option<Of<ACCOUNT>>,
    #[serde(rename = "ChildAccounts", default)]
    lines: Vec<Of<ACCOUNT>>,
    /// So many more lines like the last one, with the numbers that follow. The sandbox's own member.
    #[serde(rename = "moreChildAccounts", default)]
    more_lines: Count,
    #[serde(rename = "vlocity_cmt__PaymentMethods__r", default)]
    payment_methods: Vec<Of<PAYMENT_METHOD>>,
    /// Of the billing account, or of the first line where there is none.
    #[serde(rename = "Contacts", default)]
    contacts: Vec<Of<CONTACT>>,
}

/// A number. The data files' reader hands on numbers as text, so that digits survive.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(try_from = "String")]
struct Count(u32);

impl TryFrom<String> for Count {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().ok().filter(|count| *count <= 10_000).map(Self).ok_or("expected a number up to 10000")
    }
}

/// A record of the object at this place.
#[derive(Debug, Clone)]
struct Of<const OBJECT: usize>(Values);

impl<'de, const OBJECT: usize> Deserialize<'de> for Of<OBJECT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<const OBJECT: usize>;

        impl<'de, const OBJECT: usize> Visitor<'de> for Members<OBJECT> {
            type Value = Of<OBJECT>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "a record of {}", OBJECTS[OBJECT].name)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Of<OBJECT>, A::Error> {
                let object = &OBJECTS[OBJECT];
                let mut values = Values::new();
                while let Some(name) = map.next_key::<String>()? {
                    // Names are written as they go out, so that a file looks like an answer.
                    let field = object.fields.iter().find(|field| field.name == name);
                    let field = field.ok_or_else(|| Error::custom(format!("unknown field `{name}`")))?;
                    let value = if field.kind == Kind::Flag {
                        Some(Value::Flag(map.next_value()?))
                    } else {
                        let text = map.next_value::<Option<String>>()?.filter(|text| !text.is_empty());
                        if text.as_deref().is_some_and(|text| !has_form(field, text)) {
                            return Err(Error::custom(format!("{name}: {}", form(field))));
                        }
                        text.map(Value::Text)
                    };
                    values.extend(value.map(|value| (field.name, value)));
                }
                Ok(Of(values))
            }
        }

        deserializer.deserialize_map(Members::<OBJECT>)
    }
}

fn has_form(field: &Field, text: &str) -> bool {
    match field.kind {
        Kind::Id | Kind::Reference(..) => full_id(text).as_deref() == Some(text),
        Kind::DateTime => is_moment(&text.replace("+0000", "Z")),
        _ => text.chars().count() <= field.length,
    }
}

fn form(field: &Field) -> String {
    match field.kind {
        Kind::Id | Kind::Reference(..) => "expected an Id of 18 characters with its checksum".to_owned(),
        Kind::DateTime => "expected a moment such as \"2023-06-29T00:00:00.000+0000\"".to_owned(),
        _ => format!("expected at most {} characters", field.length),
    }
}

impl AccountFile {
    /// Puts the records into the store; returns all the texts by which a request can be about this account.
    pub(super) fn load(self, store: &mut Store) -> Vec<String> {
        let mut keys = Vec::new();
        let mut put = |object: usize, mut values: Values, refer: Option<(&'static str, &String)>| {
            values.extend(refer.map(|(field, id)| (field, Value::Text(id.clone()))));
            keys.extend([BILLING_ACCOUNT_NUMBER, MSISDN].iter().filter_map(|field| match values.get(field) {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            }));
            let id = store.load(&OBJECTS[object], values);
            keys.push(id.clone());
            id
        };
        let customer = self.customer.map(|customer| put(ACCOUNT, customer.0, None));
        let account = self.account.map(|account| put(ACCOUNT, account.0, customer.as_ref().map(|id| (PARENT_ID, id))));
        let above = account.as_ref().map(|id| (PARENT_ID, id));
        let mut first_line = None;
        let last = self.lines.last().cloned();
        for line in self.lines {
            let id = put(ACCOUNT, line.0, above);
            first_line.get_or_insert(id);
        }
        for step in 1..=self.more_lines.0 {
            let Some(mut line) = last.clone() else { break };
            line.renumber(MSISDN, step.into());
            put(ACCOUNT, line.0, above);
        }
        for method in self.payment_methods {
            put(PAYMENT_METHOD, method.0, account.as_ref().map(|id| (METHOD_ACCOUNT_ID, id)));
        }
        for contact in self.contacts {
            put(CONTACT, contact.0, account.as_ref().or(first_line.as_ref()).map(|id| (ACCOUNT_ID, id)));
        }
        keys
    }
}

impl<const OBJECT: usize> Of<OBJECT> {
    fn text(&self, field: &str) -> Option<&str> {
        match self.0.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Another record with another number and without an Id of its own.
    fn renumber(&mut self, field: &'static str, step: u64) {
        self.0.remove("Id");
        if let Some(number) = self.text(field).map(|number| fictitious_after(number, step).unwrap_or_else(|| number_after(number, step))) {
            self.0.insert(field, Value::Text(number));
        }
    }
}

/// The number so many after a North American one that is kept for fiction (555-0100 to 555-0199): after the last of one
/// area code comes the first of the next.
fn fictitious_after(number: &str, step: u64) -> Option<String> {
    let (area, line) = number.strip_prefix('1')?.split_once("55501")?;
    let place = area.parse::<u64>().ok()? * 100 + line.parse::<u64>().ok()? + step;
    (area.len() == 3 && line.len() == 2).then(|| format!("1{:03}55501{:02}", place / 100, place % 100))
}

impl Record for AccountFile {
    fn number(&self) -> &str {
        let of_account = self.account.as_ref().and_then(|account| account.text(BILLING_ACCOUNT_NUMBER));
        of_account.or_else(|| self.lines.first()?.text(MSISDN)).unwrap_or_default()
    }

    fn renumber(&mut self, step: u64) {
        for account in self.account.iter_mut() {
            account.renumber(BILLING_ACCOUNT_NUMBER, step);
        }
        for customer in self.customer.iter_mut() {
            customer.renumber("Customer_Account_Number__c", step);
        }
        for line in &mut self.lines {
            line.renumber(MSISDN, step);
        }
        for values in self.payment_methods.iter_mut().map(|method| &mut method.0).chain(self.contacts.iter_mut().map(|c| &mut c.0)) {
            values.remove("Id");
        }
    }
}
