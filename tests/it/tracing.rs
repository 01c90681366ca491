//! Traces: what a caller's trace context becomes, and the spans that a collector gets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use contract_tests::{Sandbox, Server, assert_no_leaks};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use prost::Message as _;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// As long as a busy machine may take.
const LIMIT: Duration = Duration::from_secs(60);

fn ask(server: &Server, headers: &[(&str, &str)]) -> u16 {
    let mut ask = server.get("/bot-ux/v1/PR/balanceEnquiry").header("lob", "FIXED").header("refid", "ACCOUNT_NO");
    for (name, value) in headers {
        ask = ask.header(name, value);
    }
    ask.header("refvalue", "8211990010013290").send().status
}

/// The ids and flags of a `traceparent`.
fn parts(call: &serde_json::Value) -> (String, String, String) {
    let text = call["traceparent"].as_str().unwrap();
    let parts: Vec<_> = text.split('-').map(str::to_owned).collect();
    let [version, trace, span, flags] = parts.try_into().unwrap();
    assert_eq!((version.as_str(), trace.len(), span.len()), ("00", 32, 16), "{text}");
    (trace, span, flags)
}

#[test]
fn a_callers_trace_goes_on_to_the_systems_and_into_the_log() {
    let server = Server::start("bot-ux", &[]);
    let control = server.control();
    assert_eq!(ask(&server, &[]), 200);
    assert_eq!(control.traces(), Vec::<serde_json::Value>::new(), "without a trace there is none");

    assert_eq!(ask(&server, &[("traceparent", &format!("00-{TRACE}-{SPAN}-01")), ("tracestate", "a=1,b=2")]), 200);
    let [call] = control.traces().try_into().unwrap();
    let (trace, span, flags) = parts(&call);
    assert_eq!((call["system"].as_str(), trace.as_str(), flags.as_str()), (Some("csg"), TRACE, "01"));
    assert_eq!(call["tracestate"], "a=1,b=2");
    assert_ne!(span, SPAN, "the parent of the system's work is ours");

    assert_eq!(ask(&server, &[("traceparent", &format!("00-{TRACE}-{SPAN}-00")), ("tracestate", "A wrong one")]), 200);
    assert_eq!(ask(&server, &[("traceparent", &format!("00-{TRACE}-{SPAN}")), ("tracestate", "a=1")]), 200);
    let [_, unsampled, invalid] = control.traces().try_into().unwrap();
    assert_eq!((parts(&unsampled).0.as_str(), parts(&unsampled).2.as_str(), unsampled["tracestate"].is_null()), (TRACE, "00", true));
    assert_ne!(parts(&invalid).0, TRACE, "what is no trace context begins a new trace");
    assert!(invalid["tracestate"].is_null());

    let (_, errors) = server.stop();
    assert_eq!(errors.matches(&format!("trace={TRACE}")).count(), 2, "{errors}");
}

/// What a collector was sent: the bytes and the spans in them.
struct Collector {
    address: String,
    batches: Receiver<Vec<u8>>,
}

impl Collector {
    fn start(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, batches) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                receive(stream, status, &sender);
            }
        });
        Self { address, batches }
    }

    /// Waits until so many spans have come.
    fn spans(&self, count: usize) -> (Vec<Span>, Vec<u8>) {
        let (mut spans, mut bytes) = (Vec::new(), Vec::new());
        while spans.len() < count {
            let body = self.batches.recv_timeout(LIMIT).expect("spans");
            let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
            for resource in request.resource_spans {
                assert_eq!(text(&resource.resource.unwrap().attributes, "service.name"), "the-bot");
                spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
            bytes.extend(body);
        }
        (spans, bytes)
    }
}

fn receive(stream: TcpStream, status: &str, sender: &Sender<Vec<u8>>) {
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    let mut head = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf"), "{head}");
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    write!(stream.get_mut(), "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").unwrap();
    let _ = sender.send(body);
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> &'a Value {
    let found = attributes.iter().find(|attribute| attribute.key == key).unwrap_or_else(|| panic!("no {key} in {attributes:?}"));
    found.value.as_ref().unwrap().value.as_ref().unwrap()
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> &'a str {
    match value(attributes, key) {
        Value::StringValue(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn configured(sandbox: &Sandbox, collector: &str, ratio: &str) -> Server {
    Server::start_configured(
        "bot-ux",
        &format!(
            "[admin]\nlisten = '127.0.0.1:0'\n[tracing]\notlp_endpoint = 'http://{collector}'\nservice_name = 'the-bot'\nsample_ratio = {ratio}\n\
             [systems.csg]\nusername = 'sandbox-csg'\npassword = 'sandbox-csg-secret'\n[systems.csg.http]\nbase_url = '{}'\nretries = 1\n",
            sandbox.url("csg")
        ),
    )
}

fn until(admin: &str, line: &str) {
    let limit = std::time::Instant::now() + LIMIT;
    loop {
        let metrics = Server::get_url(format!("{admin}/metrics")).send().body;
        if metrics.lines().any(|found| found == line) {
            return;
        }
        assert!(std::time::Instant::now() < limit, "{line} never came:\n{metrics}");
    }
}

#[test]
fn a_request_and_its_calls_become_spans_of_the_callers_trace() {
    let (sandbox, collector) = (Sandbox::start(), Collector::start("200 OK"));
    let server = configured(&sandbox, &collector.address, "0.0");
    assert_eq!(ask(&server, &[]), 200);
    assert_eq!(ask(&server, &[("traceparent", &format!("00-{TRACE}-{SPAN}-00"))]), 200);
    sandbox.control().fault_times("csg", "getBalanceEnquiry", "reset", 1);
    assert_eq!(ask(&server, &[("traceparent", &format!("00-{TRACE}-{SPAN}-01"))]), 200);
    let (spans, bytes) = collector.spans(2);
    assert_eq!(spans.len(), 2, "only what the caller samples: {spans:?}");
    assert_no_leaks("the spans", &String::from_utf8_lossy(&bytes));

    let of_kind = |kind: SpanKind| spans.iter().find(|span| span.kind == i32::from(kind)).unwrap();
    let (request, call) = (of_kind(SpanKind::Server), of_kind(SpanKind::Client));
    assert_eq!([hex(&request.trace_id), hex(&call.trace_id)], [TRACE, TRACE]);
    assert_eq!((hex(&request.parent_span_id), &call.parent_span_id), (SPAN.to_owned(), &request.span_id));
    assert_eq!(request.name, "GET /{businessId}/balanceEnquiry");
    assert_eq!([text(&request.attributes, "operation"), text(&request.attributes, "unit")], ["balanceEnquiry", "PR"]);
    assert_eq!(value(&request.attributes, "http.response.status_code"), &Value::IntValue(200));
    assert_eq!([text(&call.attributes, "system"), text(&call.attributes, "outcome")], ["csg", "ok"]);
    assert_eq!(value(&call.attributes, "attempts"), &Value::IntValue(2));
    assert!(request.start_time_unix_nano <= call.end_time_unix_nano && call.end_time_unix_nano <= request.end_time_unix_nano + 1_000_000);
    let traces = sandbox.control().traces();
    assert_eq!(parts(traces.last().unwrap()).1, hex(&call.span_id), "the system is told of the call's own span");
    until(&server.admin(), r#"trace_spans_total{outcome="exported"} 2"#);
}

#[test]
fn every_request_is_traced_if_wanted_and_a_stop_sends_what_waits() {
    let (sandbox, collector) = (Sandbox::start(), Collector::start("200 OK"));
    let server = configured(&sandbox, &collector.address, "1");
    assert_eq!(server.get("/bot-ux/v1/PR/balanceEnquiry").without("client_secret").send().status, 401);
    sandbox.control().stop("csg");
    assert_eq!(ask(&server, &[]), 503);
    let (output, _) = server.stop();
    let (spans, _) = collector.spans(3);
    let failed: Vec<_> = spans.iter().filter(|span| span.status.is_some()).map(|span| text(&span.attributes, "error.type")).collect();
    assert_eq!((spans.len(), failed.as_slice()), (3, ["connect_failed", "connect_failed"].as_slice()));
    let documented = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/logging.md")).unwrap();
    for line in output.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for field in line.as_object().unwrap().keys() {
            assert!(documented.contains(&format!("`{field}`")), "{field} is not in docs/logging.md");
        }
        let trace = line["trace_id"].as_str().unwrap();
        assert!(spans.iter().any(|span| hex(&span.trace_id) == trace), "{line}");
    }
}

#[test]
fn a_collector_that_is_away_holds_nobody_up() {
    let sandbox = Sandbox::start();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let server = configured(&sandbox, &nobody, "1");
    assert_eq!([ask(&server, &[]), ask(&server, &[])], [200, 200]);
    until(&server.admin(), r#"trace_spans_total{outcome="not_taken"} 4"#);
    let (_, errors) = server.stop();
    assert_eq!(errors.matches("does not take spans").count(), 1, "{errors}");

    let refusing = Collector::start("503 Service Unavailable");
    let server = configured(&sandbox, &refusing.address, "1");
    assert_eq!(ask(&server, &[]), 200);
    until(&server.admin(), r#"trace_spans_total{outcome="not_taken"} 2"#);
}
