//! `GET /{businessId}/billingAccount/{id}`: balances and dunning out of Aria, or the customer out of CSG.

use backends_csg::translate::customer::TaxIdentifier;
use backends_http::{BackendError, CallContext};
use tmf666_model::codes::{BusinessUnit, Lob};
use tmf666_model::{BillingAccount, Text};
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, Code, ErrorText, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb,
};

use crate::{SfdcUx, System};

pub(crate) struct GetById;

/// The two views of this resource.
pub(crate) enum Contract {
    /// What is due on a plan instance, and whether it is in dunning.
    Balance { account: Text, plan_instance: Text },
    /// Who holds the account.
    Customer { account: Text },
}

const ID: Param<Text> = Param::text(Place::Path, "id").about("The account number.", "21517658-21518862");

const RELATIONSHIP_TYPE: Param<()> = Param::codes(
    Place::Query,
    "accountRelationship.relationshipType",
    || vec![Code { value: "customerAccount", documentation: "The customer who holds the account." }],
    |text| (text == "customerAccount").then_some(()),
)
.optional()
.about("Asks for the customer instead of the balances.", "customerAccount");

const PLAN_INSTANCE: Param<Text> = Param::text(Place::Query, "accountRelationship.account.id")
    .optional()
    .about("The client-defined identifier of the master plan instance whose balances are wanted.", "21517658-21518862");

const TARGET_SYSTEM: Param<()> = Param::codes(
    Place::Header,
    "targetSystem",
    || vec![Code { value: "Aria", documentation: "The system that holds the balances; compared without case." }],
    |text| text.eq_ignore_ascii_case("aria").then_some(()),
)
.optional()
.about("The billing system that is meant; required for the balances.", "Aria");

/// The customer view takes any target system, but as every view only one; shares the name, and so the errors, of `targetSystem`.
const ANY_TARGET_SYSTEM: Param<()> = Param::codes(Place::Header, "targetSystem", Vec::new, |_| Some(())).optional();

/// The customer view documents other words than the rest.
const CUSTOMER_UNKNOWN: ErrorText =
    ErrorText { message: "The server could not find the requested resource.", description: ACCOUNT_UNKNOWN.description };

impl Operation<SfdcUx> for GetById {
    const SPEC: OperationSpec = OperationSpec {
        name: "getBillingAccountById",
        method: Verb::Get,
        path: "/{businessId}/billingAccount/{id}",
        summary: "Balances, dunning and payment method of a plan instance, or the customer who holds the account",
        params: &[&BUSINESS_ID, &ID, &RELATIONSHIP_TYPE, &PLAN_INSTANCE, &TARGET_SYSTEM],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 429, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "Balances and dunning of a plan instance in Puerto Rico",
                target: "/PR/billingAccount/21517658-21518862?accountRelationship.account.id=21517658-21518862",
                headers: &[("targetSystem", "Aria")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/sfdc-ux.by-id.aria.json")),
            },
            RequestExample {
                title: "The customer who holds a fixed-line account in Puerto Rico",
                target: "/PR/billingAccount/80112233456?accountRelationship.relationshipType=customerAccount",
                headers: &[],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/sfdc-ux.by-id.customer-account.csg.json")),
            },
        ],
    };

    type Contract = Contract;
    type Answer = Box<BillingAccount>;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let account = request.path(&ID)?;
        let query = request.query()?;
        let customer = query.optional(&RELATIONSHIP_TYPE)?;
        let plan_instance = query.optional(&PLAN_INSTANCE)?;
        if customer.is_some() {
            request.headers()?.optional(&ANY_TARGET_SYSTEM)?;
            return Ok((unit, Contract::Customer { account }));
        }
        let plan_instance = plan_instance.ok_or_else(no_view_chosen)?;
        request.headers()?.required(&TARGET_SYSTEM)?;
        Ok((unit, Contract::Balance { account, plan_instance }))
    }

    async fn run(sfdc: &SfdcUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Box<BillingAccount>, ApiError> {
        match contract {
            Contract::Balance { account, plan_instance } => {
                match (sfdc.routing.route(&unit, &Lob::Postpaid).systems_for(&account), &sfdc.aria) {
                    ([System::Aria], Some(aria)) => Ok(aria.sfdc_by_id(context, &account, &plan_instance).await?),
                    _ => Err(Self::SPEC.not_implemented_for(&unit)),
                }
            }
            Contract::Customer { account } => match (sfdc.routing.route(&unit, &Lob::Fixed).systems_for(&account), &sfdc.csg) {
                ([System::Csg], Some(csg)) => {
                    let shown = |held: TaxIdentifier<'_>| sfdc.shown(held);
                    csg.customer(context, &account, shown).await.map_err(customer_failure)
                }
                _ => Err(Self::SPEC.not_implemented_for(&unit)),
            },
        }
    }
}

/// Neither view can be told from the query.
#[cold]
fn no_view_chosen() -> ApiError {
    ApiError::bad_request("Required query parameter accountRelationship.relationshipType or accountRelationship.account.id not specified")
}

fn customer_failure(failure: BackendError) -> ApiError {
    match failure {
        BackendError::NotFound { .. } => ApiError::account_unknown(&CUSTOMER_UNKNOWN).caused_by(failure),
        other => other.into(),
    }
}

impl SfdcUx {
    /// The tax identifier as the caller may see it; an empty element of CSG is none.
    fn shown(&self, held: TaxIdentifier<'_>) -> Option<Text> {
        let present = |text| Some(text).filter(|text: &&str| !text.is_empty());
        self.tax_identifiers.write(present(held.ssn), present(held.token)).map(Text::from)
    }
}
