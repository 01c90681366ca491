//! Liberate's records → TMF666 accounts: one file per view, and here what the views share.
//!
//! Every function is total: what can be wrong with a record was found when it was decoded. A view takes what it shows out of the
//! record; nothing of the record is to be relied on behind it.

pub mod bot_accounts;
pub mod bot_balance_enquiry;
pub mod wfm_by_id;

use backends_http::lenient::Lenient;
use tmf666_model::codes::{BusinessUnit, CodeTable, LiberateAccountStatus};
use tmf666_model::{Amount, MediumCharacteristic, Text};

use crate::wire;

/// What a view needs besides the record.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The market, for its currency.
    pub unit: &'a BusinessUnit,
    /// Called with the table's name for each code outside it.
    pub unknown_code: &'a dyn Fn(&'static str),
}

impl Context<'_> {
    /// The record's currency, or the market's.
    fn currency(&self, of_record: &Lenient<Text>) -> Option<Text> {
        of_record.0.clone().or_else(|| self.unit.currency().map(Text::fixed))
    }

    /// `<code>-<label>`, as in `W-Working`; a letter outside the table with Liberate's own description.
    fn state(&self, record: &wire::Record) -> Option<Text> {
        let code = record.account_status_code.0.as_deref()?;
        let status = LiberateAccountStatus::parse(code);
        let label = status.label().or_else(|| {
            (self.unknown_code)(LiberateAccountStatus::NAME);
            record.account_status_description.0.as_deref()
        });
        Some(label.map_or_else(|| Text::from(code), |label| [code, "-", label].into_iter().collect()))
    }
}

/// Where the record says that its account is in another system now: the account's number there.
///
/// Only Cerillion takes over Liberate's accounts; the number `0` means none.
pub fn migrated_to(record: &wire::Record) -> Option<&Text> {
    let moved = record.migrated_to_bss.0.as_deref().is_some_and(|system| system.eq_ignore_ascii_case("CERILLION"));
    record.migrated_to_account_no.0.as_ref().filter(|number| moved && number.as_str() != "0")
}

/// `In Arrears` when the overdue amount is above zero, else `Active`.
fn payment_status(overdue: Option<&Amount>) -> Text {
    Text::fixed(if overdue.is_some_and(Amount::is_positive) { "In Arrears" } else { "Active" })
}

fn postal(address: wire::Address) -> MediumCharacteristic {
    MediumCharacteristic {
        street1: address.line1.0,
        street2: address.line2.0,
        city: address.city.0,
        state_or_province: address.state.0,
        country: address.country.0,
        post_code: address.post_code.0,
        ..MediumCharacteristic::default()
    }
}

fn fixed(text: &'static str) -> Option<Text> {
    Some(Text::fixed(text))
}
