//! The electronic bill, on or off.

use super::{Change, Fields, Source};
use crate::config::SalesforceConfig;
use crate::names::ChangeRequestNames;

/// A change of how bills reach the customer.
#[derive(Debug, Clone, Copy)]
pub struct BillDeliveryChange<'a> {
    /// Electronically, or not.
    pub ebill: bool,
    /// Who asks.
    pub source: Source<'a>,
}

impl Change for BillDeliveryChange<'_> {
    fn account_fields<'a>(&'a self, config: &'a SalesforceConfig) -> Fields<'a> {
        let method = if self.ebill { &config.ebill } else { &config.paper };
        Fields::default().text(&config.names.account.bill_delivery, Some(method))
    }

    fn request_fields<'a>(&'a self, names: &'a ChangeRequestNames) -> Fields<'a> {
        Fields::of_source(self.source, if self.ebill { "eBill" } else { "non-eBill" }, names)
    }
}
