//! `PATCH /{businessId}/billingAccount/{id}`: one change of an account, told by what the body holds.
//!
//! The correlation id is the key of the change: a repeated request with the same one is the same change. "Received" is
//! answered only after the billing system took it; where that is not known the answer is 503, and the caller may repeat.

mod autopay;
mod contact;
mod fixed_bill;
mod members;
mod mobile_bill;
mod parties;
mod schema;

use backends_csg::CsgClient;
use backends_http::CallContext;
use backends_salesforce::{Ban, SalesforceClient};
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use tmf666_model::codes::{BusinessUnit, Lob};
use tmf666_model::{BillPresentationMedia, BillStructure, BillingAccount, Text};
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, BodySpec, Change, Json, JsonBody, Object, OnlyOne, Operation, OperationSpec, Param, Request,
    RequestExample, Verb,
};

use super::{APP, CHANNEL_ID, ID, not_implemented, require_app};
use crate::{DxpUx, System};

pub(crate) struct Patch;

pub(crate) struct Contract {
    id: Text,
    channel: Option<Text>,
    wanted: Wanted,
}

/// The change that a body asks for.
enum Wanted {
    Autopay(autopay::Autopay),
    Contact(contact::Contact),
    MobileBill(mobile_bill::MobileBill),
    FixedBill(fixed_bill::FixedBill),
}

/// PATCH's document lists no channel.
const CHANNEL: Param<Text> = CHANNEL_ID.optional();

impl Operation<DxpUx> for Patch {
    const SPEC: OperationSpec = OperationSpec {
        name: "updateBillingAccount",
        method: Verb::Patch,
        path: "/{businessId}/billingAccount/{id}",
        summary: "Changes automatic payment, the billing address or e-mail address, or how the bill is delivered",
        params: &[&BUSINESS_ID, &ID, &CHANNEL],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 429, 500, 501, 503],
        examples: &[
            RequestExample {
                title: "Automatic payment by a card on file",
                target: "/PR/billingAccount/31516278-31514752",
                headers: &[("X-Correlation-ID", "644e1dd7-2a7f-18fb-b8ed-ed78c3f92001")],
                body: Some(
                    r#"{"defaultPaymentMethod":{"@referredType":"Autopay","id":"PM-a6Idq00000005FpEAI"},"extendedCharacteristic":[{"value":"Digital","name":"sourceSystem"},{"value":"true","name":"restrictOrder"},{"value":"9","name":"autopayConsentTextVersion"}],"relatedParty":[{"id":"17875550171","@type":"msisdn"}]}"#,
                ),
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.patch.autopay.response.json")),
            },
            RequestExample {
                title: "Another billing address and e-mail address",
                target: "/PR/billingAccount/21519514-21517998",
                headers: &[("X-Correlation-ID", "644e1dd7-2a7f-18fb-b8ed-ed78c3f92002")],
                body: Some(
                    r#"{"relatedParty":[{"id":"17875550170","@type":"msisdn"},{"@type":"channel","name":"Digital"}],"contact":[{"contactMedium":[{"characteristic":{"emailAddress":"new.address@example.com","street1":"123 Calle Juan Pablo Duarte","stateOrProvince":"PR","postCode":"0907","country":"US","city":"San Juan"},"@referredType":"billingAccount"}]}]}"#,
                ),
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.patch.billing-address.response.json")),
            },
            RequestExample {
                title: "The bill of a mobile account on paper again",
                target: "/PR/billingAccount/21519514-21517998",
                headers: &[("X-Correlation-ID", "644e1dd7-2a7f-18fb-b8ed-ed78c3f92003")],
                body: Some(
                    r#"{"relatedParty":[{"id":"17875550170","@type":"msisdn"},{"@type":"channel","name":"Digital"}],"billStructure":{"presentationMedia":[{"@type":"non-eBill"}]}}"#,
                ),
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.patch.ebill.response.json")),
            },
            RequestExample {
                title: "The bill of a fixed-line account by e-mail",
                target: "/PR/billingAccount/8211990010042315",
                headers: &[("X-Correlation-ID", "644e1dd7-2a7f-18fb-b8ed-ed78c3f92004")],
                body: Some(r#"{"billStructure":{"presentationMedia":[{"name":"email"}]}}"#),
                answer: Some(include_str!("../../../../tests/fixtures/documents/dxp-ux.patch.ebill.fixed.response.json")),
            },
        ],
    };

    const BODY: Option<BodySpec> = Some(BodySpec {
        description: "One change, told by what the body holds: defaultPaymentMethod (automatic payment), contact (billing address or \
            e-mail address), or billStructure with a medium that has a @type (mobile) or a name (fixed line). Other members are ignored.",
        schema: schema::body,
    });

    type Contract = Contract;
    type Answer = Json<Changed>;

    fn not_implemented_example() -> ApiError {
        not_implemented(Verb::Patch, &BusinessUnit::Tt, Some(APP))
    }

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let id = request.path(&ID)?;
        let channel = request.headers()?.optional(&CHANNEL)?;
        let wanted = Wanted::read(&request.json_body()?)?;
        Ok((unit, Contract { id, channel, wanted }))
    }

    fn change(contract: &Contract) -> Option<Change<'_>> {
        let what = match contract.wanted {
            Wanted::Autopay(_) => "autopay",
            Wanted::Contact(_) => "contact",
            Wanted::MobileBill(_) | Wanted::FixedBill(_) => "bill_delivery",
        };
        Some(Change { what, account: &contract.id })
    }

    async fn run(dxp: &DxpUx, context: &CallContext, unit: BusinessUnit, contract: Contract) -> Result<Json<Changed>, ApiError> {
        let Contract { id, channel, wanted } = contract;
        if let Some(channel) = &channel {
            require_app(Verb::Patch, &unit, channel)?;
        }
        let (csg, salesforce) = (dxp.fixed_line(&unit), dxp.mobile(&unit));
        match (wanted, csg, salesforce) {
            (Wanted::FixedBill(wanted), Some(csg), _) => fixed_bill(csg, context, id, &wanted).await,
            (Wanted::Autopay(wanted), _, Some(salesforce)) => {
                mobile(salesforce, context, &id, &wanted.change(), "Autopay change request received").await
            }
            (Wanted::Contact(wanted), _, Some(salesforce)) => {
                mobile(salesforce, context, &id, &wanted.change(), "Email or Address change request received").await
            }
            (Wanted::MobileBill(wanted), _, Some(salesforce)) => {
                mobile(salesforce, context, &id, &wanted.change(), "Request to update the Ebill Flag received").await
            }
            _ => Err(not_implemented(Verb::Patch, &unit, channel.as_deref())),
        }
    }
}

impl DxpUx {
    fn fixed_line(&self, unit: &BusinessUnit) -> Option<&CsgClient> {
        self.csg.as_ref().filter(|_| self.routing.route(unit, &Lob::Fixed).mentions(System::Csg))
    }

    fn mobile(&self, unit: &BusinessUnit) -> Option<&SalesforceClient> {
        let answers = |lob| self.routing.route(unit, &lob).mentions(System::Salesforce);
        self.salesforce.as_ref().filter(|_| answers(Lob::Postpaid) || answers(Lob::Prepaid))
    }
}

async fn fixed_bill(csg: &CsgClient, context: &CallContext, id: Text, wanted: &fixed_bill::FixedBill) -> Result<Json<Changed>, ApiError> {
    csg.set_bill_media(context, &id, wanted.media()).await.map_err(ApiError::of_change)?;
    let medium = BillPresentationMedia { name: Some(wanted.name()), ..BillPresentationMedia::default() };
    Ok(Json(Changed::Account(Box::new(BillingAccount {
        id: Some(id),
        state: Some(Text::fixed("acknowledged")),
        bill_structure: Some(BillStructure { presentation_media: vec![medium], ..BillStructure::default() }),
        ..BillingAccount::default()
    }))))
}

/// What callers are answered.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Changed {
    /// Of a fixed-line account: what changed.
    Account(Box<BillingAccount>),
    /// Of a mobile account: that the change was received.
    Received(Received),
}

/// A mobile account's change was received by the billing system.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Received {
    /// Always 200.
    status: u16,
    /// What was received.
    description: &'static str,
}

async fn mobile(
    salesforce: &SalesforceClient,
    context: &CallContext,
    id: &str,
    change: &impl backends_salesforce::changes::Change,
    description: &'static str,
) -> Result<Json<Changed>, ApiError> {
    let number = Ban::new(id).map_err(|_| ID.refuse(id))?;
    salesforce.change(context, number, change).await.map_err(ApiError::of_change)?;
    Ok(Json(Changed::Received(Received { status: 200, description })))
}

/// Which families a body may belong to, before anything in it is read strictly.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Families {
    default_payment_method: Option<IgnoredAny>,
    contact: Option<IgnoredAny>,
    bill_structure: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bill {
    bill_structure: Object<BillMedia>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BillMedia {
    presentation_media: OnlyOne<Object<Medium>>,
}

#[derive(Deserialize)]
struct Medium {
    #[serde(rename = "@type")]
    kind: Option<IgnoredAny>,
    name: Option<IgnoredAny>,
}

impl Wanted {
    /// Reads the body as the one family that its members tell.
    fn read(body: &JsonBody<'_>) -> Result<Self, ApiError> {
        let families: Families = body.read()?;
        match families {
            Families { default_payment_method: Some(_), contact: None, bill_structure: None } => {
                autopay::Autopay::read(body).map(Self::Autopay)
            }
            Families { default_payment_method: None, contact: Some(_), bill_structure: None } => {
                contact::Contact::read(body).map(Self::Contact)
            }
            Families { default_payment_method: None, contact: None, bill_structure: Some(_) } => Self::read_bill(body),
            _ => Err(JsonBody::refuse("$", "one of defaultPaymentMethod, contact and billStructure")),
        }
    }

    /// A mobile account's bill has a `@type`, a fixed-line account's a `name`.
    fn read_bill(body: &JsonBody<'_>) -> Result<Self, ApiError> {
        let Bill { bill_structure: Object(BillMedia { presentation_media: OnlyOne(Object(medium)) }) } = body.read()?;
        match (medium.kind, medium.name) {
            (Some(_), None) => mobile_bill::MobileBill::read(body).map(Self::MobileBill),
            (None, Some(_)) => fixed_bill::FixedBill::read(body).map(Self::FixedBill),
            _ => Err(JsonBody::refuse("$.billStructure.presentationMedia[0]", "one of @type (mobile) and name (fixed line)")),
        }
    }
}

#[cfg(test)]
mod tests;
