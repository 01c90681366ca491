//! What is put through the matrix: every request that the channels publish, one for each set of native calls it makes.

use std::collections::{BTreeMap, BTreeSet};

use contract_tests::{Metrics, Published, Request, Sandbox, Server, label};
use jsonschema::Validator;
use serde_json::Value;

pub(crate) const CHANNELS: [&str; 4] = ["bot-ux", "sfdc-ux", "dxp-ux", "wfm-ux"];

/// Short, because three faults in each column last as long as they are allowed to, and long enough for a busy machine.
/// Without the circuit breaker: one answer more or less would depend on it, and it has tests of its own.
const HTTP: &str = "timeout_ms = 1000\nretries = 1\nretry_backoff_ms = 1\nretry_budget_percent = 100\nbreaker_failure_percent = 0\n";

/// A native operation of a system.
pub(crate) type NativeCall = (String, String);

/// The operation that fetches a token. A process does that once and keeps it, so only a new process meets a fault there.
const TOKEN: &str = "token";

/// A published request, with what it is answered and whom that takes.
pub(crate) struct Case {
    pub(crate) channel: &'static str,
    pub(crate) operation: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    /// What it is answered when nothing goes wrong.
    pub(crate) usual: String,
    /// The native calls that it makes then, and how they end.
    pub(crate) calls: BTreeMap<NativeCall, String>,
    /// The call for a token that a new process makes before them; for the first read and the first change that need it.
    pub(crate) token: Option<NativeCall>,
    /// The check of every documented answer.
    pub(crate) documented: BTreeMap<u16, Validator>,
}

impl Case {
    pub(crate) fn request(&self, server: &Server, id: &str) -> Request {
        let request = server.request(&self.method, &self.target).header("X-Correlation-ID", id);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        match &self.body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    pub(crate) fn is_change(&self) -> bool {
        self.method == "PATCH"
    }

    /// Every call that is to meet a fault.
    pub(crate) fn struck(&self) -> impl Iterator<Item = &NativeCall> {
        self.calls.keys().chain(&self.token)
    }

    /// How a call ends when nothing goes wrong.
    pub(crate) fn usually(&self, call: &NativeCall) -> &str {
        self.calls.get(call).map_or("ok", String::as_str)
    }

    pub(crate) fn systems(&self) -> BTreeSet<&str> {
        self.calls.keys().map(|(system, _)| system.as_str()).collect()
    }
}

pub(crate) fn start(channel: &str, sandbox: &Sandbox) -> Server {
    Server::start_configured(channel, &format!("[admin]\nlisten = '127.0.0.1:0'\n{}", sandbox.sections(channel, HTTP)))
}

/// Every distinct case of a channel.
pub(crate) fn of_channel(channel: &'static str, sandbox: &Sandbox) -> Vec<Case> {
    let published = Published::of(channel);
    let server = start(channel, sandbox);
    let mut known = BTreeSet::new();
    let mut cases = Vec::new();
    for (template, method, operation) in published.operations() {
        for (number, example) in operation["x-requests"].as_array().unwrap().iter().enumerate() {
            let mut case = read(channel, method, operation, &published, template, example);
            learn(&mut case, &server, &format!("learning-{channel}-{method}-{number}"));
            if known.insert((case.operation.clone(), case.calls.clone())) {
                cases.push(case);
            }
        }
    }
    for token in native_calls(&server.metrics()).into_keys().filter(is_for_token) {
        for is_change in [false, true] {
            let mut needing = cases.iter_mut().filter(|case| case.is_change() == is_change && case.systems().contains(&*token.0));
            if let Some(case) = needing.next() {
                case.token = Some(token.clone());
            }
        }
    }
    cases
}

fn is_for_token((_, operation): &NativeCall) -> bool {
    operation == TOKEN
}

fn read(channel: &'static str, method: &str, operation: &Value, published: &Published, template: &str, example: &Value) -> Case {
    let headers = example["headers"].as_object().unwrap().iter().filter(|(name, _)| !name.eq_ignore_ascii_case("x-correlation-id"));
    let statuses = operation["responses"].as_object().unwrap().keys().map(|status| status.parse().unwrap());
    Case {
        channel,
        operation: operation["operationId"].as_str().unwrap().to_owned(),
        method: method.to_uppercase(),
        target: format!("{}{}", published.base(), example["target"].as_str().unwrap()),
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
        body: example.get("body").map(Value::to_string),
        usual: String::new(),
        calls: BTreeMap::new(),
        token: None,
        documented: statuses.map(|status| (status, published.answer(method, template, status))).collect(),
    }
}

/// Asks once with nothing going wrong.
fn learn(case: &mut Case, server: &Server, id: &str) {
    let before = server.metrics();
    let answer = case.request(server, id).send();
    assert_eq!(answer.status, 200, "{} {}: {}", case.channel, case.target, answer.body);
    case.usual = answer.body;
    case.calls = native_calls(&server.metrics().since(&before));
    case.calls.retain(|call, _| !is_for_token(call));
    assert!(!case.calls.is_empty(), "{} {}", case.channel, case.target);
}

/// How each native call ended that was counted.
pub(crate) fn native_calls(moved: &Metrics) -> BTreeMap<NativeCall, String> {
    let owned = |series, name| Some(label(series, name)?.to_owned());
    let calls = moved.series("upstream_calls_total", &[]);
    calls.filter_map(|(series, _)| Some(((owned(series, "system")?, owned(series, "operation")?), owned(series, "outcome")?))).collect()
}
