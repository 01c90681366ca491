//! Callers who mean harm, against the real binaries: each shape has a stated outcome, and afterwards the process still serves and is not
//! larger than a bound. `docs/reliability.md` has the same shapes as a table.

mod crowds;
mod framing;
mod http2;
mod slow;

use contract_tests::{Answer, Connection, Server};

/// A request of each channel that succeeds in sandbox mode: its target, and the headers it needs besides the credentials.
const GOOD: [(&str, &str, &str); 4] = [
    ("bot-ux", "/bot-ux/v1/PR/balanceEnquiry", "lob: FIXED\r\nrefid: ACCOUNT_NO\r\nrefvalue: 8211990010013290\r\n"),
    ("sfdc-ux", "/sfdc-ux/v1/PR/billingAccount/80112233456?accountRelationship.relationshipType=customerAccount", ""),
    ("dxp-ux", "/dxp-ux/v1/PR/billingAccount/8211990010018869", "channelId: APP\r\nlob: FIXED\r\n"),
    ("wfm-ux", "/wfm-ux/v1/JM/billingAccount/301202420000", ""),
];

const CREDENTIALS: &str = "client_id: demo\r\nclient_secret: demo-secret\r\n";

/// A head without its empty line, so that more can be put in.
fn head(method: &str, target: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nhost: test\r\n{CREDENTIALS}")
}

/// Limits short enough to be waited for.
const IMPATIENT: &str = "[server.limits]\nhead_timeout_ms = 300\nbody_timeout_ms = 300\nidle_timeout_ms = 600\nwrite_timeout_ms = 300\n";

/// bot-ux with these limits and without any billing system: its requests end at 501.
fn impatient() -> Server {
    Server::start_configured("bot-ux", IMPATIENT)
}

/// The target of a request of bot-ux that needs no billing system, and the headers that it needs.
fn unserved() -> String {
    head("GET", "/bot-ux/v1/TT/balanceEnquiry") + "lob: FIXED\r\nrefid: ACCOUNT_NO\r\nrefvalue: 1\r\n"
}

/// Most memory that a process may take up, whatever was done to it. One that has answered a few requests takes about a fifth.
const MOST_MEMORY: u64 = 160 << 20;

/// Resident memory in bytes.
fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).expect("the process runs");
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line of every process");
    kilobytes.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// Asserts that somebody else is served.
fn assert_serves(server: &Server) {
    let mut connection = Connection::open(server);
    connection.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!(connection.receive().expect("an answer to the next caller").status, 401);
}

/// Asserts that somebody else is served and that the process has not grown beyond all bounds.
fn assert_unharmed(server: &Server) {
    assert_serves(server);
    let memory = memory(server);
    assert!(memory < MOST_MEMORY, "{memory} bytes of memory");
}

/// Asserts what every refusal of something that is not a request has in common: the documented body, and the end.
fn assert_refused(answer: &Answer, status: u16, description: &str) {
    let message = match status {
        400 => "APIKIT:BAD_REQUEST",
        408 => "HTTP:REQUEST_TIMEOUT",
        413 => "HTTP:PAYLOAD_TOO_LARGE",
        414 => "HTTP:URI_TOO_LONG",
        _ => "HTTP:REQUEST_HEADER_FIELDS_TOO_LARGE",
    };
    answer.assert(status, &contract_tests::error(status, message, description));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(answer.header("x-correlation-id").is_some());
}
