//! Mixed traffic and faults for as long as the environment's `SOAK_SECONDS` says: memory, descriptors and latency stay
//! where they are. A few seconds in the tests, which shows that the parts work; `just soak` for the real thing.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use contract_tests::{Control, Ending, Request, Sandbox, Server, agent};
use serde_json::json;

use super::changes::{APPLIED, FIXED_BILL, NOT_APPLIED};

const CALLERS: usize = 4;
const INTERVALS: usize = 12;
/// Intervals in which caches, pools and the allocator fill.
const WARM_UP: usize = 4;
/// What memory may grow by after the warm-up, in KiB: an allocator's noise, not a leak's slope.
const MEMORY_SLACK: u64 = 8 * 1024;
/// Connections that may be open more than at the end of the warm-up.
const DESCRIPTOR_SLACK: usize = 16;
/// How much longer the median request may take at the end; only where an interval is long enough to tell.
const LATENCY_FACTOR: u32 = 2;
const TELLING_INTERVAL: Duration = Duration::from_secs(30);
/// One request in so many meets a fault, one in so many is a change.
const PER_FAULT: usize = 20;
const PER_CHANGE: usize = 25;
/// One caller ends the Salesforce session that all of them use before one in so many of his requests. The others do not: a session
/// that ends twice under one request is rightly taken for credentials that do not work.
const PER_SESSION: usize = 150;

/// One line of the table.
struct Sample {
    requests: usize,
    refused: usize,
    memory_kib: u64,
    descriptors: usize,
    median: Duration,
    slowest_hundredth: Duration,
}

fn request(url: &str, id: &str, number: usize) -> Request {
    let get = |path: &str| Request::to(url, "GET", path).header("X-Correlation-ID", id).header("channelId", "APP");
    match number {
        number if number % PER_CHANGE == 0 => FIXED_BILL.request_to(url, id),
        number if number % 4 == 3 => {
            let source = "extendedCharacteristics.name=sourceSystem&extendedCharacteristics.value=Digital";
            get(&format!("/dxp-ux/v1/PR/billingAccount/21003695-21003694?type=billingAccountNumber&{source}")).header("lob", "POSTPAID")
        }
        number if number % 3 == 0 => get("/dxp-ux/v1/CW/billingAccount/9002000001").header("lob", "FIXED"),
        number if number % 3 == 1 => get("/dxp-ux/v1/PR/billingAccount/123456-MA").header("targetSystem", "aria"),
        _ => get("/dxp-ux/v1/PR/billingAccount/8211990010018869").header("lob", "FIXED"),
    }
}

/// Asks until it is over; every answer is one that is documented for what may happen here.
fn call(url: &str, caller: usize, control: &Control, is_over: &AtomicBool, taken: &Mutex<Vec<(u16, Duration)>>) {
    let agent = agent();
    let faults: Vec<&str> = APPLIED.iter().chain(&NOT_APPLIED).copied().collect();
    for number in 0.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let id = format!("soak-{caller:04}-{number:010}");
        if number % PER_FAULT == 0 {
            let (system, kind) =
                (["csg", "aria", "amdocs", "salesforce"][number / PER_FAULT % 4], faults[number / PER_FAULT % faults.len()]);
            control.fault(&json!({ "system": system, "fault": { "kind": kind }, "times": 1 }));
        }
        if caller == 0 && number % PER_SESSION == 1 {
            let ended = json!({ "kind": "native", "code": "INVALID_SESSION_ID" });
            control.fault(&json!({ "system": "salesforce", "operation": "query", "fault": ended, "times": 1 }));
        }
        let answer = request(url, &id, number).send_by(&agent).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(matches!(answer.status, 200 | 503), "{id}: {} {}", answer.status, answer.body);
        taken.lock().unwrap().push((answer.status, answer.took));
    }
}

fn sample(pid: u32, taken: &Mutex<Vec<(u16, Duration)>>) -> Sample {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    let taken = std::mem::take(&mut *taken.lock().unwrap());
    let mut times: Vec<Duration> = taken.iter().map(|(_, took)| *took).collect();
    times.sort();
    let part = |hundredths: usize| times.get(times.len() * hundredths / 100).copied().unwrap_or_default();
    Sample {
        requests: taken.len(),
        refused: taken.iter().filter(|(status, _)| *status != 200).count(),
        memory_kib: memory.unwrap(),
        descriptors: std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
        median: part(50),
        slowest_hundredth: part(99),
    }
}

#[test]
fn nothing_grows() {
    let seconds = std::env::var("SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(6);
    let interval = Duration::from_secs(seconds) / INTERVALS as u32;
    let sandbox = Sandbox::start();
    let server = Server::start_configured("dxp-ux", &sandbox.sections("dxp-ux", ""));
    let (is_over, taken) = (AtomicBool::new(false), Mutex::default());
    let samples: Vec<Sample> = std::thread::scope(|scope| {
        let _ending = Ending::of(&is_over);
        for caller in 0..CALLERS {
            let (url, control, is_over, taken) = (server.url().to_owned(), sandbox.control(), &is_over, &taken);
            scope.spawn(move || call(&url, caller, &control, is_over, taken));
        }
        let next = |number: usize, begun: Instant| {
            std::thread::sleep((begun + interval * (number as u32 + 1)).saturating_duration_since(Instant::now()));
            sample(server.pid(), &taken)
        };
        let begun = Instant::now();
        (0..INTERVALS).map(|number| next(number, begun)).collect()
    });
    report(interval, &samples);
    assert!(sandbox.control().calls("salesforce", "token") > 1, "a new token is part of the mixture");
    let (warm, last) = (&samples[WARM_UP - 1], &samples[INTERVALS - 1]);
    assert!(samples.iter().all(|sample| sample.requests > 0), "every interval has traffic");
    assert!(last.memory_kib <= warm.memory_kib + MEMORY_SLACK, "memory grows");
    assert!(last.descriptors <= warm.descriptors + DESCRIPTOR_SLACK, "descriptors are not given back");
    // What grows slows every interval; a machine that is busy with other things slows some.
    let quickest = |samples: &[Sample]| samples.iter().map(|sample| sample.median).min().unwrap();
    let (early, late) = (quickest(&samples[..WARM_UP]), quickest(&samples[INTERVALS - WARM_UP..]));
    assert!(interval < TELLING_INTERVAL || late <= early * LATENCY_FACTOR, "requests take longer and longer");
}

#[allow(clippy::print_stdout, reason = "the table is this test's output")]
fn report(interval: Duration, samples: &[Sample]) {
    println!("| after | requests | 503 | memory KiB | descriptors | median | 99 % |\n|---|---|---|---|---|---|---|");
    for (number, sample) in samples.iter().enumerate() {
        let Sample { requests, refused, memory_kib, descriptors, median, slowest_hundredth } = sample;
        let after = interval * (number as u32 + 1);
        println!("| {after:.1?} | {requests} | {refused} | {memory_kib} | {descriptors} | {median:.1?} | {slowest_hundredth:.1?} |");
    }
}
