//! A Postman collection (format 2.1) out of an OpenAPI document: one request per documented example.

use serde_json::{Value, json};

/// The collection of a channel. Its variables hold the sandbox's address and credentials.
pub(crate) fn collection(name: &str, openapi: &str) -> String {
    let document: Value = serde_json::from_str(openapi).expect("the document is JSON");
    let base = text(&document["servers"][0]["url"]);
    let mut folders = Vec::new();
    for (_, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            folders.push(folder(base, method, operation));
        }
    }
    let collection = json!({
        "info": {
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "variable": [
            { "key": "host", "value": format!("http://127.0.0.1:{}", sandbox_port(name)) },
            { "key": "client_id", "value": "demo" },
            { "key": "client_secret", "value": "demo-secret" },
        ],
        "item": folders,
    });
    serde_json::to_string_pretty(&collection).expect("the collection is JSON") + "\n"
}

fn folder(base: &str, method: &str, operation: &Value) -> Value {
    let requests = operation["x-requests"].as_array().into_iter().flatten();
    let items: Vec<_> = requests.map(|example| item(base, method, example)).collect();
    json!({ "name": operation["operationId"], "description": operation["summary"], "item": items })
}

fn item(base: &str, method: &str, example: &Value) -> Value {
    let credentials = ["client_id", "client_secret"].map(|name| json!({ "key": name, "value": format!("{{{{{name}}}}}") }));
    let own = members(&example["headers"]).map(|(name, value)| json!({ "key": name, "value": value }));
    let mut headers: Vec<Value> = credentials.into_iter().chain(own).collect();
    let mut request = json!({ "method": method.to_uppercase(), "url": url(base, text(&example["target"])) });
    if let Some(body) = example.get("body") {
        headers.push(json!({ "key": "Content-Type", "value": "application/json" }));
        let raw = serde_json::to_string_pretty(body).expect("the body is JSON");
        request["body"] = json!({ "mode": "raw", "raw": raw, "options": { "raw": { "language": "json" } } });
    }
    request["header"] = headers.into();
    json!({ "name": example["title"], "request": request })
}

fn url(base: &str, target: &str) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path: Vec<_> = base.split('/').chain(path.split('/')).filter(|part| !part.is_empty()).collect();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let query: Vec<_> = pairs.map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let mut url = json!({ "raw": format!("{{{{host}}}}{base}{target}"), "host": ["{{host}}"], "path": path });
    if !query.is_empty() {
        url["query"] = query.into();
    }
    url
}

fn sandbox_port(channel: &str) -> u16 {
    use ux_server::Channel;
    let ports = [
        (bot_ux::BotUx::NAME, bot_ux::BotUx::SANDBOX_PORT),
        (sfdc_ux::SfdcUx::NAME, sfdc_ux::SfdcUx::SANDBOX_PORT),
        (dxp_ux::DxpUx::NAME, dxp_ux::DxpUx::SANDBOX_PORT),
        (wfm_ux::WfmUx::NAME, wfm_ux::WfmUx::SANDBOX_PORT),
    ];
    ports.into_iter().find(|(name, _)| *name == channel).map_or(0, |(_, port)| port)
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
