//! Thousands of changes under random faults while the process is killed again and again: what the billing systems
//! recorded afterwards holds every acknowledged change once, and no other more than once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contract_tests::{Control, Sandbox, Server, agent};
use serde_json::json;

use super::changes::{APPLIED, FAMILIES, Family, NOT_APPLIED};

/// How many there are where the environment's `CHANGES` says nothing; `just changes` makes ten thousand.
const CHANGES: usize = 1_000;
const CALLERS: usize = 8;
/// One kill after so many acknowledged changes.
const ACKNOWLEDGED_PER_KILL: usize = 125;
/// Without the circuit breaker, which would only make the callers wait.
const HTTP: &str = "retry_backoff_ms = 1\nbreaker_failure_percent = 0\n";
/// What a caller waits before it repeats, to leave the processor to those who have to do something about it.
const PAUSE: Duration = Duration::from_millis(2);

/// Splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// What one caller wants, and how much patience it has.
struct Wish {
    id: String,
    family: Family,
    /// A fault on the way, and for how many attempts.
    fault: Option<(&'static str, u32)>,
    gives_up: bool,
}

fn wishes(seed: u64, count: usize) -> Vec<Wish> {
    let mut dice = Dice(seed);
    let faults: Vec<&str> = APPLIED.iter().chain(&NOT_APPLIED).chain(&["absurd", "empty", "garbage"]).copied().collect();
    let mut wish = |number| Wish {
        id: format!("under-kills-{number:08}"),
        family: FAMILIES[dice.below(FAMILIES.len())],
        fault: (dice.below(3) == 0).then(|| (faults[dice.below(faults.len())], 1 + dice.below(5) as u32)),
        gives_up: dice.below(10) == 0,
    };
    (0..count).map(&mut wish).collect()
}

/// What the callers share.
struct Scene<'a> {
    control: Control,
    /// Where the channel is now.
    url: RwLock<String>,
    left: Mutex<std::slice::Iter<'a, Wish>>,
    acknowledged: Mutex<Vec<&'a str>>,
    attempts: AtomicUsize,
}

impl<'a> Scene<'a> {
    /// Works through wishes until none is left.
    fn call(&self, acknowledged: &Sender<()>) {
        let agent = agent();
        while let Some(wish) = self.next_wish() {
            if let Some((kind, times)) = wish.fault {
                let Family { system, operation, .. } = wish.family;
                self.control.fault(&json!({
                    "system": system, "operation": operation, "correlationId": wish.id, "fault": { "kind": kind }, "times": times
                }));
            }
            loop {
                self.attempts.fetch_add(1, Ordering::Relaxed);
                let url = self.url.read().unwrap().clone();
                match wish.family.request_to(&url, &wish.id).send_by(&agent) {
                    Ok(answer) if answer.status == 200 => {
                        self.acknowledged.lock().unwrap().push(&wish.id);
                        acknowledged.send(()).unwrap();
                        break;
                    }
                    // A channel that is killed answers nothing, and one that cannot know says so.
                    Ok(answer) => assert_eq!(answer.status, 503, "{}: {}", wish.id, answer.body),
                    Err(_) => {}
                }
                if wish.gives_up {
                    break;
                }
                std::thread::sleep(PAUSE);
            }
        }
    }

    fn next_wish(&self) -> Option<&'a Wish> {
        self.left.lock().unwrap().next()
    }

    /// Kills the channel and starts it anew until the callers are done; how often that was.
    fn kill(&self, mut server: Server, start: impl Fn() -> Server, acknowledged: &Receiver<()>) -> usize {
        let mut kills = 0;
        for count in 1.. {
            if acknowledged.recv().is_err() {
                break;
            }
            if count % ACKNOWLEDGED_PER_KILL == 0 {
                server.kill();
                server = start();
                self.url.write().unwrap().replace_range(.., server.url());
                kills += 1;
            }
        }
        kills
    }
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn acknowledged_changes_are_made_once_whatever_is_killed() {
    let count = from_environment("CHANGES").map_or(CHANGES, |count| count as usize);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = from_environment("CHANGES_SEED").unwrap_or(now.as_nanos() as u64);
    let wishes = wishes(seed, count);
    // A process of its own: its records are there still when the channel is killed.
    let sandbox = Sandbox::start();
    let start = || Server::start_configured("dxp-ux", &sandbox.sections("dxp-ux", HTTP));
    let server = start();
    let scene = Scene {
        control: sandbox.control(),
        url: RwLock::new(server.url().to_owned()),
        left: Mutex::new(wishes.iter()),
        acknowledged: Mutex::default(),
        attempts: AtomicUsize::new(0),
    };
    let kills = std::thread::scope(|scope| {
        let (tell, acknowledged) = mpsc::channel();
        for _ in 0..CALLERS {
            let (scene, tell) = (&scene, tell.clone());
            scope.spawn(move || scene.call(&tell));
        }
        drop(tell);
        scene.kill(server, start, &acknowledged)
    });
    let recorded = recorded(&scene.control);
    let acknowledged = scene.acknowledged.into_inner().unwrap();
    let attempts = scene.attempts.into_inner();
    report(&format!(
        "seed {seed}: {count} changes, {attempts} requests, {kills} kills, {} acknowledged, {} recorded",
        acknowledged.len(),
        recorded.len()
    ));
    for id in &acknowledged {
        assert_eq!(recorded.get(*id), Some(&1), "seed {seed}: {id} was acknowledged");
    }
    for (id, times) in &recorded {
        assert!(*times == 1 && wishes.iter().any(|wish| wish.id == *id), "seed {seed}: {id} was recorded {times} times");
    }
    let patient = wishes.iter().filter(|wish| !wish.gives_up).count();
    assert!(acknowledged.len() >= patient && kills >= patient / ACKNOWLEDGED_PER_KILL, "seed {seed}");
}

/// How often each change was recorded.
fn recorded(control: &Control) -> BTreeMap<String, usize> {
    let mut recorded = BTreeMap::new();
    for change in control.changes() {
        *recorded.entry(change["requestId"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    recorded
}

#[allow(clippy::print_stdout, reason = "the counts are this test's output")]
fn report(counts: &str) {
    println!("{counts}");
}
