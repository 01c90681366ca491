//! Answers as the OpenAPI document says them: the examples of errors are what the code that answers writes.

use backends_http::{BackendError, Origin, Outage};
use http::{Method, StatusCode};
use schemars::SchemaGenerator;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Object, content, raw};
use crate::channel::Channel;
use crate::error::{ApiError, ErrorBody};
use crate::operation::Endpoint;
use crate::param::{AnyParam as _, BUSINESS_ID};
use crate::quota;
use crate::representation::Scope;
use crate::routing::SystemId as _;
use crate::view::Counts;

/// Answers that never depend on the operation.
const SHARED: [u16; 9] = [401, 403, 408, 413, 414, 429, 431, 500, 503];
/// What any request may be answered, whatever the documents list: the transport's limits and a client's quota.
const ALWAYS: [u16; 5] = [408, 413, 414, 429, 431];
/// What is answered before it is known whose quota the request is.
const BEFORE_QUOTA: [u16; 5] = [401, 408, 413, 414, 431];
const RATE_LIMIT: [&str; 2] = [quota::HEADERS[0].0, quota::HEADERS[1].0];

type Answers = Object<Box<RawValue>>;

/// `responses` of an operation.
pub(super) fn of<C: Channel>(endpoint: &Endpoint<C>, generator: &mut SchemaGenerator) -> Answers {
    let spec = &endpoint.spec;
    let mut statuses = [spec.errors, &ALWAYS].concat();
    statuses.sort_unstable();
    statuses.dedup();
    let mut answers = Object::new().with("200", &success(endpoint, generator));
    for status in statuses {
        let name = status.to_string();
        answers = if SHARED.contains(&status) {
            answers.with(name.clone(), &json!({ "$ref": format!("#/components/responses/{name}") }))
        } else {
            answers.with(name, &failure::<C>(status, Some(endpoint), generator))
        };
    }
    answers
}

fn success<C: Channel>(endpoint: &Endpoint<C>, generator: &mut SchemaGenerator) -> Answers {
    let mut names = vec!["X-Correlation-ID"];
    names.extend(RATE_LIMIT);
    if endpoint.published.scope == Scope::List {
        names.extend(Counts::HEADERS.iter().map(|(name, _)| *name));
    }
    let schema = (endpoint.published.answer)(generator);
    let examples = endpoint.spec.examples.iter().filter_map(|example| Some((example.title, raw(example.answer?))));
    Object::new()
        .with("description", &endpoint.spec.summary)
        .with("headers", &references(&names))
        .with("content", &content(&schema, examples))
}

/// `components.responses`.
pub(super) fn shared<C: Channel>(generator: &mut SchemaGenerator) -> Answers {
    SHARED.iter().fold(Object::new(), |all, status| all.with(status.to_string(), &failure::<C>(*status, None, generator)))
}

fn failure<C: Channel>(status: u16, endpoint: Option<&Endpoint<C>>, generator: &mut SchemaGenerator) -> Answers {
    let mut names = vec!["X-Correlation-ID"];
    names.extend(match status {
        405 => Some("Allow"),
        429 | 503 => Some("Retry-After"),
        _ => None,
    });
    if !BEFORE_QUOTA.contains(&status) {
        names.extend(RATE_LIMIT);
    }
    let schema = generator.subschema_for::<ErrorBody<'static>>();
    let examples = examples::<C>(status, endpoint);
    let examples = examples.iter().map(|(title, error)| {
        let body = error.body(C::CORRELATION_ID.example());
        (*title, serde_json::from_slice(&body).expect("an error body is JSON"))
    });
    Object::new().with("description", meaning(status)).with("headers", &references(&names)).with("content", &content(&schema, examples))
}

/// When a status is answered.
fn meaning(status: u16) -> &'static str {
    match status {
        400 => "A path value, a query parameter, a header or the body is not what the operation takes.",
        401 => "The credentials are missing or wrong; which of them is not told.",
        403 => "The client may not use this operation for this business unit.",
        404 => "The billing system knows no such account.",
        405 => "The path has no such method.",
        408 => "The request was not received in time.",
        413 => "The body is too large.",
        414 => "The URI is too long.",
        429 => "The client has used up its quota.",
        431 => "The headers are too large.",
        500 => "A fault of ours, or an answer of the billing system that makes no sense; the description is the correlation id.",
        501 => "Nothing is implemented for this business unit, line of business or channel.",
        503 => "The billing system is down, too slow, or takes no more requests.",
        _ => "The request failed.",
    }
}

fn examples<C: Channel>(status: u16, endpoint: Option<&Endpoint<C>>) -> Vec<(&'static str, ApiError)> {
    let spec = endpoint.map(|endpoint| &endpoint.spec);
    match (status, spec, endpoint) {
        (400, ..) => vec![("A value outside its enumeration", BUSINESS_ID.refuse("OO"))],
        (401, ..) => vec![("Credentials", ApiError::unauthenticated())],
        (403, ..) => vec![("Not allowed", ApiError::forbidden())],
        (404, Some(spec), _) => vec![("Unknown account", ApiError::account_unknown(&spec.account_unknown))],
        (405, Some(spec), _) => vec![("Method", ApiError::method_not_allowed(&Method::POST, spec.path, spec.method.as_str()))],
        (429, ..) => vec![("Quota", ApiError::over_quota(std::time::Duration::from_secs(1)))],
        (500, ..) => vec![("Internal error", ApiError::internal("an example"))],
        (501, _, Some(endpoint)) => vec![("Not implemented", (endpoint.published.not_implemented)())],
        (503, ..) => unavailable::<C>(),
        (408 | 413 | 414 | 431, ..) => {
            let status = StatusCode::from_u16(status).expect("one of four statuses");
            vec![("Transport limit", ApiError::transport(status))]
        }
        _ => Vec::new(),
    }
}

fn unavailable<C: Channel>() -> Vec<(&'static str, ApiError)> {
    let mut examples = vec![("Too slow", ApiError::timed_out())];
    if C::System::ALL.iter().any(|system| system.name() == "csg") {
        let origin = Origin { system: "csg", operation: "getBalanceEnquiry", method: "POST" };
        let failure = BackendError::Unavailable { origin, outage: Outage::ConnectFailed, retry_after: None, cause: None };
        examples.insert(0, ("Billing system down", failure.into()));
    }
    examples
}

/// `components.headers`.
pub(super) fn headers<C: Channel>() -> Answers {
    let header =
        |description: &str, schema: Value, required: bool| json!({ "description": description, "required": required, "schema": schema });
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "integer", "minimum": 0 });
    let correlation = "The request's correlation id: the caller's own, or the one that was made. Log lines carry it.";
    let mut headers = Object::new()
        .with("X-Correlation-ID", &header(correlation, text(), true))
        .with("Allow", &header("The methods that the path has.", text(), true))
        .with("Retry-After", &header("Seconds after which to try again.", number(), true));
    for (name, description) in quota::HEADERS {
        headers = headers.with(name, &header(description, text(), false));
    }
    let has_lists = C::operations().iter().any(|endpoint| endpoint.published.scope == Scope::List);
    for (name, description) in Counts::HEADERS.into_iter().filter(|_| has_lists) {
        headers = headers.with(name, &header(description, number(), false));
    }
    headers
}

fn references(names: &[&str]) -> Answers {
    names.iter().fold(Object::new(), |all, name| all.with(*name, &json!({ "$ref": format!("#/components/headers/{name}") })))
}
