//! `GET /{businessId}/balanceEnquiry`: an account with its balances, by account number.

use backends_http::CallContext;
use tmf666_model::Text;
use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob, RefId};
use ux_server::{
    ACCOUNT_UNKNOWN, Answer, ApiError, BUSINESS_ID, LOB, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb,
};

use super::{REFVALUE, not_implemented};
use crate::{BotUx, System};

pub(crate) struct BalanceEnquiry;

pub(crate) struct Contract {
    lob: Lob,
    refid: RefId,
    refvalue: Text,
}

const REFID: Param<RefId> =
    Param::code_where(Place::Header, "refid", |refid| matches!(refid, RefId::AccountNo | RefId::RutId | RefId::RutIdAcctId))
        .about("What refvalue is: the account number; in Chile also the RUT, alone or with the account number.", "ACCOUNT_NO");

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
        examples: &[RequestExample {
            title: "The account 8211990010013290 in Puerto Rico",
            target: "/PR/balanceEnquiry",
            headers: &[("lob", "FIXED"), ("refid", "ACCOUNT_NO"), ("refvalue", "8211990010013290")],
            body: None,
        }],
    };

    type Contract = Contract;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let headers = request.headers()?;
        let lob = headers.required(&LOB)?;
        let refid = headers.required(&REFID)?;
        if !takes(&unit, &refid) {
            return Err(REFID.refuse(refid.as_str()));
        }
        let refvalue = headers.required(&REFVALUE)?;
        Ok((unit, Contract { lob, refid, refvalue }))
    }

    async fn run(bot: &BotUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Answer, ApiError> {
        let Contract { lob, refid, refvalue } = contract;
        match (bot.routing.route(&unit, &lob).systems_for(&refvalue), &bot.csg, refid) {
            ([System::Csg], Some(csg), RefId::AccountNo) => Answer::json(&csg.balance_enquiry(context, &refvalue).await?),
            _ => Err(not_implemented(&Self::SPEC, &unit)),
        }
    }
}
