//! `GET /{businessId}/accounts`: the accounts behind a phone number.

use std::collections::BTreeSet;

use backends_csg::translate::Links;
use backends_http::CallContext;
use backends_liberate::Located;
use futures_util::future::try_join_all;
use http::StatusCode;
use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob, MediumType, RefId};
use tmf666_model::{BillingAccount, ContactMedium, Text};
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, LOB, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb, all_that_know,
};

use super::{REFVALUE, not_implemented};
use crate::{BotUx, System};

pub(crate) struct Accounts;

pub(crate) struct Contract {
    lob: Lob,
    number: Number,
}

/// Behind what number accounts are looked for.
pub(crate) enum Number {
    Service(Text),
    Contact(Text),
}

/// Most entries of a list that tells e-mail addresses.
const MOST_WITH_EMAIL: usize = 3;

const REFID: Param<RefId> = Param::code_where(Place::Header, "refid", |refid| matches!(refid, RefId::ServiceNo | RefId::ContactNo))
    .about("What refvalue is: the number of a service, or a phone number at which the customer is reached.", "SERVICE_NO");

impl Operation<BotUx> for Accounts {
    const SPEC: OperationSpec = OperationSpec {
        name: "accounts",
        method: Verb::Get,
        path: "/{businessId}/accounts",
        summary: "The accounts behind a phone number; with e-mail addresses if there are at most three",
        params: &[&BUSINESS_ID, &LOB, &REFID, &REFVALUE],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "One account behind a number in Puerto Rico",
                target: "/PR/accounts",
                headers: &[("lob", "FIXED"), ("refid", "SERVICE_NO"), ("refvalue", "7875550101")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/bot-ux.accounts.pr.up-to-3.json")),
            },
            RequestExample {
                title: "Four accounts behind a number, therefore without e-mail addresses",
                target: "/PR/accounts",
                headers: &[("lob", "FIXED"), ("refid", "CONTACT_NO"), ("refvalue", "7875550102")],
                body: None,
                answer: None,
            },
            RequestExample {
                title: "The accounts behind a number in Jamaica, out of Liberate and Cerillion",
                target: "/JM/accounts",
                headers: &[("lob", "FIXED"), ("refid", "SERVICE_NO"), ("refvalue", "8765550160")],
                body: None,
                answer: None,
            },
        ],
    };

    type Contract = Contract;
    type Answer = Vec<BillingAccount>;

    fn not_implemented_example() -> ApiError {
        not_implemented(&Self::SPEC, &BusinessUnit::Tt)
    }

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let headers = request.headers()?;
        let lob = headers.required(&LOB)?;
        let refid = headers.required(&REFID)?;
        let phone = headers.required(&REFVALUE)?;
        let number = if refid == RefId::ServiceNo { Number::Service(phone) } else { Number::Contact(phone) };
        Ok((unit, Contract { lob, number }))
    }

    async fn run(bot: &BotUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Vec<BillingAccount>, ApiError> {
        let Contract { lob, number } = contract;
        let systems = bot.routing.route(&unit, &lob).all_systems();
        let not_implemented = || not_implemented(&Self::SPEC, &unit);
        let mut accounts = all_that_know(systems, not_implemented, |system| bot.accounts(context, &unit, &number, system)).await?;
        leave_out_repeated(&mut accounts);
        if accounts.is_empty() {
            return Err(ApiError::account_unknown(&ACCOUNT_UNKNOWN));
        }
        if accounts.len() > MOST_WITH_EMAIL {
            accounts.iter_mut().for_each(leave_out_email);
        }
        Ok(accounts)
    }
}

impl BotUx {
    async fn accounts(
        &self,
        context: &CallContext,
        unit: &BusinessUnit,
        number: &Number,
        system: System,
    ) -> Result<Vec<BillingAccount>, ApiError> {
        let not_implemented = || not_implemented(&Accounts::SPEC, unit);
        let base = self.public_base_url.as_str();
        match system {
            System::Cerillion => {
                let cerillion = self.cerillion.as_ref().ok_or_else(not_implemented)?;
                let key = match number {
                    Number::Service(number) => backends_cerillion::Key::ServiceNo(number),
                    Number::Contact(number) => backends_cerillion::Key::ContactNo(number),
                };
                Ok(cerillion.bot_accounts(context, unit, key, base).await?)
            }
            System::Csg => {
                let csg = self.csg.as_ref().ok_or_else(not_implemented)?;
                // CSG's phone search covers both kinds of number.
                let (Number::Service(phone) | Number::Contact(phone)) = number;
                Ok(csg.accounts(context, phone, Links { base, unit: unit.as_str() }).await?)
            }
            System::Liberate => {
                let liberate = self.liberate.as_ref().ok_or_else(not_implemented)?;
                let key = match number {
                    Number::Service(number) => backends_liberate::Key::ServiceNo(number),
                    Number::Contact(number) => backends_liberate::Key::ContactNo(number),
                };
                let located = liberate.bot_accounts(context, unit, key, base).await?;
                self.where_they_are(context, unit, located).await
            }
            System::Tmf666 => {
                let tmf666 = self.tmf666.as_ref().ok_or_else(not_implemented)?;
                let number = match number {
                    Number::Service(number) => backends_tmf666::Number::ServiceNo(number),
                    Number::Contact(number) => backends_tmf666::Number::ContactNo(number),
                };
                Ok(tmf666.bot_accounts(context, unit, number).await?)
            }
        }
    }

    /// Follows the accounts that moved to Cerillion, all at once. One that is not there either is left out.
    async fn where_they_are(
        &self,
        context: &CallContext,
        unit: &BusinessUnit,
        located: Vec<Located>,
    ) -> Result<Vec<BillingAccount>, ApiError> {
        let in_cerillion = async |number: Text| -> Result<Box<BillingAccount>, ApiError> {
            let cerillion = self.cerillion.as_ref().ok_or_else(|| not_implemented(&Accounts::SPEC, unit))?;
            let key = backends_cerillion::Key::AccountNo(&number);
            Ok(Box::new(cerillion.bot_accounts(context, unit, key, &self.public_base_url).await?.swap_remove(0)))
        };
        let accounts = try_join_all(located.into_iter().map(async |located| match located.follow(in_cerillion).await {
            Err(error) if error.status() == StatusCode::NOT_FOUND => Ok(None),
            account => account.map(Some),
        }));
        Ok(accounts.await?.into_iter().flatten().map(|account| *account).collect())
    }
}

/// Of several systems that know an account, the first has it.
fn leave_out_repeated(accounts: &mut Vec<BillingAccount>) {
    let mut seen = BTreeSet::new();
    accounts.retain(|account| account.id.as_ref().is_none_or(|id| seen.insert(id.clone())));
}

/// A TMF666 system of somebody else may spell the medium's type differently, or keep the address beside another medium.
fn leave_out_email(account: &mut BillingAccount) {
    let is_email =
        |medium: &ContactMedium| medium.medium_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(MediumType::Email.as_str()));
    for contact in &mut account.contact {
        contact.contact_medium.retain(|medium| !is_email(medium));
        for characteristic in contact.contact_medium.iter_mut().filter_map(|medium| medium.characteristic.as_mut()) {
            characteristic.email_address = None;
        }
    }
}
