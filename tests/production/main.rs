//! Quotas that two processes share through a real Redis, which is killed, hung and brought back.
//!
//! `cargo run -p contract-tests --bin production`; needs `redis-server` in the path. Prints each check and, at the end,
//! how many passed and failed. Requests are counted, never timed: the quotas last a day, so that none comes back for the
//! quarter of an hour and more that one request costs.

#![allow(clippy::print_stdout, reason = "this program is for reading")]

mod redis;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use contract_tests::{DEMO_SECRET_HASH, Request, Server, agent};

use crate::redis::Redis;

/// Of each client, of both processes together.
const QUOTA: usize = 80;

/// What both processes together may let through besides: `slack_percent` of the quota.
const SLACK: usize = QUOTA / 10;

const WITHIN: RangeInclusive<usize> = QUOTA..=QUOTA + SLACK;

/// What both may let through if the store is lost at the worst moment.
///
/// R before the loss, at most the quota and its slack; then each at most half of what it takes for left, and each knows of
/// its own at least: R + (QUOTA - R1) / 2 + (QUOTA - R2) / 2 = QUOTA + R / 2. New quotas would make it 2 * QUOTA.
const LOST: RangeInclusive<usize> = QUOTA / 4..=QUOTA + QUOTA / 2 + SLACK;

/// Each client is for one check, so that none finds its quota used up by another one.
const CLIENTS: [&str; 7] = ["together", "in-turn", "known", "killed", "afterwards", "hung", "changed"];

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("wfm-ux.toml");
    let mut redis = Redis::start();
    write_config(&file, &redis, QUOTA);
    let pair = Pair::start(file);
    let mut checks = Checks::default();
    pair.wait_for("quota_store_up 1");
    one_quota(&pair, &mut checks);
    killed_when_all_is_known(&pair, &mut redis, &mut checks);
    killed_under_load(&pair, &mut redis, &mut checks);
    hung(&pair, &redis, &mut checks);
    another_quota(&pair, &redis, &mut checks);
    println!("production: {} passed, {} failed", checks.passed, checks.failed);
    if checks.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one_quota(pair: &Pair, checks: &mut Checks) {
    let answers = pair.ask("together", 2 * QUOTA, || {});
    checks.holds("two processes asked at once let the quota through", &answers, WITHIN);
    let first = pair.ask_one(0, "in-turn", 2 * QUOTA);
    checks.holds("one process lets the whole quota through while the other is not asked", &first, WITHIN);
    pair.wait_for_reports();
    let second = pair.ask_one(1, "in-turn", QUOTA);
    checks.holds("the other one knows that it is used up", &second, 0..=SLACK / 2);
}

/// Both know all that was let through, so what they do without the store and after it is certain.
fn killed_when_all_is_known(pair: &Pair, redis: &mut Redis, checks: &mut Checks) {
    let used = 31;
    let mut before = pair.ask_one(0, "known", used / 2);
    before.add(&pair.ask_one(1, "known", used - used / 2));
    checks.holds("a part of the quota is used up", &before, used..=used);
    pair.wait_for_reports();
    redis.kill();
    pair.wait_for("quota_store_up 0");
    let half = (QUOTA - used) / 2;
    for number in [0, 1] {
        let without = pair.ask_one(number, "known", QUOTA);
        checks.holds("without the store a process lets half of what is left through", &without, half..=half);
    }
    redis.start_again();
    pair.wait_for("quota_store_up 1");
    pair.wait_for_reports();
    let left = QUOTA - used - 2 * half;
    let after = pair.ask_one(0, "known", QUOTA);
    checks.holds("a store that has forgotten everything gives only what could not be halved", &after, left..=left);
    pair.wait_for_reports();
    checks.holds("and that once", &pair.ask_one(1, "known", QUOTA), 0..=0);
}

/// What one process let through a moment before the store was lost, the other one may not have heard of.
fn killed_under_load(pair: &Pair, redis: &mut Redis, checks: &mut Checks) {
    let mut answers = pair.ask("killed", QUOTA / 2, || redis.kill());
    pair.wait_for("quota_store_up 0");
    checks.passes("the store is killed under load, and the metric says so", true);
    answers.add(&pair.ask("killed", 2 * QUOTA, || {}));
    checks.holds("the quota holds without the store", &answers, LOST);
    answers.add(&pair.ask("killed", QUOTA, || redis.start_again()));
    pair.wait_for("quota_store_up 1");
    checks.passes("the store is brought back under load, and the metric says so", true);
    answers.add(&pair.ask("killed", 2 * QUOTA, || {}));
    checks.holds("a store lost and found under load gives nobody a new quota", &answers, LOST);
    let answers = pair.ask("afterwards", 2 * QUOTA, || {});
    checks.holds("afterwards the processes count together again", &answers, WITHIN);
}

fn hung(pair: &Pair, redis: &Redis, checks: &mut Checks) {
    redis.signal("STOP");
    pair.wait_for("quota_store_up 0");
    let mut answers = pair.ask_one(0, "hung", QUOTA);
    checks.holds("with a store that hangs a process lets its half through", &answers, QUOTA / 2..=QUOTA / 2);
    answers.add(&pair.ask_one(1, "hung", QUOTA));
    checks.holds("and the other one its own", &answers, QUOTA..=QUOTA);
    redis.signal("CONT");
    pair.wait_for("quota_store_up 1");
    answers.add(&pair.ask("hung", QUOTA, || {}));
    checks.holds("when the store answers again it hears of both", &answers, WITHIN);
}

fn another_quota(pair: &Pair, redis: &Redis, checks: &mut Checks) {
    let before = pair.ask("changed", 2 * QUOTA, || {});
    checks.holds("a quota before it is changed", &before, WITHIN);
    write_config(&pair.file, redis, QUOTA / 2);
    for server in &pair.servers {
        send(server.pid(), "HUP");
    }
    pair.wait_for(r#"config_reloads_total{outcome="applied"} 1"#);
    let after = pair.ask("changed", 2 * QUOTA, || {});
    checks.holds("after SIGHUP the other quota is in force, for both processes together", &after, QUOTA / 2..=(QUOTA + SLACK) / 2);
}

fn write_config(file: &Path, redis: &Redis, quota: usize) {
    let mut config = format!(
        "[server]\nlisten = '127.0.0.1:0'\npublic_base_url = 'https://esb.example.com'\n\
         [admin]\nlisten = '127.0.0.1:0'\n\
         [quota_store]\nurl = '{}'\nreplicas = 2\nslack_percent = 10\ntimeout_ms = 1000\n",
        redis.url()
    );
    for client in CLIENTS {
        config += &format!(
            "[[clients]]\nid = '{client}'\nsecrets = ['{DEMO_SECRET_HASH}']\nquota = {{ requests = {quota}, per_ms = 86400000 }}\n"
        );
    }
    std::fs::write(file, config).expect("a temporary file");
}

pub(crate) fn send(pid: u32, signal: &str) {
    let status = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().expect("kill runs");
    assert!(status.success(), "no process {pid} for {signal}");
}

/// Two processes with one configuration.
struct Pair {
    servers: [Server; 2],
    admins: [String; 2],
    agent: ureq::Agent,
    file: PathBuf,
}

impl Pair {
    fn start(file: PathBuf) -> Self {
        let servers = [(); 2].map(|()| Server::start_with_file("wfm-ux", &file));
        let admins = [servers[0].admin(), servers[1].admin()];
        Self { servers, admins, agent: agent(), file }
    }

    /// Asks both at once, so often each; `midway` is done while they are asked.
    fn ask(&self, client: &str, times: usize, midway: impl FnOnce()) -> Answers {
        let done = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            // Two callers for each process: what one is refused must not be let through for the other.
            let callers = [0, 1, 0, 1].map(|server| {
                let done = &done;
                let request = self.request(server, client);
                scope.spawn(move || ask_and_count(&request, times / 2, done))
            });
            // A caller that panics counts no further; it is told below.
            while done.load(Ordering::Relaxed) < times / 2 && !callers.iter().all(ScopedJoinHandle::is_finished) {
                std::thread::yield_now();
            }
            midway();
            let mut all = Answers::default();
            for caller in callers {
                all.add(&caller.join().expect("every request is answered"));
            }
            all
        })
    }

    fn ask_one(&self, server: usize, client: &str, times: usize) -> Answers {
        ask_and_count(&self.request(server, client), times, &AtomicUsize::new(0))
    }

    /// What is let through asks for a path that does not exist, so no billing system is needed.
    fn request(&self, server: usize, client: &str) -> Request {
        self.servers[server].get("/wfm-ux/v1/nowhere").without("client_id").header("client_id", client)
    }

    fn metric_of_both(&self, fits: impl Fn(usize, &str) -> bool) {
        let limit = Instant::now() + Duration::from_secs(60);
        for number in [0, 1] {
            loop {
                let metrics = self.metrics(number);
                if metrics.lines().any(|line| fits(number, line)) {
                    break;
                }
                assert!(Instant::now() < limit, "it never came:\n{metrics}");
            }
        }
    }

    fn wait_for(&self, expected: &str) {
        self.metric_of_both(|_, line| line == expected);
    }

    /// Waits until both have heard from the store what was let through before: first until both have told it, then until
    /// both have heard what the other one told. Two reports each time, because the first may have begun before.
    fn wait_for_reports(&self) {
        for _ in ["told", "heard"] {
            let before = [0, 1].map(|number| self.reports(number));
            self.metric_of_both(|number, line| report_count(line).is_some_and(|count| count >= before[number] + 2));
        }
    }

    fn reports(&self, number: usize) -> u64 {
        self.metrics(number).lines().find_map(report_count).expect("the store's metrics")
    }

    fn metrics(&self, number: usize) -> String {
        let request = Server::get_url(format!("{}/metrics", self.admins[number]));
        request.send_by(&self.agent).expect("the admin listener answers").body
    }
}

fn ask_and_count(request: &Request, times: usize, done: &AtomicUsize) -> Answers {
    let mut answers = Answers::default();
    let agent = agent();
    for _ in 0..times {
        match request.clone().send_by(&agent).expect("every request is answered").status {
            404 => answers.let_through += 1,
            429 => answers.refused += 1,
            other => answers.others.push(other),
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
    answers
}

fn report_count(line: &str) -> Option<u64> {
    line.strip_prefix("quota_store_reports_total ")?.parse().ok()
}

/// What became of requests.
#[derive(Debug, Default)]
struct Answers {
    let_through: usize,
    refused: usize,
    others: Vec<u16>,
}

impl Answers {
    fn add(&mut self, more: &Self) {
        self.let_through += more.let_through;
        self.refused += more.refused;
        self.others.extend(&more.others);
    }
}

#[derive(Default)]
struct Checks {
    passed: usize,
    failed: usize,
}

impl Checks {
    fn passes(&mut self, what: &str, passed: bool) {
        println!("{} {what}", if passed { "ok  " } else { "FAIL" });
        *if passed { &mut self.passed } else { &mut self.failed } += 1;
    }

    /// So many were let through, and everything else was refused.
    fn holds(&mut self, what: &str, answers: &Answers, expected: RangeInclusive<usize>) {
        let Answers { let_through, refused, others } = answers;
        let what = format!("{what}: {let_through} let through ({expected:?} expected), {refused} refused, others: {others:?}");
        self.passes(&what, expected.contains(let_through) && others.is_empty());
    }
}
