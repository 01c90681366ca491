//! One status of CSG, and its five renderings.
//!
//! | view | `state` | `paymentStatus` |
//! |---|---|---|
//! | bot-ux balanceEnquiry, dxp-ux by id | words | letter, `""` when there is none |
//! | dxp-ux lists | letter, `NORMAL` when there is none | letter, `NORMAL` when there is none |
//! | bot-ux accounts | words, in lower case | |
//! | sfdc-ux list | one of four words | |
//!
//! The letter is the delinquency's in both members. That of the automatic payments (`EFT_STAT`) is never shown: the two tables
//! share letters that mean different things, and a caller could not tell which of them it got.

use tmf666_model::Text;
use tmf666_model::codes::{CodeTable, DelinquencyStatus};

use crate::wire::Account;

/// The text of the account's state, else what the documents of dxp-ux call the letter ("Chard Off" is how they write it).
pub(super) fn words(account: &Account<'_>) -> Text {
    let words = account.state_txt();
    if let Some(words) = words.value() {
        return words;
    }
    match DelinquencyStatus::parse(account.delq_stat().text) {
        DelinquencyStatus::VoluntaryDisconnect => Text::fixed("voluntary disconnect"),
        DelinquencyStatus::NonPayDisconnect => Text::fixed("Non-Pay Disc"),
        DelinquencyStatus::ChargedOff => Text::fixed("Chard Off"),
        other => other.label().map_or_else(|| Text::from(other.as_str()), Text::fixed),
    }
}

/// As [`words`], in lower case.
pub(super) fn lower_case_words(account: &Account<'_>) -> Text {
    let words = words(account);
    if words.bytes().any(|b| b.is_ascii_uppercase()) { Text::from(words.to_ascii_lowercase()) } else { words }
}

/// The four states that sfdc-ux documents. Accounts with any other letter are not in use.
pub(super) fn sales_state(account: &Account<'_>) -> Text {
    Text::fixed(match DelinquencyStatus::parse(account.delq_stat().text) {
        DelinquencyStatus::Normal if account.state_txt().text.eq_ignore_ascii_case("InActive") => "InActive",
        DelinquencyStatus::Normal => "NORMAL",
        DelinquencyStatus::VoluntaryDisconnect => "VOLUNTARY DISC",
        DelinquencyStatus::NonPayDisconnect => "NON-PAY DISC",
        _ => "InActive",
    })
}

/// The delinquency letter, `NORMAL` when there is none.
pub(super) fn delinquency(account: &Account<'_>) -> Text {
    account.delq_stat().value().unwrap_or(Text::fixed("NORMAL"))
}

/// The delinquency letter, `""` when there is none.
pub(super) fn delinquency_or_empty(account: &Account<'_>) -> Text {
    account.delq_stat().value().unwrap_or_default()
}
