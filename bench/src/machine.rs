//! Processes with a core of their own, and what the kernel says about them.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

/// The core of whatever is measured.
pub(crate) const MEASURED: &str = "0";

/// The core of everything else: upstream and load.
pub(crate) const REST: &str = "1";

/// Both, for whatever is to use two.
pub(crate) const BOTH: &str = "0,1";

/// Keeps the thread that calls it, and those that it starts, on the core of everything else: the kernel likes to have a client that
/// waits run where the answer was sent from.
///
/// # Errors
/// There is only one core.
pub(crate) fn stay_off_measured() -> io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(REST.parse().map_err(io::Error::other)?);
    Ok(sched_setaffinity(None, &cores)?)
}

/// How many clock ticks a second has in `/proc` (USER_HZ, 100 on every Linux that anybody runs).
const TICK: Duration = Duration::from_millis(10);

/// A process that ends with this value, and with this process.
pub(crate) struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts `program` in `directory` on the given cores. Standard output goes to `output`, errors are shown.
    ///
    /// # Errors
    /// The program, `taskset` or `setpriv` is missing.
    pub(crate) fn start(cores: &str, directory: &Path, program: &Path, arguments: &[&str], output: Stdio) -> io::Result<Self> {
        let child = Command::new("taskset")
            .args(["-c", cores, "setpriv", "--pdeathsig", "TERM"])
            .arg(program)
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(output)
            .spawn()?;
        Ok(Self { child, name: program.display().to_string() })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// User and system time so far, of the process and the workers that it has started.
    pub(crate) fn cpu_time(&self) -> io::Result<Duration> {
        self.family()?.into_iter().map(cpu_time).sum()
    }

    /// Memory that the process and the workers that it has started hold at the moment, in MiB.
    pub(crate) fn resident_mib(&self) -> io::Result<f64> {
        self.memory_mib("VmRSS:")
    }

    /// The most that each of them has held, in MiB, since [`forget_peak`](Self::forget_peak).
    pub(crate) fn peak_mib(&self) -> io::Result<f64> {
        self.memory_mib("VmHWM:")
    }

    pub(crate) fn forget_peak(&self) -> io::Result<()> {
        self.family()?.into_iter().try_for_each(|process| fs::write(format!("/proc/{process}/clear_refs"), "5"))
    }

    fn memory_mib(&self, figure: &str) -> io::Result<f64> {
        let kib: io::Result<Vec<u64>> = self.family()?.into_iter().map(|process| memory_kib(process, figure)).collect();
        Ok(kib?.into_iter().sum::<u64>() as f64 / 1024.0)
    }

    fn family(&self) -> io::Result<Vec<u32>> {
        let id = self.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        Ok(children.split_whitespace().filter_map(|child| child.parse().ok()).chain([id]).collect())
    }

    /// Asks the process to end and waits for it.
    fn end(&mut self) {
        let Some(pid) = i32::try_from(self.id()).ok().and_then(Pid::from_raw) else { return };
        let _ = kill_process(pid, Signal::TERM);
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        eprintln!("{} does not end when asked to", self.name);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn cpu_time(process: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the program's name in brackets, and may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}

fn memory_kib(process: u32, figure: &str) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure));
    Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
}

/// Waits until something listens at the port.
///
/// # Errors
/// Nothing does within ten seconds.
pub(crate) fn wait_for_port(port: u16) -> io::Result<()> {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match std::net::TcpStream::connect(("127.0.0.1", port)) {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() > until => return Err(io::Error::new(error.kind(), format!("port {port}: {error}"))),
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Lets this process and those that it starts open as many files as they may.
///
/// # Errors
/// The system refuses.
pub(crate) fn raise_file_limit() -> io::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}

/// An empty file that only grows at its end, so that it can be emptied while a process writes to it.
pub(crate) fn log_file(path: &Path) -> io::Result<File> {
    fs::remove_file(path).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    File::options().create(true).append(true).open(path)
}
