//! The electronic bill of a mobile account, on or off.

use std::fmt;

use backends_salesforce::changes::{BillDeliveryChange, Source};
use serde::Deserialize;
use tmf666_model::Text;
use ux_server::{ApiError, JsonBody, Object, OnlyOne};

use super::members::{Checked, FromText, SourceSystem};
use super::parties::{Parties, Party};

/// The change, checked.
pub(super) struct MobileBill {
    ebill: bool,
    msisdn: Option<Text>,
    channel: SourceSystem,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow)]
    related_party: Vec<Object<Party<'a>>>,
    bill_structure: Object<BillStructure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BillStructure {
    presentation_media: OnlyOne<Object<Medium>>,
}

#[derive(Deserialize)]
struct Medium {
    #[serde(rename = "@type")]
    kind: Checked<Kind>,
}

/// True for an electronic bill.
struct Kind(bool);

impl FromText for Kind {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("eBill or non-eBill")
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "eBill" => Some(Self(true)),
            "non-eBill" => Some(Self(false)),
            _ => None,
        }
    }
}

impl MobileBill {
    pub(super) fn read(body: &JsonBody<'_>) -> Result<Self, ApiError> {
        let body: Body<'_> = body.read()?;
        let Object(BillStructure { presentation_media: OnlyOne(Object(Medium { kind: Checked(Kind(ebill)) })) }) = body.bill_structure;
        let parties = Parties::read(&body.related_party)?;
        let channel = parties.required_channel()?;
        Ok(Self { ebill, msisdn: parties.msisdn, channel })
    }

    pub(super) fn change(&self) -> BillDeliveryChange<'_> {
        BillDeliveryChange { ebill: self.ebill, source: Source { system: self.channel.as_str(), msisdn: self.msisdn.as_deref() } }
    }
}
