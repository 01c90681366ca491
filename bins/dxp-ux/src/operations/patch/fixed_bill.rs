//! How the bill of a fixed-line account is delivered.

use std::fmt;

use backends_csg::BillMedia;
use serde::Deserialize;
use tmf666_model::Text;
use ux_server::{ApiError, JsonBody, Object, OnlyOne};

use super::members::{Checked, FromText};

/// The change, checked.
pub(super) struct FixedBill(Media);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    bill_structure: Object<BillStructure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BillStructure {
    presentation_media: OnlyOne<Object<Medium>>,
}

#[derive(Deserialize)]
struct Medium {
    name: Checked<Media>,
}

#[derive(Clone, Copy)]
enum Media {
    Email,
    Mail,
}

impl FromText for Media {
    fn expected(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("email or mail")
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "email" => Some(Self::Email),
            "mail" => Some(Self::Mail),
            _ => None,
        }
    }
}

impl FixedBill {
    pub(super) fn read(body: &JsonBody<'_>) -> Result<Self, ApiError> {
        let body: Body = body.read()?;
        let Object(BillStructure { presentation_media: OnlyOne(Object(Medium { name: Checked(media) })) }) = body.bill_structure;
        Ok(Self(media))
    }

    pub(super) fn media(&self) -> BillMedia {
        match self.0 {
            Media::Email => BillMedia::Email,
            Media::Mail => BillMedia::Mail,
        }
    }

    /// The name as it was sent.
    pub(super) fn name(&self) -> Text {
        Text::fixed(match self.0 {
            Media::Email => "email",
            Media::Mail => "mail",
        })
    }
}
