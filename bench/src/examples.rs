//! The requests that the channels publish as examples, and the configuration of a channel that answers them.

use contract_tests::{DEMO_SECRET_HASH, Published, Sandbox};
use serde_json::Value;

/// One request, as it is sent.
pub(crate) struct Example {
    /// Channel, operation and title.
    pub(crate) name: String,
    pub(crate) request: Vec<u8>,
}

/// Every example of every operation of the channel.
pub(crate) fn of(channel: &str) -> Vec<Example> {
    let published = Published::of(channel);
    let mut all = Vec::new();
    for (_, method, operation) in published.operations() {
        for example in operation["x-requests"].as_array().into_iter().flatten() {
            let name = format!("{channel} {}: {}", text(&operation["operationId"]), text(&example["title"]));
            all.push(Example { name, request: request(published.base(), method, example) });
        }
    }
    all
}

/// A file for the channel: one worker on this port, and the systems of the sandbox.
pub(crate) fn config(channel: &str, sandbox: &Sandbox, port: u16) -> String {
    let server = format!("[server]\nlisten = '127.0.0.1:{port}'\npublic_base_url = 'https://esb.example.com'\nworkers = 1\n");
    let client = format!("[[clients]]\nid = 'demo'\nsecrets = ['{DEMO_SECRET_HASH}']\n");
    server + &client + &sandbox.sections(channel, "")
}

/// A correlation id would make a repeated change a replay of the first.
fn request(base: &str, method: &str, example: &Value) -> Vec<u8> {
    let mut request = format!("{} {base}{} HTTP/1.1\r\nHost: 127.0.0.1\r\n", method.to_uppercase(), text(&example["target"]));
    let headers = example["headers"].as_object().into_iter().flatten();
    for (name, value) in headers.filter(|(name, _)| !name.eq_ignore_ascii_case("x-correlation-id")) {
        request.push_str(&format!("{name}: {}\r\n", text(value)));
    }
    for (name, value) in [("client_id", "demo"), ("client_secret", "demo-secret")] {
        if example["headers"].get(name).is_none() {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    match example.get("body").map(Value::to_string) {
        Some(body) => request.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())),
        None => request.push_str("\r\n"),
    }
    request.into_bytes()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
