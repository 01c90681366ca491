//! Starting, steering and stopping the simulated systems.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot};

use crate::data::{self, DataError};
use crate::faults::{FaultRule, Faults};
use crate::ledger::{Calls, Change, Ledger};
use crate::server::{self, Command};
use crate::systems::{BillingSystem, BssName};

/// How to start a [`Sandbox`]. The default serves the embedded accounts on free ports.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A directory of account files that are added to the embedded ones or replace them: one folder for each system.
    pub data_dir: Option<PathBuf>,
    /// The first of ten fixed ports: the systems have theirs at the same distance from it always, the control
    /// interface has the tenth. Absent: free ports.
    pub port_base: Option<u16>,
}

/// The sandbox cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An account file is wrong.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A port on loopback cannot be had.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The thread or its runtime cannot be made.
    #[error("cannot start the sandbox's thread")]
    Thread(#[source] io::Error),
}

/// Who answers at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Desk {
    System(BssName),
    Control,
}

impl Desk {
    fn port_offset(self) -> u16 {
        match self {
            Self::System(name) => name.port_offset(),
            Self::Control => 9,
        }
    }
}

/// A listening port.
struct Port {
    address: SocketAddr,
    commands: mpsc::UnboundedSender<Command>,
}

/// Everything the ports share.
pub(crate) struct House {
    systems: BTreeMap<BssName, Box<dyn BillingSystem>>,
    ports: BTreeMap<Desk, Port>,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
}

impl House {
    pub(crate) fn system(&self, name: BssName) -> &dyn BillingSystem {
        self.systems.get(&name).expect("start opens every system").as_ref()
    }

    fn port(&self, desk: Desk) -> &Port {
        self.ports.get(&desk).expect("start opens a port for every desk")
    }

    pub(crate) fn url(&self, desk: Desk) -> String {
        format!("http://{}", self.port(desk).address)
    }

    /// Closes a system's port and its connections: from then on it refuses connections.
    pub(crate) async fn stop_system(&self, name: BssName) {
        let (done, wait) = oneshot::channel();
        let port = self.port(Desk::System(name));
        if port.commands.send(Command::Stop(done)).is_ok() {
            let _ = wait.await;
        }
    }

    /// Opens a system's port again, the same as before.
    pub(crate) async fn start_system(&self, name: BssName) -> io::Result<()> {
        let (done, wait) = oneshot::channel();
        let port = self.port(Desk::System(name));
        let gone = || io::Error::other("the sandbox has stopped");
        port.commands.send(Command::Start(done)).map_err(|_| gone())?;
        wait.await.unwrap_or_else(|_| Err(gone()))
    }
}

/// The simulated billing systems, each on a loopback port of its own, served by one thread.
///
/// They stop when this is dropped.
pub struct Sandbox {
    house: Arc<House>,
    runtime: Handle,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Loads and checks the accounts, opens the ports and serves them.
    ///
    /// # Errors
    /// An account file is wrong, a port is taken, or the thread cannot be started.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let Options { data_dir, port_base } = options;
        let directory = data_dir.as_deref();
        if let Some(directory) = directory {
            data::check_layout(directory)?;
        }
        let mut systems = BTreeMap::new();
        let mut faults = Vec::new();
        for &name in BssName::ALL {
            let opened = name.open(directory)?;
            systems.insert(name, opened.system);
            faults.extend(opened.faults);
        }
        let desks = BssName::ALL.iter().map(|&name| Desk::System(name));
        let mut ports = BTreeMap::new();
        let mut doors = Vec::new();
        for desk in desks.chain([Desk::Control]) {
            let port = port_base.map_or(0, |base| base.saturating_add(desk.port_offset()));
            let (listener, address) = listen(port)?;
            let (commands, inbox) = mpsc::unbounded_channel();
            ports.insert(desk, Port { address, commands });
            doors.push((desk, listener, address, inbox));
        }
        let house = Arc::new(House { systems, ports, faults: Faults::new(faults), ledger: Ledger::default() });
        let runtime = Builder::new_current_thread().enable_all().build().map_err(StartError::Thread)?;
        let handle = runtime.handle().clone();
        for (desk, listener, address, inbox) in doors {
            runtime.spawn(server::serve(house.clone(), desk, listener, address, inbox));
        }
        let (end, ended) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("bss-sandbox".to_owned())
            .spawn(move || {
                // Ends when asked to, or when the last handle is gone.
                let _ = runtime.block_on(ended);
            })
            .map_err(StartError::Thread)?;
        Ok(Self { house, runtime: handle, end: Some(end), thread: Some(thread) })
    }

    /// Where a system listens: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self, system: BssName) -> String {
        self.house.url(Desk::System(system))
    }

    /// Where the control interface listens: `http://127.0.0.1:PORT`.
    pub fn control_url(&self) -> String {
        self.house.url(Desk::Control)
    }

    /// Switches a fault on.
    pub fn add_fault(&self, rule: FaultRule) {
        self.house.faults.add(rule);
    }

    /// Switches off every fault but those that account files ask for, and lets held answers go.
    pub fn clear_faults(&self) {
        self.house.faults.clear();
    }

    /// The faults in force, those of account files last.
    pub fn faults(&self) -> Vec<FaultRule> {
        self.house.faults.list()
    }

    /// Every change that the systems applied, in order.
    pub fn changes(&self) -> Vec<Change> {
        self.house.ledger.changes()
    }

    /// How often each operation was called since the start or the last [`Self::forget_calls`].
    pub fn calls(&self) -> Calls {
        self.house.ledger.calls()
    }

    /// Waits until an operation was called so often, answered or not; false if that takes longer than `at_most`.
    /// Blocks the calling thread.
    pub fn wait_for_calls(&self, system: BssName, operation: &str, count: u64, at_most: Duration) -> bool {
        let ledger = &self.house.ledger;
        ledger.wait_for_calls(system, operation, count, at_most)
    }

    /// Sets the counts of calls back to nothing.
    pub fn forget_calls(&self) {
        self.house.ledger.forget_calls();
    }

    /// Closes a system's port and connections. Returns when connections are refused.
    pub fn stop_system(&self, system: BssName) {
        let house = self.house.clone();
        self.wait_for(async move { house.stop_system(system).await });
    }

    /// Opens a stopped system's port again, at the same address.
    ///
    /// # Errors
    /// The port was taken in the meantime.
    pub fn start_system(&self, system: BssName) -> io::Result<()> {
        let house = self.house.clone();
        self.wait_for(async move { house.start_system(system).await }).unwrap_or_else(|| Err(io::Error::other("the sandbox has stopped")))
    }

    /// Closes every port and ends the thread.
    pub fn stop(mut self) {
        self.end();
    }

    /// Runs on the sandbox's thread, so that callers may be inside or outside of any runtime.
    fn wait_for<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, wait) = std::sync::mpsc::channel();
        self.runtime.spawn(async move {
            let _ = done.send(work.await);
        });
        wait.recv().ok()
    }

    fn end(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
    }
}

fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let open = || -> io::Result<_> {
        // tokio's listener would set the same; the standard library's does not need a runtime.
        let listener = TcpListener::bind(wanted)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    open().map_err(|source| StartError::Listen { address: wanted, source })
}
