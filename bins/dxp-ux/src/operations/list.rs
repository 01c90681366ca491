//! `GET /{businessId}/billingAccount`: a person's fixed-line accounts, or those at a place, for a debt check.

use backends_csg::{CsgClient, TaxSearch};
use backends_http::CallContext;
use secrecy::{ExposeSecret as _, SecretString};
use tmf666_model::codes::{BusinessUnit, Lob};
use tmf666_model::{BillingAccount, Text};
use ux_server::tax_identifier::TaxIdentifier;
use ux_server::{ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, Code, LOB, Operation, OperationSpec, Param, Place, Request, RequestExample, Verb};

use super::{APP, CHANNEL_ID, not_implemented, require_app};
use crate::{DxpUx, System};

pub(crate) struct List;

pub(crate) struct Contract {
    channel: Text,
    lob: Lob,
    search: Search,
    with_balance: bool,
}

/// Whose accounts, or where.
enum Search {
    Location(Text),
    /// The person's tax identifier, as it was sent.
    Person(SecretString),
}

const LOCATION_ID: Param<Text> = Param::text(Place::Query, "locationId")
    .optional()
    .about("The place whose accounts are wanted, with or without leading zeros.", "00917000000385");

const IDENTITY_TYPE: Param<()> = Param::codes(
    Place::Query,
    "identityType",
    || vec![Code { value: "SSN", documentation: "Tax identifier (social security number)." }],
    |text| (text == "SSN").then_some(()),
)
.optional()
.about("Asks for a person's accounts instead, by the tax identifier in x-tax-identifier or identityNumber.", "SSN");

const IDENTITY_NUMBER: Param<SecretString> = tax_identifier(Place::Query, "identityNumber")
    .about("The tax identifier, encrypted as in x-tax-identifier, which comes first where both are sent.", "c2FtcGxlLXRheC1pZC0wMQ==");

const X_TAX_IDENTIFIER: Param<SecretString> =
    tax_identifier(Place::Header, "x-tax-identifier").about("The tax identifier, encrypted.", "c2FtcGxlLXRheC1pZC0wMQ==");

const fn tax_identifier(place: Place, name: &'static str) -> Param<SecretString> {
    Param::pattern(place, name, r"^[\x21-\x7E]{1,256}$", |text| {
        let fits = (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| SecretString::from(text))
    })
    .secret()
    .optional()
}

const BALANCE_CHECK: Param<bool> = Param::boolean(Place::Query, "balanceCheck").optional().about("false leaves the balances out.", "true");

const LOB_FIXED: Param<Lob> = LOB.optional().about("Line of business; FIXED if left out.", "FIXED");

impl Operation<DxpUx> for List {
    const SPEC: OperationSpec = OperationSpec {
        name: "listBillingAccount",
        method: Verb::Get,
        path: "/{businessId}/billingAccount",
        summary: "The fixed-line accounts of a person or at a place, with their balances",
        params: &[&BUSINESS_ID, &LOCATION_ID, &IDENTITY_TYPE, &IDENTITY_NUMBER, &BALANCE_CHECK, &X_TAX_IDENTIFIER, &CHANNEL_ID, &LOB_FIXED],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 429, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "The accounts of a person in Puerto Rico",
                target: "/PR/billingAccount?identityType=SSN&balanceCheck=true",
                headers: &[("channelId", "APP"), ("lob", "FIXED"), ("x-tax-identifier", "c2FtcGxlLXRheC1pZC0wMQ==")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.list.ssn.autopay-enabled.json")),
            },
            RequestExample {
                title: "The accounts at a place in Puerto Rico",
                target: "/PR/billingAccount?locationId=00917000000385",
                headers: &[("channelId", "APP"), ("lob", "FIXED")],
                body: None,
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.list.location-id.json")),
            },
        ],
    };

    type Contract = Contract;
    type Answer = Vec<BillingAccount>;

    fn not_implemented_example() -> ApiError {
        not_implemented(Verb::Get, &BusinessUnit::Tt, Some(APP))
    }

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let query = request.query()?;
        let location = query.optional(&LOCATION_ID)?;
        let by_person = query.optional(&IDENTITY_TYPE)?.is_some();
        let number = query.optional(&IDENTITY_NUMBER)?;
        let with_balance = query.optional(&BALANCE_CHECK)?.unwrap_or(true);
        require_one(location.is_some(), by_person)?;
        let headers = request.headers()?;
        let sent = headers.optional(&X_TAX_IDENTIFIER)?;
        let channel = headers.required(&CHANNEL_ID)?;
        let lob = headers.optional(&LOB_FIXED)?.unwrap_or(Lob::Fixed);
        let search = match location {
            Some(location) => Search::Location(location),
            None => Search::Person(sent.or(number).ok_or_else(|| X_TAX_IDENTIFIER.missing())?),
        };
        Ok((unit, Contract { channel, lob, search, with_balance }))
    }

    async fn run(dxp: &DxpUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Vec<BillingAccount>, ApiError> {
        require_app(Verb::Get, &unit, &contract.channel)?;
        match (dxp.routing.route(&unit, &contract.lob).all_systems(), &dxp.csg) {
            ([System::Csg], Some(csg)) => dxp.search(csg, context, &contract).await,
            _ => Err(not_implemented(Verb::Get, &unit, Some(&contract.channel))),
        }
    }
}

fn require_one(by_location: bool, by_person: bool) -> Result<(), ApiError> {
    match (by_location, by_person) {
        (true, true) => Err(ApiError::bad_request("Query parameters locationId and identityType exclude each other")),
        (false, false) => Err(ApiError::bad_request("Required query parameter locationId or identityType not specified")),
        _ => Ok(()),
    }
}

impl DxpUx {
    async fn search(&self, csg: &CsgClient, context: &CallContext, contract: &Contract) -> Result<Vec<BillingAccount>, ApiError> {
        let with_balance = contract.with_balance;
        match &contract.search {
            Search::Location(location) => Ok(csg.list_by_location(context, location, with_balance).await?),
            Search::Person(sent) => {
                let person = self
                    .tax_identifiers
                    .read(sent.expose_secret())
                    .map_err(|error| X_TAX_IDENTIFIER.refuse_expecting("an encrypted tax identifier").caused_by(error))?;
                let by = match &person {
                    TaxIdentifier::Token(token) => TaxSearch::Token(token.expose_secret()),
                    TaxIdentifier::Number(number) => TaxSearch::Ssn(number.expose_secret()),
                };
                Ok(csg.list_by_ssn(context, by, with_balance).await?)
            }
        }
    }
}
