//! The billing address, the e-mail address for bills, or both.

use super::{Change, Fields, Source};
use crate::config::SalesforceConfig;
use crate::names::ChangeRequestNames;

/// A billing address. What is absent stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// Street.
    pub street: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
    /// State or province.
    pub state_or_province: Option<&'a str>,
    /// Post code.
    pub post_code: Option<&'a str>,
    /// Country.
    pub country: Option<&'a str>,
}

/// A change of where bills go.
#[derive(Debug, Clone, Copy)]
pub struct ContactChange<'a> {
    /// The address, as far as it changes.
    pub address: Address<'a>,
    /// The e-mail address, if it changes.
    pub email: Option<&'a str>,
    /// Who asks.
    pub source: Source<'a>,
}

impl Change for ContactChange<'_> {
    fn account_fields<'a>(&'a self, config: &'a SalesforceConfig) -> Fields<'a> {
        let names = &config.names.account;
        Fields::default()
            .text(&names.street, self.address.street)
            .text(&names.city, self.address.city)
            .text(&names.state_or_province, self.address.state_or_province)
            .text(&names.post_code, self.address.post_code)
            .text(&names.country, self.address.country)
            .text(&names.email, self.email)
    }

    fn request_fields<'a>(&'a self, names: &'a ChangeRequestNames) -> Fields<'a> {
        let change_type = match (self.address == Address::default(), self.email) {
            (true, _) => "Email",
            (false, None) => "BillingAddress",
            (false, Some(_)) => "EmailAndBillingAddress",
        };
        Fields::of_source(self.source, change_type, names)
    }
}
