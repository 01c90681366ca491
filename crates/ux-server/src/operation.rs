//! An operation as data plus two functions: a strict contract and the work itself.

use std::pin::Pin;

use backends_http::CallContext;
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use tmf666_model::codes::BusinessUnit;

use crate::audit::Change;
use crate::channel::Channel;
use crate::error::{ApiError, ErrorText};
use crate::layers::{self, Exchange};
use crate::param::AnyParam;
use crate::request::Request;

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
}

/// One operation of channel `C`: implemented by an empty type, one file each.
pub trait Operation<C: Channel>: 'static {
    /// What it is.
    const SPEC: OperationSpec;

    /// The request, checked and typed.
    type Contract: Send;

    /// Reads path, query, headers and body, in this order, and nothing else: no call, no look at the configuration.
    ///
    /// The unit it returns is what the client's permissions are held against.
    ///
    /// # Errors
    /// 400 for the first thing that is wrong.
    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Self::Contract), ApiError>;

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
    ) -> impl Future<Output = Result<Answer, ApiError>> + Send;
}

pub(crate) type AnswerFuture<'a> = Pin<Box<dyn Future<Output = Result<Answer, ApiError>> + Send + 'a>>;

/// An operation of channel `C` without its own types, as the channel lists it.
pub struct Endpoint<C: Channel> {
    pub(crate) spec: OperationSpec,
    pub(crate) perform: for<'a> fn(&'a Exchange<'a, C>) -> AnswerFuture<'a>,
}

impl<C: Channel> Endpoint<C> {
    /// The endpoint that serves `O`.
    pub fn of<O: Operation<C>>() -> Self {
        Self { spec: O::SPEC, perform: |exchange| Box::pin(layers::perform::<C, O>(exchange)) }
    }

    /// What the operation is.
    pub fn spec(&self) -> &OperationSpec {
        &self.spec
    }
}

/// A successful answer: JSON, written once.
#[derive(Debug)]
pub struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// Most answers are about three kilobytes; a buffer of this size is seldom enlarged.
const USUAL_SIZE: usize = 4096;

impl Answer {
    /// 200 with `value` as its body.
    ///
    /// # Errors
    /// 500 if the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, ApiError> {
        let mut body = Vec::with_capacity(USUAL_SIZE);
        serde_json::to_writer(&mut body, value).map_err(ApiError::internal)?;
        Ok(Self { status: StatusCode::OK, body: Bytes::from(body) })
    }
}
