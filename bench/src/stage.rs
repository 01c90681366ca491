//! Everything that has to run while contestants are measured.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::client::{Answer, Connection};
use crate::machine::{BOTH, MEASURED, Process, REST, log_file, wait_for_port};
use crate::scenario::{Contestant, NodeService, SCENARIOS, Scenario};

const SANDBOX_PORT: u16 = 19_100;
const REPLAY_PORT: u16 = 19_200;

/// The systems whose answers are repeated: CSG, Salesforce, Liberate, Cerillion, by their place among the sandbox's ports.
const SYSTEMS: [u16; 4] = [0, 2, 3, 4];

/// Where things are.
pub(crate) struct Places {
    /// This crate.
    pub(crate) bench: PathBuf,
    /// The simulated systems, and this program.
    pub(crate) binaries: PathBuf,
    /// The channels that are measured.
    pub(crate) channels: PathBuf,
    /// What is written while measuring.
    pub(crate) scratch: PathBuf,
}

impl Places {
    /// The channels are in `channels`, or beside this program.
    ///
    /// # Errors
    /// The folder is not there, or the scratch directory cannot be made.
    pub(crate) fn new(channels: Option<&Path>) -> io::Result<Self> {
        let bench = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let own = std::env::current_exe()?;
        let binaries = own.parent().map(Path::to_path_buf).unwrap_or_default();
        let scratch = binaries.join("bench-scratch");
        std::fs::create_dir_all(&scratch)?;
        let channels = channels.map_or_else(|| Ok(binaries.clone()), Path::canonicalize)?;
        Ok(Self { bench, binaries, channels, scratch })
    }

    pub(crate) fn config(&self, name: &str) -> PathBuf {
        self.bench.join("config").join(name)
    }

    /// A configuration with something else in place of some of its text.
    fn rewritten(&self, name: &str, replacements: &[(&str, &str)]) -> io::Result<PathBuf> {
        let mut text = std::fs::read_to_string(self.config(name))?;
        for (from, to) in replacements {
            if !text.contains(from) {
                return Err(io::Error::other(format!("{name} has no {from:?}")));
            }
            text = text.replace(from, to);
        }
        let path = self.scratch.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }
}

/// The simulated systems and the repeaters in front of them. They end with this value.
pub(crate) struct Upstreams {
    _processes: Vec<Process>,
}

impl Upstreams {
    /// # Errors
    /// A program is missing, or a port is taken.
    pub(crate) fn start(places: &Places) -> io::Result<Self> {
        let data = places.bench.join("data");
        let port = SANDBOX_PORT.to_string();
        let arguments = ["--data", &data.to_string_lossy(), "--port-base", &port];
        let sandbox = places.binaries.join("bss-sandbox");
        let mut processes = vec![Process::start(REST, &places.scratch, &sandbox, &arguments, Stdio::null())?];
        let own = std::env::current_exe()?;
        for system in SYSTEMS {
            wait_for_port(SANDBOX_PORT + system)?;
            let address = |base: u16| SocketAddr::from(([127, 0, 0, 1], base + system)).to_string();
            let arguments = ["replay", "--listen", &address(REPLAY_PORT), "--origin", &address(SANDBOX_PORT)];
            processes.push(Process::start(REST, &places.scratch, &own, &arguments, Stdio::null())?);
        }
        for system in SYSTEMS {
            wait_for_port(REPLAY_PORT + system)?;
        }
        Ok(Self { _processes: processes })
    }
}

/// A channel, with its log in the scratch directory.
pub(crate) struct Gateway {
    pub(crate) process: Process,
    log: std::fs::File,
}

impl Gateway {
    /// On `cores`, as configured: with one worker.
    ///
    /// # Errors
    /// The binary is missing, or does not listen.
    pub(crate) fn with_one_worker(places: &Places, scenario: &Scenario, cores: &str) -> io::Result<Self> {
        Self::start(places, scenario, Contestant::Gateway, cores, &places.config(&scenario.config()))
    }

    /// On both cores, one of which the load is made on, too.
    ///
    /// # Errors
    /// As with one, and if the configuration cannot be rewritten.
    pub(crate) fn with_two_workers(places: &Places, scenario: &Scenario) -> io::Result<Self> {
        let config = places
            .rewritten(&scenario.config(), &[("workers = 1", "workers = 2"), ("listen = \"127.0.0.1:196", "listen = \"127.0.0.1:198")])?;
        Self::start(places, scenario, Contestant::GatewayOfTwo, BOTH, &config)
    }

    fn start(places: &Places, scenario: &Scenario, as_whom: Contestant, cores: &str, config: &Path) -> io::Result<Self> {
        let port = as_whom.port(scenario);
        let log = log_file(&places.scratch.join(format!("{}-{port}.log", scenario.channel)))?;
        let output = Stdio::from(log.try_clone()?);
        let arguments = ["--config", &*config.to_string_lossy()];
        let process = Process::start(cores, &places.scratch, &places.channels.join(scenario.channel), &arguments, output)?;
        wait_for_port(port)?;
        Ok(Self { process, log })
    }

    /// The log is written as in production, but nobody needs gigabytes of it.
    pub(crate) fn forget_log(&self) -> io::Result<()> {
        self.log.set_len(0)
    }
}

/// Those with whom the channels are compared.
pub(crate) struct Rivals {
    pub(crate) nginx: Process,
    pub(crate) nginx_of_two: Process,
    pub(crate) haproxy: Process,
    /// In the order of [`NodeService::ALL`]; nothing if its packages have not been fetched.
    pub(crate) node: Vec<Process>,
}

impl Rivals {
    /// # Errors
    /// nginx or HAProxy are missing, a port is taken, or nginx's configuration cannot be rewritten.
    pub(crate) fn start(places: &Places) -> io::Result<Self> {
        let start = |cores: &str, program: &str, arguments: &[&str]| {
            Process::start(cores, &places.scratch, Path::new(program), arguments, Stdio::null())
        };
        let start_nginx = |cores: &str, prefix: &str, config: &Path| {
            let prefix = places.scratch.join(prefix);
            std::fs::create_dir_all(&prefix)?;
            let arguments = ["-p", &prefix.to_string_lossy(), "-e", "nginx.error.log", "-c", &config.to_string_lossy()];
            start(cores, "nginx", &arguments)
        };
        let nginx = start_nginx(MEASURED, "nginx", &places.config("nginx.conf"))?;
        // Each worker listens on its own, as the channels' do: otherwise the first to wake up takes nearly all connections.
        let of_two = places.rewritten(
            "nginx.conf",
            &[
                ("worker_processes 1;", "worker_processes 2;"),
                ("127.0.0.1:193", "127.0.0.1:197"),
                ("backlog=4096;", "backlog=4096 reuseport;"),
            ],
        )?;
        let nginx_of_two = start_nginx(BOTH, "nginx-of-two", &of_two)?;
        let haproxy = start(MEASURED, "haproxy", &["-db", "-q", "-f", &places.config("haproxy.cfg").to_string_lossy()])?;
        let service = places.bench.join("node");
        let node = if service.join("node_modules").is_dir() {
            let program = service.join("service.mjs");
            let program = program.to_string_lossy();
            let start = |service: NodeService| start(MEASURED, "node", &[&[&*program], service.arguments()].concat());
            NodeService::ALL.into_iter().map(start).collect::<io::Result<_>>()?
        } else {
            eprintln!("without Node: `npm ci` in bench/node has not been run");
            Vec::new()
        };
        for scenario in &SCENARIOS {
            wait_for_port(Contestant::Nginx.port(scenario))?;
            wait_for_port(Contestant::NginxOfTwo.port(scenario))?;
            wait_for_port(Contestant::Haproxy.port(scenario))?;
            if scenario.has_node && !node.is_empty() {
                for service in NodeService::ALL {
                    wait_for_port(Contestant::Node(service).port(scenario))?;
                }
            }
        }
        Ok(Self { nginx, nginx_of_two, haproxy, node })
    }
}

/// Asks for every account once, and holds against each other what channel and Node service make of it.
///
/// # Errors
/// An answer is not a success, or the two differ.
pub(crate) fn rehearse(scenario: &Scenario, contestants: &[Contestant]) -> io::Result<()> {
    let expected = answers(scenario, Contestant::Gateway)?;
    for contestant in contestants {
        let own = answers(scenario, *contestant)?;
        let Contestant::Node(service) = contestant else { continue };
        for (node, gateway) in own.iter().zip(&expected) {
            let is_same = match service {
                NodeService::LosingDigits => is_same_without_digits(node, gateway)?,
                NodeService::SameAnswers | NodeService::AllDuties => node == gateway,
            };
            if !is_same {
                return Err(io::Error::other(format!(
                    "{}: {} answers {node}\nand not {gateway}",
                    scenario.title,
                    contestant.name(scenario)
                )));
            }
        }
    }
    Ok(())
}

/// What somebody answers for each account.
fn answers(scenario: &Scenario, contestant: Contestant) -> io::Result<Vec<String>> {
    let mut connection = Connection::open(contestant.port(scenario))?;
    let answer = |request: Vec<u8>| {
        let Answer { status, body } = connection.exchange(&request)?;
        if status != 200 || body.is_empty() {
            return Err(io::Error::other(format!("{}: {status} at rehearsal", contestant.name(scenario))));
        }
        std::str::from_utf8(body).map(str::to_owned).map_err(io::Error::other)
    };
    scenario.requests().into_iter().map(answer).collect()
}

fn is_same_without_digits(one: &str, other: &str) -> io::Result<bool> {
    let value = |text: &str| Ok::<_, io::Error>(without_digits(serde_json::from_str(text)?));
    Ok(value(one)? == value(other)?)
}

/// JavaScript's numbers lose the digits of `0.00`.
fn without_digits(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64()),
        Value::Array(items) => items.into_iter().map(without_digits).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, without_digits(value))).collect(),
        other => other,
    }
}
