//! `GET /{businessId}/billingAccount`: the fixed-line accounts behind an MSISDN.

use backends_csg::translate::Links;
use backends_http::CallContext;
use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob};
use tmf666_model::{BillingAccount, Text};
use ux_server::{ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, Code, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb};

use crate::{SfdcUx, System};

pub(crate) struct List;

pub(crate) struct Contract {
    msisdn: Text,
}

const NAME: Param<()> = Param::codes(
    Place::Query,
    "characteristic.name",
    || vec![Code { value: "MSISDN", documentation: "A phone number." }],
    |text| (text == "MSISDN").then_some(()),
)
.optional()
.about("What characteristic.value is.", "MSISDN");

const VALUE: Param<Text> = Param::text(Place::Query, "characteristic.value").about("The MSISDN.", "7875550112");

impl Operation<SfdcUx> for List {
    const SPEC: OperationSpec = OperationSpec {
        name: "listBillingAccount",
        method: Verb::Get,
        path: "/{businessId}/billingAccount",
        summary: "The fixed-line accounts behind an MSISDN",
        params: &[&BUSINESS_ID, &NAME, &VALUE],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 429, 500, 501, 503],
        examples: &[RequestExample {
            title: "The accounts behind an MSISDN in Puerto Rico",
            target: "/PR/billingAccount?characteristic.value=7875550112&characteristic.name=MSISDN",
            headers: &[],
            body: None,
            answer: Some(include_str!("../../../../tests/fixtures/documents/sfdc-ux.list.msisdn.csg.json")),
        }],
    };

    type Contract = Contract;
    type Answer = Vec<BillingAccount>;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let query = request.query()?;
        query.optional(&NAME)?;
        let msisdn = query.required(&VALUE)?;
        Ok((unit, Contract { msisdn }))
    }

    async fn run(sfdc: &SfdcUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Vec<BillingAccount>, ApiError> {
        match (sfdc.routing.route(&unit, &Lob::Fixed).all_systems(), &sfdc.csg) {
            ([System::Csg], Some(csg)) => {
                let links = Links { base: &sfdc.public_base_url, unit: unit.as_str() };
                Ok(csg.list(context, &contract.msisdn, links).await?)
            }
            _ => Err(Self::SPEC.not_implemented_for(&unit)),
        }
    }
}
