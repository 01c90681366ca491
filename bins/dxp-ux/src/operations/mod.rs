//! The operations, one file each, and what they share: the channel, the account's id, the words for "not implemented".

pub(crate) mod get_by_id;
pub(crate) mod list;
pub(crate) mod patch;

use tmf666_model::Text;
use tmf666_model::codes::BusinessUnit;
use ux_server::{ApiError, Param, Place, Verb};

/// The document's own pattern.
pub(crate) const CORRELATION_ID: Param<()> =
    Param::pattern(Place::Header, "X-Correlation-ID", "^[a-zA-Z0-9-+/=_]{16,64}$", |text| is_correlation_id(text).then_some(()))
        .also("Correlation-ID")
        .optional()
        .about(
            "Ties together the log entries of one call chain, and is the key by which a repeated change is recognised. One is made where it is missing; every answer carries it.",
            "644e1dd7-2a7f-18fb-b8ed-ed78c3F92c2b",
        );

fn is_correlation_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-+/=_".contains(&byte);
    (16..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// The list's document spells it `channeId`.
const CHANNEL_ID: Param<Text> = Param::text(Place::Header, "channelId").also("channeId").about("The calling channel.", "APP");

const ID: Param<Text> =
    Param::text(Place::Path, "id").about("Billing account number or MSISDN; for balances the account number.", "8211990010018869");

/// The only channel that is served.
const APP: &str = "APP";

fn require_app(method: Verb, unit: &BusinessUnit, channel: &str) -> Result<(), ApiError> {
    if channel == APP { Ok(()) } else { Err(not_implemented(method, unit, Some(channel))) }
}

#[cold]
fn not_implemented(method: Verb, unit: &BusinessUnit, channel: Option<&str>) -> ApiError {
    let of_channel = channel.map(|channel| format!(" and channelId:{channel}")).unwrap_or_default();
    ApiError::not_implemented(format!("Operation {} for Business Id: {unit}{of_channel} not implemented", method.as_str()))
}
