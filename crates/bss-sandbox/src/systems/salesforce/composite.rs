//! Composite requests: several requests in one, of which later ones refer to the outcomes of earlier ones.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::failure::Failure;
use super::rest::{Ask, Books, Done};
use super::schema::CHANGE_REQUEST;
use super::store::Transaction;

const MOST_PARTS: usize = 25;

#[derive(Deserialize)]
struct Composite {
    #[serde(rename = "allOrNone", default)]
    all_or_none: bool,
    #[serde(rename = "compositeRequest")]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    method: String,
    url: String,
    #[serde(rename = "referenceId")]
    reference_id: String,
    #[serde(default)]
    body: Json,
}

/// Whether every part only reads.
pub(super) fn only_reads(body: &[u8]) -> bool {
    serde_json::from_slice::<Composite>(body).is_ok_and(|composite| composite.parts.iter().all(|part| part.method == "GET"))
}

/// Carries the parts out, one after the other.
pub(super) fn perform(books: &mut Books, version: &str, body: &[u8], transaction: &mut Transaction) -> Result<String, Failure> {
    let composite = read(body)?;
    let mut outcomes: Vec<Result<Done, Failure>> = Vec::with_capacity(composite.parts.len());
    let mut bodies = BTreeMap::new();
    for part in &composite.parts {
        let outcome = carry_out(books, version, part, &bodies, transaction);
        let failed = !outcome.as_ref().is_ok_and(|done| done.status.is_success());
        if let Ok(done) = &outcome {
            bodies.insert(part.reference_id.as_str(), serde_json::from_str(&done.body).unwrap_or(Json::Null));
        }
        outcomes.push(outcome);
        if failed && composite.all_or_none {
            break;
        }
    }
    let failed = composite.all_or_none.then(|| outcomes.iter().position(|outcome| !outcome.as_ref().is_ok_and(|d| d.status.is_success())));
    if let Some(Some(failed)) = failed {
        books.store.roll_back(std::mem::take(transaction));
        let halted = || Err(Failure::halted("The transaction was rolled back since another operation in the same transaction failed."));
        outcomes.resize_with(composite.parts.len(), halted);
        for (_, outcome) in outcomes.iter_mut().enumerate().filter(|(at, _)| *at != failed) {
            *outcome = halted();
        }
    }
    Ok(answer(composite.parts.iter().zip(&outcomes).map(|(part, outcome)| (part.reference_id.as_str(), outcome))))
}

/// The answer when one part fails as a fault asks for.
pub(super) fn failed(body: &[u8], failure: &Failure) -> Option<String> {
    let composite = read(body).ok()?;
    let failure = if failure.code == "MULTIPLE_CHOICES" {
        let urls = ["1", "2"].map(|id| format!("/services/data/v62.0/sobjects/{CHANGE_REQUEST}/{id}"));
        Ok(Done { status: StatusCode::MULTIPLE_CHOICES, body: json!(urls).to_string(), location: None })
    } else {
        Err(failure.clone())
    };
    let halted = Err(Failure::halted("The transaction was rolled back since another operation in the same transaction failed."));
    let last = composite.parts.len().checked_sub(1)?;
    let outcome = |at| if at == last { &failure } else { &halted };
    Some(answer(composite.parts.iter().enumerate().map(|(at, part)| (part.reference_id.as_str(), outcome(at)))))
}

fn read(body: &[u8]) -> Result<Composite, Failure> {
    let composite: Composite = serde_json::from_slice(body).map_err(|_| Failure::not_json())?;
    let mut references: Vec<&str> = composite.parts.iter().map(|part| part.reference_id.as_str()).collect();
    references.sort_unstable();
    references.dedup();
    if composite.parts.is_empty() || composite.parts.len() > MOST_PARTS {
        return Err(Failure::bad_composite("a composite request has 1 to 25 parts"));
    }
    if references.len() < composite.parts.len() {
        return Err(Failure::bad_composite("the parts' referenceIds are not unique"));
    }
    Ok(composite)
}

fn carry_out(
    books: &mut Books,
    version: &str,
    part: &Part,
    bodies: &BTreeMap<&str, Json>,
    transaction: &mut Transaction,
) -> Result<Done, Failure> {
    let url = resolved(&part.url, bodies)?;
    let body = resolved_body(&part.body, bodies)?;
    let path = url.strip_prefix("/services/data/").ok_or_else(Failure::not_found)?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments: Vec<Cow<'_, str>> =
        path.trim_end_matches('/').split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    let [own_version, path @ ..] = &segments[..] else { return Err(Failure::not_found()) };
    if *own_version != version {
        return Err(Failure::bad_composite("the parts have the version of the whole"));
    }
    let method = Method::from_bytes(part.method.as_bytes()).map_err(|_| Failure::method())?;
    books.perform(&Ask { method: &method, version, path, query, body, batch: super::rest::PAGE }, transaction)
}

/// Puts the values of earlier outcomes in the place of `@{reference.path}`.
fn resolved(text: &str, bodies: &BTreeMap<&str, Json>) -> Result<String, Failure> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let (reference, after) = after.split_once('}').ok_or_else(|| Failure::halted("a reference has no end"))?;
        out.push_str(before);
        out.push_str(&value_of(reference, bodies)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn resolved_body(body: &Json, bodies: &BTreeMap<&str, Json>) -> Result<Json, Failure> {
    Ok(match body {
        Json::String(text) => Json::from(resolved(text, bodies)?),
        Json::Object(members) => {
            let resolve = |(name, value): (&String, &Json)| Ok((name.clone(), resolved_body(value, bodies)?));
            Json::Object(members.iter().map(resolve).collect::<Result<_, Failure>>()?)
        }
        other => other.clone(),
    })
}

/// `account.id` or `line.records[0].ParentId`
fn value_of(reference: &str, bodies: &BTreeMap<&str, Json>) -> Result<String, Failure> {
    let (name, path) = reference.split_once('.').unwrap_or((reference, ""));
    let mut value = bodies.get(name);
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let (member, index) = step.split_once('[').unwrap_or((step, ""));
        value = value.and_then(|value| value.get(member));
        if let Some(index) = index.strip_suffix(']') {
            value = index.parse::<usize>().ok().and_then(|index| value?.get(index));
        }
    }
    match value {
        Some(Json::String(text)) => Ok(text.clone()),
        Some(Json::Number(number)) => Ok(number.to_string()),
        Some(Json::Bool(flag)) => Ok(flag.to_string()),
        _ => Err(Failure::halted(format!("Invalid reference specified. No value for {reference} found in {name}"))),
    }
}

fn answer<'p>(outcomes: impl Iterator<Item = (&'p str, &'p Result<Done, Failure>)>) -> String {
    let parts: Vec<String> = outcomes
        .map(|(reference, outcome)| {
            let (status, body, location) = match outcome {
                Ok(done) => (done.status, done.body.clone(), done.location.clone()),
                Err(failure) => (failure.status, failure.json(), None),
            };
            let headers = location.map_or_else(|| json!({}), |location| json!({ "Location": location }));
            let body = if body.is_empty() { "null" } else { &body };
            let reference = json!(reference);
            format!(r#"{{"body":{body},"httpHeaders":{headers},"httpStatusCode":{},"referenceId":{reference}}}"#, status.as_u16())
        })
        .collect();
    format!(r#"{{"compositeResponse":[{}]}}"#, parts.join(","))
}
