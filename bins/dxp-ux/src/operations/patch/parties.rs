//! `relatedParty`: the line that was named with a change, and the front end that it came through.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use tmf666_model::Text;
use ux_server::{ApiError, JsonBody, Object};

use super::members::{Checked, FromText, MobileNumber, SourceSystem};

const PLACE: &str = "$.relatedParty";

/// One entry; which of its members counts, `@type` says.
#[derive(Deserialize)]
pub(super) struct Party<'a> {
    #[serde(rename = "@type")]
    kind: Checked<Kind>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
}

enum Kind {
    Msisdn,
    Channel,
}

impl FromText for Kind {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("msisdn or channel")
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "msisdn" => Some(Self::Msisdn),
            "channel" => Some(Self::Channel),
            _ => None,
        }
    }
}

/// What the entries say together.
#[derive(Default)]
pub(super) struct Parties {
    pub(super) msisdn: Option<Text>,
    pub(super) channel: Option<SourceSystem>,
}

impl Parties {
    /// Reads the entries; each kind may be there once.
    pub(super) fn read(parties: &[Object<Party<'_>>]) -> Result<Self, ApiError> {
        let mut read = Self::default();
        for (index, Object(party)) in parties.iter().enumerate() {
            let repeated = match party.kind.0 {
                Kind::Msisdn => read.msisdn.replace(member::<MobileNumber>(party.id, index, "id")?.0).is_some(),
                Kind::Channel => read.channel.replace(member::<SourceSystem>(party.name, index, "name")?).is_some(),
            };
            if repeated {
                return Err(JsonBody::refuse(&format!("{PLACE}[{index}].@type"), "each @type once"));
            }
        }
        Ok(read)
    }

    pub(super) fn required_msisdn(&self) -> Result<Text, ApiError> {
        self.msisdn.clone().ok_or_else(|| JsonBody::refuse(PLACE, "a party of @type msisdn"))
    }

    pub(super) fn required_channel(&self) -> Result<SourceSystem, ApiError> {
        self.channel.ok_or_else(|| JsonBody::refuse(PLACE, "a party of @type channel"))
    }
}

fn member<T: FromText>(raw: Option<&RawValue>, index: usize, name: &str) -> Result<T, ApiError> {
    let place = || format!("{PLACE}[{index}].{name}");
    let raw = raw.ok_or_else(|| JsonBody::missing(&place()))?;
    super::members::read_raw(raw, place)
}
