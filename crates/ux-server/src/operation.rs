//! An operation as data plus two functions: a strict contract and the work itself.

use std::pin::Pin;

use backends_http::CallContext;
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use schemars::{Schema, SchemaGenerator};
use tmf666_model::codes::BusinessUnit;

use crate::audit::Change;
use crate::channel::Channel;
use crate::error::{ApiError, ErrorText};
use crate::layers::{self, Exchange};
use crate::on_heap::on_heap;
use crate::openapi;
use crate::param::AnyParam;
use crate::representation::{Representation, Scope};
use crate::request::Request;
use crate::view::{Counts, View};

/// The methods that operations have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Changes a part.
    Patch,
}

impl Verb {
    /// The method as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Patch => "PATCH",
        }
    }
}

/// What an operation is, as data: it is served, checked, printed and published from this.
#[derive(Clone, Copy)]
pub struct OperationSpec {
    /// Its name in permissions, quotas, metrics and as `operationId`. Unique in its channel.
    pub name: &'static str,
    /// GET or PATCH.
    pub method: Verb,
    /// Path template after the channel's base path, as in `/{businessId}/accounts`.
    pub path: &'static str,
    /// One line about it.
    pub summary: &'static str,
    /// Every parameter, in the documents' order, besides the three that every operation has.
    pub params: &'static [&'static dyn AnyParam],
    /// The 404 that it documents for an account the billing system does not know.
    pub account_unknown: ErrorText,
    /// Statuses that it documents besides 200.
    pub errors: &'static [u16],
    /// Requests that the sandbox answers.
    pub examples: &'static [RequestExample],
}

impl OperationSpec {
    /// The 501 of sfdc-ux and wfm-ux.
    #[cold]
    pub fn not_implemented_for(&self, unit: &BusinessUnit) -> ApiError {
        let resource = self.path.strip_prefix("/{businessId}").unwrap_or(self.path);
        ApiError::not_implemented(format!("Operation {} {resource} for Business Id: {unit} not implemented", self.method.as_str()))
    }
}

/// A documented request that works in the sandbox.
#[derive(Debug, Clone, Copy)]
pub struct RequestExample {
    /// What it shows.
    pub title: &'static str,
    /// Path after the base path, with its query.
    pub target: &'static str,
    /// Headers besides the credentials.
    pub headers: &'static [(&'static str, &'static str)],
    /// A JSON body.
    pub body: Option<&'static str>,
    /// The body of the answer, where the channel's document prints it.
    pub answer: Option<&'static str>,
}

/// What the OpenAPI document says about a request body.
#[derive(Clone, Copy)]
pub struct BodySpec {
    /// One line about it.
    pub description: &'static str,
    /// Its schema: what [`Operation::contract`] takes.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// One operation of channel `C`: implemented by an empty type, one file each.
pub trait Operation<C: Channel>: 'static {
    /// What it is.
    const SPEC: OperationSpec;

    /// The body that it reads; `None` for an operation that reads none.
    const BODY: Option<BodySpec> = None;

    /// The request, checked and typed.
    type Contract: Send;

    /// The body of its 200.
    type Answer: Representation;

    /// Reads path, query, headers and body, in this order, and nothing else: no call, no look at the configuration.
    ///
    /// The unit it returns is what the client's permissions are held against.
    ///
    /// # Errors
    /// 400 for the first thing that is wrong.
    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Self::Contract), ApiError>;

    /// An example of its 501.
    fn not_implemented_example() -> ApiError {
        Self::SPEC.not_implemented_for(&BusinessUnit::Tt)
    }

    /// What the request asks to have changed, which is written to the log with what became of it; `None` for a read.
    fn change(_contract: &Self::Contract) -> Option<Change<'_>> {
        None
    }

    /// Does the work for a client that may have it done.
    ///
    /// # Errors
    /// 501 where nothing is implemented for the unit and line of business; whatever the billing system fails with.
    fn run(
        channel: &C,
        context: &CallContext,
        unit: BusinessUnit,
        contract: Self::Contract,
    ) -> impl Future<Output = Result<Self::Answer, ApiError>> + Send;
}

pub(crate) type AnswerFuture<'a> = Pin<Box<dyn Future<Output = Result<Answer, ApiError>> + Send + 'a>>;

/// An operation of channel `C` without its own types, as the channel lists it.
pub struct Endpoint<C: Channel> {
    pub(crate) spec: OperationSpec,
    pub(crate) published: Published,
    pub(crate) perform: for<'a> fn(&'a Exchange<'a, C>) -> AnswerFuture<'a>,
}

/// What its types say about an operation.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    pub(crate) scope: Scope,
    pub(crate) answer: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) body: Option<BodySpec>,
    pub(crate) not_implemented: fn() -> ApiError,
}

impl<C: Channel> Endpoint<C> {
    /// The endpoint that serves `O`.
    pub fn of<O: Operation<C>>() -> Self {
        let published = Published {
            scope: scope_of::<C, O>(),
            answer: |generator| generator.subschema_for::<O::Answer>(),
            body: O::BODY,
            not_implemented: O::not_implemented_example,
        };
        Self { spec: O::SPEC, published, perform: |exchange| on_heap(|| layers::perform::<C, O>(exchange)) }
    }

    /// What the operation is.
    pub fn spec(&self) -> &OperationSpec {
        &self.spec
    }

    /// JSON Schema of the body that it reads, if it reads one.
    pub fn body_schema(&self) -> Option<Schema> {
        let body = self.published.body?;
        Some(openapi::root_schema(body.schema))
    }
}

/// Only what is read can be wanted in part.
fn scope_of<C: Channel, O: Operation<C>>() -> Scope {
    match O::SPEC.method {
        Verb::Get => O::Answer::SCOPE,
        Verb::Patch => Scope::Whole,
    }
}

/// A successful answer, written.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: HeaderValue,
    pub(crate) body: Bytes,
    pub(crate) counts: Option<Counts>,
}

impl Answer {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");

    /// 200 with as much of `representation` as the request wants.
    pub(crate) fn showing<R: Representation>(mut representation: R, view: &View) -> Result<Self, ApiError> {
        let total = view.page.map(|page| representation.cut(page));
        let counts = total.map(|total| Counts { total, result: representation.count() });
        if let Some(selection) = &view.selection {
            representation.select(selection);
        }
        Ok(Self { counts, ..Self::json(Bytes::from(representation.to_body()?)) })
    }

    /// 200 with JSON.
    pub(crate) fn json(body: Bytes) -> Self {
        Self::of_type(Self::JSON, body)
    }

    /// 200 with a body of another type.
    pub(crate) fn of_type(content_type: HeaderValue, body: Bytes) -> Self {
        Self { status: StatusCode::OK, content_type, body, counts: None }
    }
}
