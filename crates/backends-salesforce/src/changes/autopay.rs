//! Automatic payment, on or off or by another payment method.

use super::{Change, Fields, Source};
use crate::config::SalesforceConfig;
use crate::names::ChangeRequestNames;

/// What is to become of automatic payment. The texts are dxp-ux's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutopayKind {
    /// Switch it on.
    Autopay,
    /// Switch it off.
    NonAutopay,
    /// It stays on, with another payment method.
    ChangeAutopay,
}

impl AutopayKind {
    /// All of them, in the document's order.
    pub const ALL: [Self; 3] = [Self::Autopay, Self::NonAutopay, Self::ChangeAutopay];

    /// The text on the wire, the channel's and Salesforce's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Autopay => "Autopay",
            Self::NonAutopay => "Non-Autopay",
            Self::ChangeAutopay => "ChangeAutopay",
        }
    }

    /// The kind of this text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A change of automatic payment.
#[derive(Debug, Clone, Copy)]
pub struct AutopayChange<'a> {
    /// What is to become of it.
    pub kind: AutopayKind,
    /// The payment method that is meant.
    pub payment_method_id: &'a str,
    /// Who asks.
    pub source: Source<'a>,
    /// Whether orders are restricted for it.
    pub restrict_order: Option<bool>,
    /// Version of the text that the customer agreed to.
    pub consent_text_version: Option<&'a str>,
}

impl Change for AutopayChange<'_> {
    fn account_fields<'a>(&'a self, config: &'a SalesforceConfig) -> Fields<'a> {
        let on = self.kind != AutopayKind::NonAutopay;
        Fields::default().flag(&config.names.account.autopay, Some(on))
    }

    fn request_fields<'a>(&'a self, names: &'a ChangeRequestNames) -> Fields<'a> {
        Fields::of_source(self.source, self.kind.as_str(), names)
            .text(&names.payment_method_id, Some(self.payment_method_id))
            .flag(&names.restrict_order, self.restrict_order)
            .text(&names.consent_text_version, self.consent_text_version)
    }
}
