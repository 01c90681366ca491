//! Automatic payment: on, off, or by another payment method.

use std::fmt;

use backends_salesforce::changes::{AutopayChange, AutopayKind, Source};
use serde::Deserialize;
use serde_json::value::RawValue;
use tmf666_model::Text;
use ux_server::{ApiError, JsonBody, Object};

use super::members::{Checked, FromText, Limited, SourceSystem, read_raw};
use super::parties::{Parties, Party};

/// The change, checked.
pub(super) struct Autopay {
    kind: AutopayKind,
    payment_method: Text,
    msisdn: Option<Text>,
    source_system: SourceSystem,
    restrict_order: Option<bool>,
    consent_text_version: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    default_payment_method: Object<PaymentMethod>,
    #[serde(borrow)]
    extended_characteristic: Vec<Object<Characteristic<'a>>>,
    #[serde(borrow)]
    related_party: Option<Vec<Object<Party<'a>>>>,
}

#[derive(Deserialize)]
struct PaymentMethod {
    #[serde(rename = "@referredType")]
    kind: Checked<AutopayKind>,
    id: Checked<Limited<30>>,
}

/// What its value may be, the name says; the document has no length for names.
#[derive(Deserialize)]
struct Characteristic<'a> {
    name: Checked<Limited<255>>,
    #[serde(borrow)]
    value: &'a RawValue,
}

impl FromText for AutopayKind {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Autopay, Non-Autopay or ChangeAutopay")
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// A flag as text; JSON's own `true` and `false` are taken too.
struct Flag(bool);

impl FromText for Flag {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl Autopay {
    pub(super) fn read(body: &JsonBody<'_>) -> Result<Self, ApiError> {
        let body: Body<'_> = body.read()?;
        let Object(PaymentMethod { kind: Checked(kind), id: Checked(Limited(payment_method)) }) = body.default_payment_method;
        let characteristics = Characteristics::read(&body.extended_characteristic)?;
        let parties = Parties::read(body.related_party.as_deref().unwrap_or_default())?;
        Ok(Self {
            kind,
            payment_method,
            msisdn: parties.msisdn,
            source_system: characteristics.source_system.ok_or_else(|| JsonBody::refuse(PLACE, "a characteristic sourceSystem"))?,
            restrict_order: characteristics.restrict_order,
            consent_text_version: characteristics.consent_text_version,
        })
    }

    pub(super) fn change(&self) -> AutopayChange<'_> {
        AutopayChange {
            kind: self.kind,
            payment_method_id: &self.payment_method,
            source: Source { system: self.source_system.as_str(), msisdn: self.msisdn.as_deref() },
            restrict_order: self.restrict_order,
            consent_text_version: self.consent_text_version.as_deref(),
        }
    }
}

const PLACE: &str = "$.extendedCharacteristic";

/// The characteristics that mean something here; others are ignored.
#[derive(Default)]
struct Characteristics {
    source_system: Option<SourceSystem>,
    restrict_order: Option<bool>,
    consent_text_version: Option<Text>,
}

impl Characteristics {
    fn read(entries: &[Object<Characteristic<'_>>]) -> Result<Self, ApiError> {
        let mut read = Self::default();
        for (index, Object(entry)) in entries.iter().enumerate() {
            let place = || format!("{PLACE}[{index}].value");
            let repeated = match &*entry.name.0.0 {
                "sourceSystem" => read.source_system.replace(read_raw(entry.value, place)?).is_some(),
                "restrictOrder" => read.restrict_order.replace(flag(entry.value, place)?).is_some(),
                "autopayConsentTextVersion" => {
                    let Limited(version) = read_raw::<Limited<255>>(entry.value, place)?;
                    read.consent_text_version.replace(version).is_some()
                }
                _ => false,
            };
            if repeated {
                return Err(JsonBody::refuse(&format!("{PLACE}[{index}].name"), "each name once"));
            }
        }
        Ok(read)
    }
}

fn flag(value: &RawValue, place: impl FnOnce() -> String) -> Result<bool, ApiError> {
    match value.get() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => read_raw(value, place).map(|Flag(flag)| flag),
    }
}
