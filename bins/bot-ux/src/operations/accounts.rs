//! `GET /{businessId}/accounts`: the accounts behind a phone number.

use backends_csg::translate::Links;
use backends_http::CallContext;
use tmf666_model::Text;
use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob, RefId};
use ux_server::{
    ACCOUNT_UNKNOWN, Answer, ApiError, BUSINESS_ID, LOB, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb,
};

use super::{REFVALUE, not_implemented};
use crate::{BotUx, System};

pub(crate) struct Accounts;

pub(crate) struct Contract {
    lob: Lob,
    phone: Text,
}

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
            },
            RequestExample {
                title: "Four accounts behind a number, therefore without e-mail addresses",
                target: "/PR/accounts",
                headers: &[("lob", "FIXED"), ("refid", "CONTACT_NO"), ("refvalue", "7875550102")],
                body: None,
            },
        ],
    };

    type Contract = Contract;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let headers = request.headers()?;
        let lob = headers.required(&LOB)?;
        headers.required(&REFID)?;
        let phone = headers.required(&REFVALUE)?;
        Ok((unit, Contract { lob, phone }))
    }

    async fn run(bot: &BotUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Answer, ApiError> {
        let Contract { lob, phone } = contract;
        match (bot.routing.route(&unit, &lob).all_systems(), &bot.csg) {
            ([System::Csg], Some(csg)) => {
                let links = Links { base: &bot.public_base_url, unit: unit.as_str() };
                Answer::json(&csg.accounts(context, &phone, links).await?)
            }
            _ => Err(not_implemented(&Self::SPEC, &unit)),
        }
    }
}
