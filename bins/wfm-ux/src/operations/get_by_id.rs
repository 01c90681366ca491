//! `GET /{businessId}/billingAccount/{id}`: an account with everybody who can be reached about it.

use backends_http::CallContext;
use tmf666_model::codes::BusinessUnit;
use tmf666_model::{BillingAccount, Text};
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb, first_to_know,
};

use crate::routing::LOB;
use crate::{System, WfmUx};

pub(crate) struct GetById;

const ID: Param<Text> = Param::text(Place::Path, "id").about("The account number.", "301202420000");

impl Operation<WfmUx> for GetById {
    const SPEC: OperationSpec = OperationSpec {
        name: "getBillingAccountById",
        method: Verb::Get,
        path: "/{businessId}/billingAccount/{id}",
        summary: "The account of this number, with its contacts and with the billing system that has it (sourceBSS)",
        params: &[&BUSINESS_ID, &ID],
        account_unknown: ACCOUNT_UNKNOWN,
        // The document lists no errors; these are the ones that the channels have in common.
        errors: &[400, 401, 403, 404, 405, 429, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "A fibre customer in Jamaica, out of Liberate",
                target: "/JM/billingAccount/301202420000",
                headers: &[],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/wfm-ux.by-id.liberate.json")),
            },
            RequestExample {
                title: "A cable customer in Jamaica, out of Cerillion",
                target: "/JM/billingAccount/50450354",
                headers: &[],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/wfm-ux.by-id.cerillion.json")),
            },
            RequestExample {
                title: "An account that moved from Liberate to Cerillion",
                target: "/JM/billingAccount/301202420017",
                headers: &[],
                body: None,
                answer: None,
            },
        ],
    };

    type Contract = Text;
    type Answer = Box<BillingAccount>;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Text), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let id = request.path(&ID)?;
        request.headers()?;
        Ok((unit, id))
    }

    async fn run(wfm: &WfmUx, context: &CallContext, unit: BusinessUnit, id: Text) -> Result<Box<BillingAccount>, ApiError> {
        let systems = wfm.routing.route(&unit, &LOB).systems_for(&id);
        let not_implemented = || Self::SPEC.not_implemented_for(&unit);
        first_to_know(systems, not_implemented, |system| wfm.account(context, &unit, &id, system)).await
    }
}

impl WfmUx {
    async fn account(&self, context: &CallContext, unit: &BusinessUnit, id: &str, system: System) -> Result<Box<BillingAccount>, ApiError> {
        let not_implemented = || GetById::SPEC.not_implemented_for(unit);
        let in_cerillion = async |id: &str| {
            let cerillion = self.cerillion.as_ref().ok_or_else(not_implemented)?;
            Ok(cerillion.wfm_by_id(context, unit, id, &self.public_base_url).await?)
        };
        match system {
            System::Cerillion => in_cerillion(id).await,
            System::Liberate => {
                let liberate = self.liberate.as_ref().ok_or_else(not_implemented)?;
                liberate.wfm_by_id(context, unit, id).await?.follow(async |id| in_cerillion(&id).await).await
            }
        }
    }
}
