//! `GET /{businessId}/billingAccount/{id}`: a fixed-line account, a mobile account by its number or by one of its MSISDNs,
//! or what is due on a mobile account.

use backends_http::{BackendError, CallContext};
use backends_salesforce::{Ban, Msisdn, SalesforceClient};
use chrono::Utc;
use http::StatusCode;
use tmf666_model::codes::{BusinessUnit, Lob};
use tmf666_model::{BillingAccount, Text};
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, Code, LOB, Operation, OperationSpec, Param, Place, Query, Request, RequestExample,
    SystemId as _, Verb, first_to_know,
};

use super::{APP, CHANNEL_ID, ID, not_implemented, require_app};
use crate::routing::has_accounts_in;
use crate::{DxpUx, System};

pub(crate) struct GetById;

pub(crate) struct Contract {
    id: Text,
    channel: Text,
    asked: Asked,
    /// Only Salesforce's accounts are asked for by one of two keys.
    key: Option<Key>,
}

/// By what the billing system is chosen.
enum Asked {
    /// The caller names it.
    System(System),
    /// The table says it.
    Lob(Lob),
}

/// What the id is.
#[derive(Clone, Copy)]
enum Key {
    BillingAccountNumber,
    Msisdn,
}

const LOB_OR_TARGET: Param<Lob> = LOB.optional();

const TARGET_SYSTEM: Param<System> = Param::codes(
    Place::Header,
    "targetSystem",
    || System::ALL.iter().map(|system| Code { value: system.name(), documentation: "" }).collect(),
    |text| System::ALL.iter().copied().find(|system| system.name().eq_ignore_ascii_case(text)),
)
.optional()
.about("The billing system that is meant, in any case; without it lob decides. Aria has the balance.", "aria");

const TYPE: Param<Key> = Param::codes(
    Place::Query,
    "type",
    || {
        vec![
            Code { value: "billingAccountNumber", documentation: "The id is a billing account number." },
            Code { value: "msisdn", documentation: "The id is a mobile number: 11 digits with a leading 1." },
        ]
    },
    |text| match text {
        "billingAccountNumber" => Some(Key::BillingAccountNumber),
        "msisdn" => Some(Key::Msisdn),
        _ => None,
    },
)
.optional()
.about("What the id is. Required for mobile accounts.", "billingAccountNumber");

const SOURCE_NAME: Param<()> = Param::codes(
    Place::Query,
    "extendedCharacteristics.name",
    || vec![Code { value: "sourceSystem", documentation: "" }],
    |text| (text == "sourceSystem").then_some(()),
)
.optional()
.about("Required for mobile accounts.", "sourceSystem");

const SOURCE_VALUE: Param<()> = Param::codes(
    Place::Query,
    "extendedCharacteristics.value",
    || vec![Code { value: "Digital", documentation: "" }],
    |text| (text == "Digital").then_some(()),
)
.optional()
.about("Required for mobile accounts.", "Digital");

impl Operation<DxpUx> for GetById {
    const SPEC: OperationSpec = OperationSpec {
        name: "getBillingAccountById",
        method: Verb::Get,
        path: "/{businessId}/billingAccount/{id}",
        summary: "An account with its contacts, payment methods and balances, or what is due on it",
        params: &[&BUSINESS_ID, &ID, &TYPE, &SOURCE_NAME, &SOURCE_VALUE, &CHANNEL_ID, &LOB_OR_TARGET, &TARGET_SYSTEM],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 429, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "A fixed-line account in Puerto Rico",
                target: "/PR/billingAccount/8211990010018869",
                headers: &[("channelId", "APP"), ("lob", "FIXED")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.by-id.fixed.autopay-enabled.json")),
            },
            RequestExample {
                title: "A prepaid account by its number",
                target: "/PR/billingAccount/31515070-31513558?type=billingAccountNumber&extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital",
                headers: &[("channelId", "APP"), ("lob", "PREPAID")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.by-id.prepaid.billing-account-number.json")),
            },
            RequestExample {
                title: "A postpaid account by the MSISDN of one of its lines",
                target: "/PR/billingAccount/17875550173?type=msisdn&extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital",
                headers: &[("channelId", "APP"), ("lob", "POSTPAID")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.by-id.postpaid.msisdn.json")),
            },
            RequestExample {
                title: "An account in Curaçao that an offer bars",
                target: "/CW/billingAccount/9002000001",
                headers: &[("channelId", "APP"), ("lob", "POSTPAID")],
                body: None,
                answer: None,
            },
            RequestExample {
                title: "What is due on a postpaid account",
                target: "/PR/billingAccount/123456-MA",
                headers: &[("channelId", "APP"), ("lob", "POSTPAID"), ("targetSystem", "aria")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.by-id.aria.json")),
            },
        ],
    };

    type Contract = Contract;
    type Answer = Box<BillingAccount>;

    fn not_implemented_example() -> ApiError {
        not_implemented(Verb::Get, &BusinessUnit::Tt, Some(APP))
    }

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let id = request.path(&ID)?;
        let query = request.query()?;
        let key = query.optional(&TYPE)?;
        query.optional(&SOURCE_NAME)?;
        query.optional(&SOURCE_VALUE)?;
        let headers = request.headers()?;
        let channel = headers.required(&CHANNEL_ID)?;
        let lob = headers.optional(&LOB_OR_TARGET)?;
        let target = headers.optional(&TARGET_SYSTEM)?;
        let asked = match (target, lob) {
            (Some(system), _) => Asked::System(system),
            (None, Some(lob)) => Asked::Lob(lob),
            (None, None) => return Err(LOB_OR_TARGET.missing()),
        };
        if unit == BusinessUnit::Pr && asked.is_for_mobile_account() {
            require_key(&query)?;
        }
        Ok((unit, Contract { id, channel, asked, key }))
    }

    async fn run(dxp: &DxpUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Box<BillingAccount>, ApiError> {
        require_app(Verb::Get, &unit, &contract.channel)?;
        let systems = dxp.systems_for(&unit, &contract);
        let not_implemented = || not_implemented(Verb::Get, &unit, Some(&contract.channel));
        first_to_know(systems, not_implemented, |system| dxp.account(context, &unit, &contract, system)).await
    }
}

impl Asked {
    /// Whether Puerto Rico's Salesforce is meant; only there a request says what its id is.
    fn is_for_mobile_account(&self) -> bool {
        matches!(self, Self::System(System::Salesforce) | Self::Lob(Lob::Prepaid | Lob::Postpaid))
    }
}

fn require_key(query: &Query<'_>) -> Result<(), ApiError> {
    query.required(&TYPE)?;
    query.required(&SOURCE_NAME)?;
    query.required(&SOURCE_VALUE)
}

impl DxpUx {
    /// The systems to ask; none where nothing is implemented.
    fn systems_for<'a>(&'a self, unit: &BusinessUnit, contract: &'a Contract) -> &'a [System] {
        match &contract.asked {
            Asked::System(system) if has_accounts_in(&self.routing, unit, *system) => std::slice::from_ref(system),
            Asked::System(_) => &[],
            Asked::Lob(lob) => self.routing.route(unit, lob).systems_for(&contract.id),
        }
    }

    async fn account(
        &self,
        context: &CallContext,
        unit: &BusinessUnit,
        contract: &Contract,
        system: System,
    ) -> Result<Box<BillingAccount>, ApiError> {
        let not_implemented = || not_implemented(Verb::Get, unit, Some(&contract.channel));
        let id = contract.id.as_str();
        match system {
            System::Amdocs => {
                let amdocs = self.amdocs.as_ref().ok_or_else(not_implemented)?;
                Ok(amdocs.dxp_by_id(context, unit, id, Utc::now()).await?)
            }
            System::Aria => {
                let aria = self.aria.as_ref().ok_or_else(not_implemented)?;
                // Who knows the account only by its number means the plan instance of that name.
                Ok(aria.dxp_balance(context, id, id, Utc::now().date_naive()).await?)
            }
            System::Csg => {
                let csg = self.csg.as_ref().ok_or_else(not_implemented)?;
                Ok(csg.by_id(context, id).await?)
            }
            System::Salesforce => {
                let salesforce = self.salesforce.as_ref().ok_or_else(not_implemented)?;
                let key = contract.key.ok_or_else(|| TYPE.missing())?;
                mobile_account(salesforce, context, id, key).await
            }
        }
    }
}

async fn mobile_account(salesforce: &SalesforceClient, context: &CallContext, id: &str, key: Key) -> Result<Box<BillingAccount>, ApiError> {
    match key {
        Key::BillingAccountNumber => {
            let number = Ban::new(id).map_err(|_| ID.refuse(id))?;
            Ok(salesforce.account_by_number(context, number).await?)
        }
        Key::Msisdn => {
            let msisdn = Msisdn::new(id).map_err(|error| invalid_msisdn().caused_by(error))?;
            salesforce.account_by_msisdn(context, msisdn).await.map_err(msisdn_failure)
        }
    }
}

/// The document has one error for a number that is none and for one that nobody has.
#[cold]
fn invalid_msisdn() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_msisdn", "SF:GET_BillingAccount_BY_ID", "MSISDN provided is not valid")
}

fn msisdn_failure(failure: BackendError) -> ApiError {
    match failure {
        BackendError::NotFound { .. } => invalid_msisdn().caused_by(failure),
        other => other.into(),
    }
}
