//! A billing system in trouble takes nobody with it but its own callers, and these only for as long as it is. There is one worker, so
//! what would block is seen by everybody.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use contract_tests::{Answer, Control, Ending, Metrics, Request, Sandbox, Server, agent, error};
use serde_json::json;

use super::changes::{FIXED_BILL, until};
use super::single_flight::patient;

const TROUBLED: &str = "csg";
const READ: &str = "getBalanceEnquiry";
const WELL: &str = "amdocs";
const CALLERS: usize = 4;
/// Answers of the system that is well, while the other one is not.
const BESIDE: usize = 100;
/// What a system that was in trouble is asked afterwards.
const AFTERWARDS: usize = 20;

/// dxp-ux in front of two systems of which one gets into trouble.
struct Bench {
    control: Control,
    server: Server,
    _sandbox: Sandbox,
}

impl Bench {
    /// `http` holds what the connection of the system in trouble has of its own.
    fn start(http: &str) -> Self {
        let sandbox = Sandbox::start();
        // What is counted here are calls, so none is shared and none repeated.
        let troubled = sandbox.section(TROUBLED, &format!("single_flight = false\nretries = 0\n{http}"));
        let well = sandbox.section(WELL, "single_flight = false\nretries = 0\ntimeout_ms = 60000\n");
        Self { control: sandbox.control(), server: patient("dxp-ux", &(troubled + &well)), _sandbox: sandbox }
    }

    fn troubled(&self) -> Request {
        self.account("PR", FIXED_BILL.account)
    }

    fn well(&self) -> Request {
        self.account("CW", "9001000001")
    }

    fn account(&self, unit: &str, account: &str) -> Request {
        let request = self.server.get(&format!("/dxp-ux/v1/{unit}/billingAccount/{account}"));
        request.header("channelId", "APP").header("lob", "FIXED")
    }

    fn hold(&self) {
        self.control.fault(&json!({ "system": TROUBLED, "fault": { "kind": "hold" } }));
    }

    fn calls(&self) -> u64 {
        self.control.calls(TROUBLED, READ)
    }

    /// 0 closed, 1 half-open, 2 open.
    fn breaker(&self) -> i64 {
        self.gauge("upstream_breaker_state")
    }

    fn gauge(&self, name: &str) -> i64 {
        self.server.metrics().sum(name, &[&format!("system=\"{TROUBLED}\"")])
    }

    /// So many requests at once, each from a caller of its own; they end when they are answered.
    fn send(&self, number: usize) -> Vec<std::thread::JoinHandle<Answer>> {
        (0..number).map(|_| self.troubled()).map(|request| std::thread::spawn(|| request.send())).collect()
    }

    /// All that the system that is well was asked is answered.
    fn assert_serves_others(&self) {
        let before = self.server.metrics();
        std::thread::scope(|scope| {
            for _ in 0..CALLERS {
                let (request, agent) = (self.well(), agent());
                scope.spawn(move || (0..BESIDE / CALLERS).for_each(|_| assert_answered(&request.clone().send_by(&agent).unwrap())));
            }
        });
        assert_eq!(ended(&self.server.metrics().since(&before), WELL), [("ok".to_owned(), BESIDE as i64)]);
    }
}

/// The breaker lets one call try, and closes when that one goes well; until then its callers are refused.
fn wait_until_it_is_back(request: &Request) {
    until(|| {
        let answer = request.clone().send();
        if answer.status != 200 {
            assert_refused(&answer);
        }
        answer.status == 200
    });
}

#[track_caller]
fn assert_answered(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// The documented 503.
#[track_caller]
fn assert_refused(answer: &Answer) {
    let description = format!("HTTP POST on resource '{TROUBLED} {READ}' failed: service unavailable (503).");
    answer.assert(503, &error(503, "HTTP:SERVICE_UNAVAILABLE", &description));
    assert!(answer.header("retry-after").is_some());
}

fn assert_all_answered(answers: Vec<std::thread::JoinHandle<Answer>>) {
    answers.into_iter().for_each(|answer| assert_answered(&answer.join().unwrap()));
}

/// How many of a system's calls ended how, by name.
fn ended(metrics: &Metrics, system: &str) -> Vec<(String, i64)> {
    let system = format!("system=\"{system}\"");
    let labels = [system.as_str()];
    let calls = metrics.series("upstream_calls_total", &labels);
    let calls = calls.filter_map(|(series, number)| Some((contract_tests::label(series, "outcome")?.to_owned(), number)));
    calls.filter(|(_, number)| *number > 0).collect()
}

/// One request after the other, each checked and counted.
fn keep_asking(request: &Request, is_over: &AtomicBool, count: &AtomicUsize, check: fn(&Answer)) {
    let agent = agent();
    while !is_over.load(Ordering::Relaxed) {
        check(&request.clone().send_by(&agent).unwrap());
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Callers of both systems at the same time, from before the trouble is noticed until long after the breaker has opened.
fn endure(http: &str, outcome: &str, begin: impl Fn(&Control), end: impl Fn(&Control)) {
    let bench = Bench::start(&format!("{http}breaker_min_calls = {CALLERS}\nbreaker_window_ms = 600000\nbreaker_open_ms = 50\n"));
    assert_answered(&bench.troubled().send());
    begin(&bench.control);
    let (before, calls_before) = (bench.server.metrics(), bench.calls());
    let (is_over, refused, answered) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _ending = Ending::of(&is_over);
        for _ in 0..CALLERS {
            let (is_over, refused, answered, troubled, well) = (&is_over, &refused, &answered, bench.troubled(), bench.well());
            scope.spawn(move || keep_asking(&troubled, is_over, refused, assert_refused));
            scope.spawn(move || keep_asking(&well, is_over, answered, assert_answered));
        }
        until(|| {
            let counted = bench.server.metrics().since(&before);
            let number = |outcome| ended(&counted, TROUBLED).iter().find(|(name, _)| name == outcome).map_or(0, |(_, number)| *number);
            number(outcome) > CALLERS as i64 && number("breaker_open") > 0 && answered.load(Ordering::Relaxed) >= BESIDE
        });
    });

    let counted = bench.server.metrics().since(&before);
    let (refused, answered) = (refused.into_inner() as i64, answered.into_inner() as i64);
    assert_eq!(ended(&counted, WELL), [("ok".to_owned(), answered)]);
    assert_eq!(bench.control.calls(WELL, "getBillingAccount"), answered as u64);
    let outcomes = ended(&counted, TROUBLED);
    assert!(outcomes.iter().all(|(name, _)| name == outcome || name == "breaker_open"), "{outcomes:?}");
    assert_eq!(outcomes.iter().map(|(_, number)| number).sum::<i64>(), refused, "{outcomes:?}");
    // What the breaker refuses, the system does not see; a closed port sees nothing.
    let seen = outcomes.iter().filter(|(name, _)| name == outcome && name != "connect_failed").map(|(_, number)| number).sum::<i64>();
    assert_eq!((bench.calls() - calls_before) as i64, seen);
    assert_eq!(counted.sum("http_requests_total", &["status=\"503\""]), refused);
    assert_eq!(counted.sum("http_requests_total", &["status=\"200\""]), answered);
    assert_eq!(bench.breaker(), 2);

    end(&bench.control);
    wait_until_it_is_back(&bench.troubled());
    assert_eq!(bench.breaker(), 0);
    let before = bench.server.metrics();
    assert_all_answered(bench.send(AFTERWARDS));
    assert_eq!(ended(&bench.server.metrics().since(&before), TROUBLED), [("ok".to_owned(), AFTERWARDS as i64)]);
}

fn endure_fault(http: &str, outcome: &str, fault: &serde_json::Value) {
    endure(http, outcome, |control| control.fault(&json!({ "system": TROUBLED, "fault": fault })), Control::clear_faults);
}

/// Waited for, because that is what these faults are about; and long enough for a busy machine once the system is back.
const SHORT: &str = "timeout_ms = 1000\n";
const LONG: &str = "timeout_ms = 60000\n";

#[test]
fn one_system_is_slower_than_its_time_limit() {
    endure_fault(SHORT, "timed_out", &json!({ "kind": "delay", "ms": 120_000 }));
}

#[test]
fn one_system_never_answers() {
    endure_fault(SHORT, "timed_out", &json!({ "kind": "hold" }));
}

#[test]
fn one_system_resets_its_connections() {
    endure_fault(LONG, "connection_lost", &json!({ "kind": "reset" }));
}

#[test]
fn one_system_is_away_and_comes_back() {
    endure(LONG, "connect_failed", |control| control.stop(TROUBLED), |control| control.start(TROUBLED));
}

#[test]
fn only_one_call_tries_whether_a_system_is_back() {
    let bench = Bench::start(&format!("{LONG}breaker_min_calls = 1\nbreaker_open_ms = 50\n"));
    bench.control.stop(TROUBLED);
    assert_refused(&bench.troubled().send());
    assert_eq!(bench.breaker(), 2);
    bench.hold();
    bench.control.start(TROUBLED);
    std::thread::scope(|scope| {
        let request = bench.troubled();
        let first = scope.spawn(move || wait_until_it_is_back(&request));
        until(|| bench.calls() == 1);
        assert_eq!(bench.breaker(), 1);
        let before = bench.server.metrics();
        (0..CALLERS).for_each(|_| assert_refused(&bench.troubled().send()));
        assert_eq!(ended(&bench.server.metrics().since(&before), TROUBLED), [("breaker_open".to_owned(), CALLERS as i64)]);
        assert_eq!(bench.calls(), 1);
        bench.control.clear_faults();
        first.join().unwrap();
    });
    assert_eq!(bench.breaker(), 0);
    assert_all_answered(bench.send(AFTERWARDS));
    assert_eq!(bench.calls(), 1 + AFTERWARDS as u64);
}

#[test]
fn a_system_that_hangs_fills_its_own_places_only() {
    const PLACES: usize = 2;
    let bench = Bench::start(&format!("{LONG}max_concurrent = {PLACES}\nmax_queued = 1\nqueue_timeout_ms = 60000\n"));
    bench.hold();
    let mut held = bench.send(PLACES);
    until(|| bench.calls() == PLACES as u64);
    held.extend(bench.send(1));
    until(|| bench.gauge("upstream_queued") == 1);

    // Answered although nothing moves: at once, and not when a place is free.
    let before = bench.server.metrics();
    (0..CALLERS).for_each(|_| assert_refused(&bench.troubled().send()));
    assert_eq!(ended(&bench.server.metrics().since(&before), TROUBLED), [("queue_full".to_owned(), CALLERS as i64)]);
    bench.assert_serves_others();
    assert_eq!((bench.gauge("upstream_in_flight"), bench.gauge("upstream_queued")), (PLACES as i64, 1));
    assert_eq!((bench.calls(), bench.breaker()), (PLACES as u64, 0));

    bench.control.clear_faults();
    assert_all_answered(held);
    assert_eq!(bench.calls(), 1 + PLACES as u64);
    assert_eq!((bench.gauge("upstream_in_flight"), bench.gauge("upstream_queued")), (0, 0));
}

/// Kept connections, all of them closed by the restart, cost no call: not even a change, which is sent once.
#[test]
fn the_first_calls_after_a_restart_succeed() {
    let bench = Bench::start(LONG);
    bench.hold();
    let held = bench.send(CALLERS);
    until(|| bench.calls() == CALLERS as u64);
    bench.control.clear_faults();
    assert_all_answered(held);
    assert_eq!(bench.gauge("upstream_connections"), CALLERS as i64);

    let before = bench.server.metrics();
    bench.control.stop(TROUBLED);
    bench.control.start(TROUBLED);
    let change = FIXED_BILL.request_to(bench.server.url(), "resilience-restart-0001").send();
    assert_answered(&change);
    assert_eq!(bench.control.changes().len(), 1);
    assert_all_answered(bench.send(CALLERS));
    let counted = bench.server.metrics().since(&before);
    assert!(ended(&counted, TROUBLED).iter().all(|(outcome, _)| outcome == "ok"), "{counted:?}");
    assert_eq!((counted.sum("upstream_retries_total", &[]), bench.breaker()), (0, 0));
}
