//! What a request costs in instructions of the channel's process, counted by callgrind: every published example of every
//! operation, each below a ceiling. Counts do not depend on what else the machine does, so that they can fail a build.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use contract_tests::Sandbox;

use crate::client::Connection;
use crate::examples::{self, Example};
use crate::machine::{Process, REST, wait_for_port};
use crate::scenario::CHANNELS;

/// The cargo profile that is counted, and that the ceilings belong to.
const PROFILE: &str = "instructions";

const PORT: u16 = 19_700;

/// Requests before counting: connections are open by then, tokens fetched, buffers grown.
const WARM_UP: u64 = 20;

const COUNTED: u64 = 50;

/// How far a ceiling is above what was counted, in percent: another processor has other ways to copy memory.
const ROOM: u64 = 5;

/// Instructions of a request by channel, operation and title of the example.
type Counts = BTreeMap<String, u64>;

/// Counts and prints a table; whether every request stays below its ceiling. With `write` the counts become the new ceilings.
///
/// # Errors
/// Something cannot be built or started, or an example is not answered with 200.
pub(crate) fn run(write: bool) -> io::Result<bool> {
    let binaries = build()?;
    let sandbox = Sandbox::start();
    let mut counts = Counts::new();
    for channel in CHANNELS {
        counts.append(&mut count(channel, &binaries, &sandbox)?);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ceilings.toml");
    if write {
        let ceilings: Counts = counts.iter().map(|(name, count)| (name.clone(), count * (100 + ROOM) / 100)).collect();
        let text = toml::to_string(&ceilings).map_err(io::Error::other)?;
        fs::write(&file, format!("# Written by `ux-bench instructions --write`: see bench/src/instructions.rs.\n{text}"))?;
    }
    let ceilings = toml::from_str(&fs::read_to_string(&file)?).map_err(io::Error::other)?;
    Ok(report(&counts, &ceilings))
}

/// Prints every count beside its ceiling: whether each has one and is below it, and none is left over.
fn report(counts: &Counts, ceilings: &Counts) -> bool {
    println!("| request | instructions | ceiling |\n|---|---|---|");
    let mut kept = true;
    for (name, count) in counts {
        let ceiling = ceilings.get(name);
        let below = ceiling.is_some_and(|ceiling| count <= ceiling);
        let ceiling = ceiling.map_or("none".to_owned(), u64::to_string);
        println!("| {name} | {count} | {ceiling}{} |", if below { "" } else { " **exceeded**" });
        kept &= below;
    }
    for name in ceilings.keys().filter(|name| !counts.contains_key(*name)) {
        println!("| {name} | not asked | a ceiling without a request |");
        kept = false;
    }
    kept
}

fn build() -> io::Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--locked", "--profile", PROFILE]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let status = cargo.args(CHANNELS.iter().flat_map(|channel| ["-p", channel])).status()?;
    if !status.success() {
        return Err(io::Error::other("the channels cannot be built"));
    }
    let own = std::env::current_exe()?;
    let profiles = own.ancestors().nth(2).ok_or_else(|| io::Error::other("this program is not in a target directory"))?;
    Ok(profiles.join(PROFILE))
}

fn count(channel: &str, binaries: &Path, sandbox: &Sandbox) -> io::Result<Counts> {
    let scratch = binaries.join("callgrind").join(channel);
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch)?;
    fs::write(scratch.join("config.toml"), examples::config(channel, sandbox, PORT))?;
    let binary = binaries.join(channel);
    let arguments = ["--tool=callgrind", "--quiet", "--callgrind-out-file=out", &*binary.to_string_lossy(), "--config", "config.toml"];
    let process = Process::start(REST, &scratch, Path::new("valgrind"), &arguments, Stdio::null())?;
    // A processor that is simulated takes its time to start.
    wait_for_port(PORT).or_else(|_| wait_for_port(PORT))?;
    let mut counter = Counter { connection: Connection::open(PORT)?, process: &process, scratch, dumps: 0 };
    let mut counts = Counts::new();
    for Example { name, request } in examples::of(channel) {
        let count = counter.per_request(&request).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
        counts.insert(name, count);
    }
    Ok(counts)
}

/// A channel under callgrind, and a connection to it.
struct Counter<'a> {
    connection: Connection,
    process: &'a Process,
    scratch: PathBuf,
    dumps: u32,
}

impl Counter<'_> {
    fn per_request(&mut self, request: &[u8]) -> io::Result<u64> {
        self.ask(request, WARM_UP)?;
        self.dump()?;
        self.ask(request, COUNTED)?;
        Ok(self.dump()? / COUNTED)
    }

    fn ask(&mut self, request: &[u8], times: u64) -> io::Result<()> {
        for _ in 0..times {
            self.connection.ask(request)?;
        }
        Ok(())
    }

    /// The instructions since the last time.
    fn dump(&mut self) -> io::Result<u64> {
        let id = self.process.id().to_string();
        let status = Command::new("callgrind_control").args(["--dump", &id]).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        self.dumps += 1;
        // Each thread would be a file of its own only with --separate-threads.
        let dump = fs::read_to_string(self.scratch.join(format!("out.{}", self.dumps)))?;
        let total = dump.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
        let total = total.and_then(|total| total.trim().parse().ok()).filter(|_| status.success());
        total.ok_or_else(|| io::Error::other("callgrind has counted nothing"))
    }
}
