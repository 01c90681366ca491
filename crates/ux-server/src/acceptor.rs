//! One thread accepts, and hands each connection to the worker with the fewest; it also ends them all.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::channel::Channel;
use crate::connection;
use crate::drain;
use crate::server::{Shared, Worker, runtime};

/// Connections that the kernel completes ahead of the accepting thread.
const BACKLOG: i32 = 4096;

/// Pause after a failed accept, which usually means that file descriptors have run out.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A restart need not wait until the kernel has forgotten the last process's connections.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// A connection on its way to a worker; dropping the slot makes room for another.
struct Accepted {
    stream: std::net::TcpStream,
    peer: IpAddr,
    slot: OwnedSemaphorePermit,
    counted: Counted,
}

/// One connection among those of its worker.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(connections))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A worker as the accepting thread sees it.
pub(crate) struct WorkerThread {
    connections: Arc<AtomicUsize>,
    queue: mpsc::UnboundedSender<Accepted>,
    end: Arc<Notify>,
    thread: JoinHandle<()>,
}

impl WorkerThread {
    pub(crate) fn start<C: Channel>(number: usize, worker: Arc<Worker<C>>) -> io::Result<Self> {
        let (queue, mut accepted) = mpsc::unbounded_channel::<Accepted>();
        let end = Arc::new(Notify::new());
        let ended = Arc::clone(&end);
        let runtime = runtime()?;
        let serve = async move {
            let accept = async {
                while let Some(next) = accepted.recv().await {
                    tokio::spawn(serve_connection(next, Arc::clone(&worker)));
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = accept => {}
                () = worker.shared.heartbeats.of(number) => {}
                () = ended.notified() => {}
            }
        };
        let thread = std::thread::Builder::new().name(format!("worker-{number}")).spawn(move || runtime.block_on(serve))?;
        Ok(Self { connections: Arc::default(), queue, end, thread })
    }
}

async fn serve_connection<C: Channel>(accepted: Accepted, worker: Arc<Worker<C>>) {
    let Accepted { stream, peer, slot, counted } = accepted;
    match tokio::net::TcpStream::from_std(stream) {
        Ok(stream) => {
            worker.shared.metrics.connections.inc();
            connection::run(stream, peer, slot, Arc::clone(&worker)).await;
            worker.shared.metrics.connections.dec();
        }
        Err(error) => tracing::warn!(%error, "an accepted connection cannot be used"),
    }
    drop(counted);
}

/// What accepts, and what it needs to stop in good order.
pub(crate) struct Acceptor<C: Channel> {
    pub(crate) shared: Arc<Shared<C>>,
    pub(crate) workers: Vec<WorkerThread>,
    pub(crate) max_connections: usize,
    pub(crate) drain_delay: Duration,
    pub(crate) drain_timeout: Duration,
    pub(crate) slots: Arc<Semaphore>,
}

impl<C: Channel> Acceptor<C> {
    /// Accepts until told to stop, then drains; returns how many connections, and changes that went on without theirs, were cut.
    pub(crate) async fn run(self, listener: TcpListener, stopped: oneshot::Receiver<()>) -> usize {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::error!(%error, "the listening socket cannot be waited for");
                return 0;
            }
        };
        tokio::select! {
            () = self.accept_all(&listener) => {}
            _ = stopped => {}
        }
        self.shared.drain.announce();
        // Ends by its time only: whoever accepts does not stop by himself.
        let _ = tokio::time::timeout(self.drain_delay, self.accept_all(&listener)).await;
        match listener.into_std() {
            Ok(listener) => self.drain(listener).await,
            Err(error) => {
                tracing::error!(%error, "the listening socket is gone");
                0
            }
        }
    }

    async fn accept_all(&self, listener: &tokio::net::TcpListener) {
        loop {
            let slot = self.slot().await;
            // Taken off this thread's reactor: the worker has its own.
            match listener.accept().await.and_then(|(stream, peer)| Ok((stream.into_std()?, peer))) {
                Ok((stream, peer)) => self.hand_over(stream, peer, slot),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn slot(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.slots).acquire_owned().await.expect("the semaphore is never closed")
    }

    fn hand_over(&self, stream: std::net::TcpStream, peer: SocketAddr, slot: OwnedSemaphorePermit) {
        let worker =
            self.workers.iter().min_by_key(|worker| worker.connections.load(Ordering::Relaxed)).expect("there is at least one worker");
        let counted = Counted::new(&worker.connections);
        let accepted = Accepted { stream, peer: peer.ip(), slot, counted };
        if worker.queue.send(accepted).is_err() {
            tracing::error!("a worker is gone, and a connection with it");
        }
    }

    async fn drain(self, listener: TcpListener) -> usize {
        let deadline = tokio::time::Instant::now() + self.drain_timeout;
        self.shared.drain.begin();
        drain::refuse_new_connections(&listener);
        for _ in 0..2 {
            while let Ok((stream, peer)) = accept_now(&listener) {
                tokio::select! {
                    slot = self.slot() => self.hand_over(stream, peer, slot),
                    () = tokio::time::sleep_until(deadline) => break,
                }
            }
            tokio::time::sleep(drain::HANDSHAKES).await;
        }
        drop(listener);
        if tokio::time::timeout(drain::SILENCE, self.all_closed()).await.is_err() {
            self.shared.drain.close_silent();
            let _ = tokio::time::timeout_at(deadline, self.all_closed()).await;
        }
        let cut = self.max_connections - self.slots.available_permits();
        for worker in self.workers {
            worker.end.notify_one();
            if worker.thread.join().is_err() {
                tracing::error!("a worker panicked");
            }
        }
        self.shared.traces.close();
        self.shared.access_log.close();
        cut
    }

    async fn all_closed(&self) {
        let all = u32::try_from(self.max_connections).expect("checked with the configuration");
        let closed = self.slots.acquire_many(all).await;
        drop(closed);
    }
}

/// Takes a connection that is in the kernel's queue already.
fn accept_now(listener: &TcpListener) -> io::Result<(std::net::TcpStream, SocketAddr)> {
    let (stream, peer) = listener.accept()?;
    stream.set_nonblocking(true)?;
    Ok((stream, peer))
}
