//! bot-ux, balance enquiry in Chile: by account, by customer (RUT), or by both.

use backends_http::{BackendError, CallContext, Origin};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

use super::name_currency;
use crate::client::{Filter, Tmf666Client};
use crate::search::belongs_to;

/// What a balance enquiry names.
#[derive(Clone, Copy)]
pub enum Reference<'a> {
    /// `ACCOUNT_NO`: the account's id.
    AccountNo(&'a str),
    /// `RUT_ID`: the customer, as the id of a related party.
    RutId(&'a str),
    /// `RUTID$ACCTID`: the customer and the account.
    RutIdAcctId {
        /// The customer.
        rut: &'a str,
        /// The account's id.
        account: &'a str,
    },
}

impl Tmf666Client {
    /// bot-ux: the account that `reference` names, as the server has it. Of a customer with several accounts it is the first in
    /// the server's order; `RUTID$ACCTID` names one of the others. Amounts without a currency get that of
    /// `unit`.
    ///
    /// # Errors
    /// [`BackendError`]; `NotFound` where there is no such account, or it is another customer's.
    pub async fn bot_balance_enquiry(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        reference: Reference<'_>,
    ) -> Result<Box<BillingAccount>, BackendError> {
        let mut account = self.referred(ctx, reference).await?;
        name_currency(&mut account, unit);
        Ok(Box::new(account))
    }

    async fn referred(&self, ctx: &CallContext, reference: Reference<'_>) -> Result<BillingAccount, BackendError> {
        match reference {
            Reference::AccountNo(id) => self.billing_account(ctx, id, None).await,
            Reference::RutIdAcctId { rut, account } => {
                let account = self.billing_account(ctx, account, None).await?;
                if belongs_to(&account, rut) { Ok(account) } else { Err(self.no_such_account()) }
            }
            Reference::RutId(rut) => {
                let accounts = self.billing_accounts(ctx, &[Filter { member: "relatedParty.id", value: rut }], None).await?;
                // Once more here: a server that does not know the filter sends everybody's accounts.
                accounts.into_iter().find(|account| belongs_to(account, rut)).ok_or_else(|| self.no_such_account())
            }
        }
    }

    /// The server answered, and nothing of its answer is what was asked for.
    pub(super) fn no_such_account(&self) -> BackendError {
        BackendError::NotFound { origin: Origin { system: self.system().name(), operation: "billingAccount", method: "GET" } }
    }
}
