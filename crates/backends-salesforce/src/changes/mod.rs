//! Changes of an account: one file per kind. Each says what becomes different on the account, and what is kept of the
//! request.

mod autopay;
mod bill_delivery;
mod contact;

pub use autopay::{AutopayChange, AutopayKind};
pub use bill_delivery::BillDeliveryChange;
pub use contact::{Address, ContactChange};

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::config::SalesforceConfig;
use crate::names::ChangeRequestNames;

/// Through which front end a change came, and which line was named with it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// `Digital` or `IVR`.
    pub system: &'a str,
    /// The line, if one was named.
    pub msisdn: Option<&'a str>,
}

/// A change of an account.
pub trait Change {
    /// What is set on the account.
    fn account_fields<'a>(&'a self, config: &'a SalesforceConfig) -> Fields<'a>;

    /// What is kept of the request, its correlation id aside.
    fn request_fields<'a>(&'a self, names: &'a ChangeRequestNames) -> Fields<'a>;
}

/// Fields of a record with their values, by the org's names.
#[derive(Debug, Default)]
pub struct Fields<'a>(Vec<(&'a str, FieldValue<'a>)>);

#[derive(Debug, Clone, Copy)]
enum FieldValue<'a> {
    Text(&'a str),
    Flag(bool),
}

impl<'a> Fields<'a> {
    fn text(mut self, name: &'a str, value: Option<&'a str>) -> Self {
        self.0.extend(value.map(|value| (name, FieldValue::Text(value))));
        self
    }

    fn flag(mut self, name: &'a str, value: Option<bool>) -> Self {
        self.0.extend(value.map(|value| (name, FieldValue::Flag(value))));
        self
    }

    fn of_source(source: Source<'a>, change_type: &'a str, names: &'a ChangeRequestNames) -> Self {
        Self::default()
            .text(&names.change_type, Some(change_type))
            .text(&names.source_system, Some(source.system))
            .text(&names.msisdn, source.msisdn)
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            match value {
                FieldValue::Text(text) => map.serialize_entry(name, text)?,
                FieldValue::Flag(flag) => map.serialize_entry(name, flag)?,
            }
        }
        map.end()
    }
}
