//! bot-ux, the accounts behind a service or contact number.

use backends_http::{BackendError, CallContext};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

use super::name_currency;
use crate::client::Tmf666Client;

/// What number is known.
#[derive(Clone, Copy)]
pub enum Number<'a> {
    /// `SERVICE_NO`: number of a service of the account.
    ServiceNo(&'a str),
    /// `CONTACT_NO`: number of a contact of the account.
    ContactNo(&'a str),
}

impl Tmf666Client {
    /// bot-ux: the accounts behind a number, as the server has them, each with its e-mail address. Amounts
    /// without a currency get that of `unit`.
    ///
    /// That e-mail addresses disappear from a list of more than three is the channel's rule.
    ///
    /// # Errors
    /// [`BackendError`]; `NotFound` where there is none: the list is never empty.
    pub async fn bot_accounts(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        number: Number<'_>,
    ) -> Result<Vec<BillingAccount>, BackendError> {
        let (search, number) = match number {
            Number::ServiceNo(number) => (&self.service_number, number),
            Number::ContactNo(number) => (&self.contact_number, number),
        };
        let mut accounts = self.billing_accounts(ctx, &search.filters(number), None).await?;
        // Once more here: a server that does not know the filter sends everybody's accounts.
        accounts.retain(|account| search.fits(account, number));
        accounts.iter_mut().for_each(|account| name_currency(account, unit));
        if accounts.is_empty() { Err(self.no_such_account()) } else { Ok(accounts) }
    }
}
