//! Changes are never lost and never doubled: PATCH under faults, counted in what the billing systems applied.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use contract_tests::{Answer, Control, DEMO_SECRET_HASH, Request, Sandbox, Server, document};
use serde_json::{Value, json};

/// A change and the call that makes it.
#[derive(Clone, Copy)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) account: &'static str,
    pub(crate) system: &'static str,
    pub(crate) operation: &'static str,
}

pub(crate) const FIXED_BILL: Family = Family { name: "ebill.fixed", account: "8211990010042315", system: "csg", operation: "setBillMedia" };
const AUTOPAY: Family = Family { name: "autopay", account: "31516278-31514752", system: "salesforce", operation: "composite" };
const CONTACT: Family = Family { name: "billing-address", account: "21519514-21517998", system: "salesforce", operation: "composite" };
const MOBILE_BILL: Family = Family { name: "ebill", account: "21519514-21517998", system: "salesforce", operation: "composite" };
pub(crate) const FAMILIES: [Family; 4] = [FIXED_BILL, AUTOPAY, CONTACT, MOBILE_BILL];

impl Family {
    fn path(self) -> String {
        format!("/dxp-ux/v1/PR/billingAccount/{}", self.account)
    }

    fn body(self) -> String {
        document(&format!("dxp-ux.patch.{}.request", self.name))
    }

    fn request(self, server: &Server, id: &str) -> Request {
        self.request_to(server.url(), id)
    }

    pub(crate) fn request_to(self, url: &str, id: &str) -> Request {
        Request::to(url, "PATCH", &self.path()).header("X-Correlation-ID", id).json(&self.body())
    }

    #[track_caller]
    fn assert_received(self, answer: &Answer) {
        answer.assert(200, &document(&format!("dxp-ux.patch.{}.response", self.name)));
    }

    fn assert_unknown(self, answer: &Answer) {
        let Self { system, operation, .. } = self;
        let description = format!("HTTP POST on resource '{system} {operation}' failed: service unavailable (503).");
        answer.assert(503, &contract_tests::error(503, "HTTP:SERVICE_UNAVAILABLE", &description));
        assert!(answer.header("retry-after").is_some());
    }
}

/// A correlation id that is long enough.
fn id(of: &str, family: Family, kind: &str) -> String {
    format!("{:-<20}", format!("{of}-{}-{kind}", family.name).replace('.', "_"))
}

fn times_applied(control: &Control, id: &str) -> usize {
    control.changes().iter().filter(|change| change["requestId"] == id).count()
}

/// Waits for something that is sure to happen; a test that waits in vain ends all the same.
#[track_caller]
pub(crate) fn until(happened: impl Fn() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::yield_now();
    }
}

/// Faults after which the change has been made and nobody was told, and faults after which it has not been made.
pub(crate) const APPLIED: [&str; 4] = ["lostAnswer", "resetAfter", "resetMidAnswer", "truncate"];
pub(crate) const NOT_APPLIED: [&str; 3] = ["reset", "html", "notHttp"];

#[test]
fn a_fault_that_passes_is_not_noticed_and_the_change_made_once() {
    for family in FAMILIES {
        // A server of its own: neither the retry budget nor the circuit breaker is the matter here.
        let server = Server::start("dxp-ux", &[]);
        let control = server.control();
        for kind in APPLIED.iter().chain(&NOT_APPLIED) {
            let id = id("passes", family, kind);
            control.fault_times(family.system, family.operation, kind, 1);
            family.assert_received(&family.request(&server, &id).send());
            assert_eq!(times_applied(&control, &id), 1, "{id}");
        }
    }
}

#[test]
fn an_unknown_outcome_is_503_and_the_callers_repeat_is_the_same_change() {
    let kinds = APPLIED.iter().map(|kind| (kind, 1)).chain(NOT_APPLIED.iter().map(|kind| (kind, 0)));
    for (kind, applied) in kinds {
        for family in FAMILIES {
            // A server of its own, because so many failures open the circuit breaker.
            let server = Server::start("dxp-ux", &[]);
            let control = server.control();
            let id = id("stays", family, kind);
            control.fault_times(family.system, family.operation, kind, 99);
            family.assert_unknown(&family.request(&server, &id).send());
            assert_eq!(times_applied(&control, &id), applied, "{id}");
            control.clear_faults();
            family.assert_received(&family.request(&server, &id).send());
            assert_eq!(times_applied(&control, &id), 1, "{id}");
        }
    }
}

#[test]
fn an_answer_that_makes_no_sense_leaves_the_outcome_unknown() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    for family in FAMILIES {
        for kind in ["absurd", "garbage", "empty"] {
            let id = id("nonsense", family, kind);
            control.fault_times(family.system, family.operation, kind, 99);
            family.assert_unknown(&family.request(&server, &id).send());
            control.clear_faults();
            family.assert_received(&family.request(&server, &id).send());
            assert_eq!(times_applied(&control, &id), 1, "{id}");
        }
    }
}

#[test]
fn two_identical_requests_at_once_are_one_change() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    for family in FAMILIES {
        let id = id("two", family, "at-once");
        control.fault_times(family.system, family.operation, "hold", 1);
        let before = control.calls(family.system, family.operation);
        let first = family.request(&server, &id);
        let second = family.request(&server, &id);
        let first = std::thread::spawn(move || first.send());
        // The first has been made by the system, and its answer is held back.
        until(|| control.calls(family.system, family.operation) > before && times_applied(&control, &id) > 0);
        family.assert_received(&second.send());
        control.clear_faults();
        family.assert_received(&first.join().unwrap());
        assert_eq!(times_applied(&control, &id), 1, "{id}");
    }
}

#[test]
fn many_identical_requests_at_once_are_one_change() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    for family in FAMILIES {
        let id = id("many", family, "at-once");
        let requests: Vec<_> = (0..16).map(|_| family.request(&server, &id)).collect();
        let threads: Vec<_> = requests.into_iter().map(|request| std::thread::spawn(move || request.send())).collect();
        for thread in threads {
            family.assert_received(&thread.join().unwrap());
        }
        assert_eq!(times_applied(&control, &id), 1, "{id}");
    }
}

#[test]
fn the_correlation_id_is_the_key_of_the_change_and_its_values_are_those_of_the_body() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    for (number, family) in FAMILIES.into_iter().enumerate() {
        // With every kind of character that it may have.
        let id = id("values", family, "+/=_");
        family.assert_received(&family.request(&server, &id).send());
        let changes = control.changes();
        assert_eq!(changes.len(), number + 1);
        let change = &changes[number];
        assert_eq!((&change["account"], &change["requestId"]), (&json!(family.account), &json!(id)));
        let expected = match family.name {
            "ebill.fixed" => json!({ "BILL_MEDIA": "Email" }),
            "autopay" => json!({
                "Account.vlocity_cmt__EnableAutopay__c": "true",
                "Change_Request__c.Consent_Text_Version__c": "9",
                "Change_Request__c.Correlation_Id__c": id,
                "Change_Request__c.Msisdn__c": "17875550171",
                "Change_Request__c.Payment_Method_Id__c": "PM-a6Idq00000005FpEAI",
                "Change_Request__c.Restrict_Order__c": "true",
                "Change_Request__c.Source_System__c": "Digital",
                "Change_Request__c.Type__c": "Autopay",
            }),
            // City, state and country were the same before.
            "billing-address" => json!({
                "Account.BillingPostalCode": "0907",
                "Account.BillingStreet": "123 Calle Juan Pablo Duarte",
                "Account.vlocity_cmt__BillingEmailAddress__c": "new.address@example.com",
                "Change_Request__c.Correlation_Id__c": id,
                "Change_Request__c.Msisdn__c": "17875550170",
                "Change_Request__c.Source_System__c": "Digital",
                "Change_Request__c.Type__c": "EmailAndBillingAddress",
            }),
            _ => json!({
                "Account.vlocity_cmt__BillDeliveryMethod__c": "Paper",
                "Change_Request__c.Correlation_Id__c": id,
                "Change_Request__c.Msisdn__c": "17875550170",
                "Change_Request__c.Source_System__c": "Digital",
                "Change_Request__c.Type__c": "non-eBill",
            }),
        };
        assert_eq!(change["values"], expected);
    }
}

#[test]
fn a_system_that_is_away_changes_nothing_and_says_so() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    control.stop("csg");
    control.stop("salesforce");
    for family in FAMILIES {
        let answer = family.request(&server, "0123456789abcdef").send();
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(answer.header("retry-after").is_some());
    }
    assert_eq!(control.changes(), Vec::<Value>::new());
}

#[test]
fn every_change_leaves_one_audit_line_and_no_personal_data() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    FIXED_BILL.assert_received(&FIXED_BILL.request(&server, "audit-accepted-1").send());
    CONTACT.assert_received(&CONTACT.request(&server, "audit-accepted-2").send());
    control.fault_times("csg", "setBillMedia", "lostAnswer", 9);
    FIXED_BILL.assert_unknown(&FIXED_BILL.request(&server, "audit-unknown-01").send());
    control.clear_faults();
    assert_eq!(
        server
            .request("PATCH", "/dxp-ux/v1/TT/billingAccount/1")
            .header("X-Correlation-ID", "audit-refused-01")
            .json(&AUTOPAY.body())
            .send()
            .status,
        501
    );
    // A body that is refused asks for no change.
    assert_eq!(FIXED_BILL.request(&server, "audit-no-change1").json("{}").send().status, 400);
    caller_hangs_up(&server, &control, "audit-hangs-up-1");
    control.clear_faults();
    until(|| server.metrics().sum("http_requests_in_flight", &[]) == 0);
    let (_, log) = server.stop();
    let line =
        |id: &str| -> Vec<&str> { log.lines().filter(|line| line.contains(" CHANGE ") && line.ends_with(&format!("id={id}"))).collect() };
    for (id, expected) in [
        ("audit-accepted-1", "CHANGE bill_delivery PR accepted 200 account=8211990010042315 client=demo id=audit-accepted-1"),
        ("audit-accepted-2", "CHANGE contact PR accepted 200 account=21519514-21517998 client=demo id=audit-accepted-2"),
        ("audit-unknown-01", "CHANGE bill_delivery PR unknown 503 account=8211990010042315 client=demo id=audit-unknown-01"),
        ("audit-refused-01", "CHANGE autopay TT refused 501 account=1 client=demo id=audit-refused-01"),
        ("audit-hangs-up-1", "CHANGE contact PR accepted 200 account=21519514-21517998 client=demo id=audit-hangs-up-1"),
    ] {
        let lines = line(id);
        assert!(lines.len() == 1 && lines[0].ends_with(expected), "{id}: {lines:?} in {log}");
    }
    assert_eq!(line("audit-no-change1"), Vec::<&str>::new());
    for personal in ["new.address@example.com", "Calle", "17875550170", "17875550171", "PM-a6Idq"] {
        assert!(!log.contains(personal), "{personal} in {log}");
    }
}

/// Asks for a change and goes away while the system is still asked what there is to change.
fn caller_hangs_up(server: &Server, control: &Control, id: &str) {
    control.fault_times(CONTACT.system, "query", "hold", 1);
    let before = control.calls(CONTACT.system, "query");
    let body = CONTACT.body();
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "PATCH {} HTTP/1.1\r\nhost: {address}\r\nclient_id: demo\r\nclient_secret: demo-secret\r\nx-correlation-id: {id}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        CONTACT.path(),
        body.len(),
    )
    .unwrap();
    until(|| control.calls(CONTACT.system, "query") > before);
    stream.shutdown(std::net::Shutdown::Both).unwrap();
    let _ = stream.read(&mut [0]);
    // The server has seen it too.
    until(|| server.metrics().sum("http_connections", &[]) == 0);
    assert_eq!(times_applied(control, id), 0);
}

#[test]
fn a_change_is_finished_although_its_caller_has_gone() {
    let server = Server::start("dxp-ux", &[]);
    let control = server.control();
    caller_hangs_up(&server, &control, "goes-away-1-----");
    control.clear_faults();
    until(|| times_applied(&control, "goes-away-1-----") == 1);
}

/// dxp-ux with a sandbox beside it, which runs on while the process stops.
fn with_drain_timeout(sandbox: &Sandbox, drain_timeout_ms: u32) -> Server {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = format!(
        "[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\ndrain_timeout_ms = {drain_timeout_ms}\n\
         [log]\nformat = 'human'\n[admin]\nlisten = '127.0.0.1:0'\n[[clients]]\nid = 'demo'\nsecrets = ['{DEMO_SECRET_HASH}']\n{}",
        sandbox.sections("dxp-ux", "timeout_ms = 60000\n")
    );
    std::fs::write(file.path(), text).unwrap();
    Server::start_with_file("dxp-ux", file.path())
}

#[test]
fn stopping_waits_for_a_change_whose_caller_has_gone() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let server = with_drain_timeout(&sandbox, 60_000);
    caller_hangs_up(&server, &control, "stopping-waits-1");
    let address = server.url().strip_prefix("http://").unwrap().parse().unwrap();
    let stopping = std::thread::spawn(move || server.stop());
    // Nobody gets in any more, so nothing but the change is left to wait for.
    until(|| TcpStream::connect_timeout(&address, Duration::from_millis(50)).is_err());
    assert_eq!(times_applied(&control, "stopping-waits-1"), 0);
    control.clear_faults();
    let (log, _) = stopping.join().unwrap();
    assert_eq!(times_applied(&control, "stopping-waits-1"), 1);
    let expected = "CHANGE contact PR accepted 200 account=21519514-21517998 client=demo id=stopping-waits-1";
    assert!(log.lines().any(|line| line.ends_with(expected)), "{log}");
}

#[test]
fn a_change_that_does_not_end_is_cut_and_said_to_be_unknown() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let server = with_drain_timeout(&sandbox, 0);
    caller_hangs_up(&server, &control, "stopping-cuts-01");
    let (log, errors) = server.stop_with(1);
    let expected = "CHANGE contact PR unknown account=21519514-21517998 client=demo id=stopping-cuts-01";
    assert!(log.lines().any(|line| line.ends_with(expected)), "{log}");
    assert!(errors.contains("1 connections or changes were still busy"), "{errors}");
}
