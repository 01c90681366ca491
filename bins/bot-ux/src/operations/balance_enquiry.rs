//! `GET /{businessId}/balanceEnquiry`: an account with its balances, by account number.

use backends_http::CallContext;
use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob, RefId};
use tmf666_model::{BillingAccount, Text};
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, LOB, Operation, OperationSpec, Param, Place, Request, RequestExample, Route, Verb,
    first_to_know,
};

use super::{REFVALUE, not_implemented};
use crate::{BotUx, System};

pub(crate) struct BalanceEnquiry;

pub(crate) struct Contract {
    lob: Lob,
    reference: Reference,
}

/// What a balance enquiry names.
pub(crate) enum Reference {
    Account(Text),
    /// The holder, by Chile's tax number.
    Rut(Text),
    RutAndAccount {
        rut: Text,
        account: Text,
    },
}

impl Reference {
    /// Whoever names no account has to be looked for in every system of the cell.
    fn systems<'a>(&self, route: &'a Route<System>) -> &'a [System] {
        match self {
            Self::Account(account) | Self::RutAndAccount { account, .. } => route.systems_for(account),
            Self::Rut(_) => route.all_systems(),
        }
    }
}

const REFID: Param<RefId> =
    Param::code_where(Place::Header, "refid", |refid| matches!(refid, RefId::AccountNo | RefId::RutId | RefId::RutIdAcctId))
        .about("What refvalue is: the account number; in Chile also the RUT, alone or with the account number.", "ACCOUNT_NO");

/// The value of `RUTID$ACCTID`; shares the name, and so the errors, of `refvalue`.
const RUT_AND_ACCOUNT: Param<(Text, Text)> =
    Param::pattern(Place::Header, "refvalue", r"^[^$\u0000-\u001F\u007F]{1,32}\$[^$\u0000-\u001F\u007F]{1,32}$", |text| {
        let (rut, account) = text.split_once('$')?;
        let fits = |part: &str| (1..=32).contains(&part.chars().count()) && !part.chars().any(|c| c == '$' || c.is_ascii_control());
        (fits(rut) && fits(account)).then(|| (Text::from(rut), Text::from(account)))
    });

/// What a unit's accounts are looked up by.
fn takes(unit: &BusinessUnit, refid: &RefId) -> bool {
    *refid == RefId::AccountNo || *unit == BusinessUnit::Cl
}

impl Operation<BotUx> for BalanceEnquiry {
    const SPEC: OperationSpec = OperationSpec {
        name: "balanceEnquiry",
        method: Verb::Get,
        path: "/{businessId}/balanceEnquiry",
        summary: "The account of this number: holder, contacts, balances and payment status",
        params: &[&BUSINESS_ID, &LOB, &REFID, &REFVALUE],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "The account 8211990010013290 in Puerto Rico",
                target: "/PR/balanceEnquiry",
                headers: &[("lob", "FIXED"), ("refid", "ACCOUNT_NO"), ("refvalue", "8211990010013290")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/bot-ux.balance-enquiry.pr.json")),
            },
            RequestExample {
                title: "A fibre customer in Jamaica, out of Liberate",
                target: "/JM/balanceEnquiry",
                headers: &[("lob", "FIXED"), ("refid", "ACCOUNT_NO"), ("refvalue", "301202420000")],
                body: None,
                answer: None,
            },
            RequestExample {
                title: "A cable customer in Jamaica, out of Cerillion",
                target: "/JM/balanceEnquiry",
                headers: &[("lob", "FIXED"), ("refid", "ACCOUNT_NO"), ("refvalue", "50450354")],
                body: None,
                answer: None,
            },
            RequestExample {
                title: "A customer in Chile by tax number, out of a TMF666 server",
                target: "/CL/balanceEnquiry",
                headers: &[("lob", "FIXED"), ("refid", "RUT_ID"), ("refvalue", "11111111-1")],
                body: None,
                answer: None,
            },
        ],
    };

    type Contract = Contract;
    type Answer = Box<BillingAccount>;

    fn not_implemented_example() -> ApiError {
        not_implemented(&Self::SPEC, &BusinessUnit::Tt)
    }

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let headers = request.headers()?;
        let lob = headers.required(&LOB)?;
        let refid = headers.required(&REFID)?;
        if !takes(&unit, &refid) {
            return Err(REFID.refuse(refid.as_str()));
        }
        let reference = match refid {
            RefId::RutId => Reference::Rut(headers.required(&REFVALUE)?),
            RefId::RutIdAcctId => {
                let (rut, account) = headers.required(&RUT_AND_ACCOUNT)?;
                Reference::RutAndAccount { rut, account }
            }
            _ => Reference::Account(headers.required(&REFVALUE)?),
        };
        Ok((unit, Contract { lob, reference }))
    }

    async fn run(bot: &BotUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Box<BillingAccount>, ApiError> {
        let Contract { lob, reference } = contract;
        let systems = reference.systems(bot.routing.route(&unit, &lob));
        let not_implemented = || not_implemented(&Self::SPEC, &unit);
        first_to_know(systems, not_implemented, |system| bot.account(context, &unit, &reference, system)).await
    }
}

impl BotUx {
    async fn account(
        &self,
        context: &CallContext,
        unit: &BusinessUnit,
        reference: &Reference,
        system: System,
    ) -> Result<Box<BillingAccount>, ApiError> {
        let not_implemented = || not_implemented(&BalanceEnquiry::SPEC, unit);
        let in_cerillion = async |number: &str| {
            let cerillion = self.cerillion.as_ref().ok_or_else(not_implemented)?;
            Ok(cerillion.bot_balance_enquiry(context, unit, number).await?)
        };
        match (system, reference) {
            (System::Cerillion, Reference::Account(number)) => in_cerillion(number).await,
            (System::Csg, Reference::Account(number)) => {
                let csg = self.csg.as_ref().ok_or_else(not_implemented)?;
                Ok(csg.balance_enquiry(context, number).await?)
            }
            (System::Liberate, Reference::Account(number)) => {
                let liberate = self.liberate.as_ref().ok_or_else(not_implemented)?;
                let located = liberate.bot_balance_enquiry(context, unit, number).await?;
                located.follow(async |number| in_cerillion(&number).await).await
            }
            (System::Tmf666, reference) => {
                let tmf666 = self.tmf666.as_ref().ok_or_else(not_implemented)?;
                Ok(tmf666.bot_balance_enquiry(context, unit, in_tmf666(reference)).await?)
            }
            // Only Chile's system knows its customers' tax numbers.
            (System::Cerillion | System::Csg | System::Liberate, Reference::Rut(_) | Reference::RutAndAccount { .. }) => {
                Err(not_implemented())
            }
        }
    }
}

fn in_tmf666(reference: &Reference) -> backends_tmf666::Reference<'_> {
    match reference {
        Reference::Account(account) => backends_tmf666::Reference::AccountNo(account),
        Reference::Rut(rut) => backends_tmf666::Reference::RutId(rut),
        Reference::RutAndAccount { rut, account } => backends_tmf666::Reference::RutIdAcctId { rut, account },
    }
}
