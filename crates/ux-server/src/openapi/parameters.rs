//! Parameters as the OpenAPI document says them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::slug;
use crate::channel::Channel;
use crate::operation::{Endpoint, RequestExample};
use crate::param::{AnyParam, Place, Shape};
use crate::view;

/// Every parameter of an operation except the credentials, which are its security scheme.
pub(super) fn of<C: Channel>(endpoint: &Endpoint<C>) -> Vec<Value> {
    let spec = &endpoint.spec;
    let own = spec.params.iter().copied();
    let common = view::params(endpoint.published.scope).iter().copied();
    let correlation: &dyn AnyParam = &C::CORRELATION_ID;
    own.chain(common).chain([correlation]).map(|param| parameter(param, spec.path, spec.examples)).collect()
}

fn parameter(param: &dyn AnyParam, template: &str, examples: &[RequestExample]) -> Value {
    let mut parameter = json!({
        "name": param.name(),
        "in": place(param.place()),
        "required": param.is_required(),
        "description": description(param),
        "schema": schema(param.shape()),
    });
    let sent: BTreeMap<String, Value> = examples
        .iter()
        .filter_map(|example| {
            let value = sent_value(param, template, example)?;
            Some((slug(example.title), json!({ "summary": example.title, "value": value })))
        })
        .collect();
    if sent.is_empty() {
        parameter["example"] = param.example().into();
    } else {
        parameter["examples"] = json!(sent);
    }
    parameter
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
    }
}

fn description(param: &dyn AnyParam) -> String {
    let mut text = param.description().to_owned();
    if let Some(alias) = param.alias() {
        text.push_str(&format!(" `{alias}` is the same header."));
    }
    if let Shape::Codes(codes) = param.shape() {
        for code in codes.iter().filter(|code| !code.documentation.is_empty()) {
            text.push_str(&format!("\n- `{}`: {}", code.value, code.documentation));
        }
    }
    text
}

fn schema(shape: Shape) -> Value {
    match shape {
        Shape::Codes(codes) => json!({ "type": "string", "enum": codes.iter().map(|code| code.value).collect::<Vec<_>>() }),
        Shape::Pattern(pattern) => json!({ "type": "string", "pattern": pattern }),
    }
}

/// What an example request sends as this parameter.
fn sent_value(param: &dyn AnyParam, template: &str, example: &RequestExample) -> Option<String> {
    let (path, query) = example.target.split_once('?').unwrap_or((example.target, ""));
    match param.place() {
        Place::Path => {
            let name = format!("{{{}}}", param.name());
            let (_, value) = template.split('/').zip(path.split('/')).find(|(part, _)| *part == name)?;
            Some(decoded(value))
        }
        Place::Query => {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == param.name()).map(|(_, value)| decoded(value))
        }
        Place::Header => {
            let mut headers = example.headers.iter();
            headers.find(|(name, _)| name.eq_ignore_ascii_case(param.name())).map(|(_, value)| (*value).to_owned())
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
