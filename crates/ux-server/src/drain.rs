//! Stopping without losing a request.
//!
//! 1. `/readyz` says 503, and for `server.drain_delay_ms` nothing else changes: a load balancer learns of the end with
//!    its next probe, and sends callers until then.
//! 2. Nobody new gets in: packets that would open a connection are dropped, connections that the kernel has already
//!    completed are accepted and served, then the listening socket is closed.
//! 3. Every answer from now on says `Connection: close`, so connections in use end with a request, not under one.
//! 4. Connections that stay silent are closed.
//! 5. Changes are waited for although their callers have gone.
//! 6. At the deadline, what is left is cut and reported.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use socket2::{SockFilter, SockRef};
use tokio::sync::Notify;

/// How long a silent keep-alive connection is kept in case a request is on its way.
pub(crate) const SILENCE: Duration = Duration::from_millis(500);

/// How long handshakes that were under way may take to reach the accept queue.
pub(crate) const HANDSHAKES: Duration = Duration::from_millis(20);

/// How far stopping has come, as connections and requests need to know it.
#[derive(Debug, Default)]
pub(crate) struct Drain {
    announced: AtomicBool,
    first: AtomicBool,
    second: AtomicBool,
    reached_second: Notify,
}

impl Drain {
    /// Balancers are to send nobody any more.
    pub(crate) fn is_announced(&self) -> bool {
        self.announced.load(Ordering::Relaxed)
    }

    pub(crate) fn announce(&self) {
        self.announced.store(true, Ordering::Relaxed);
    }

    /// Answers are the last on their connection.
    pub(crate) fn has_begun(&self) -> bool {
        self.first.load(Ordering::Relaxed)
    }

    pub(crate) fn begin(&self) {
        self.first.store(true, Ordering::Relaxed);
    }

    /// Silent connections are to be closed.
    pub(crate) fn close_silent(&self) {
        self.second.store(true, Ordering::SeqCst);
        self.reached_second.notify_waiters();
    }

    /// Whether silent connections are to be closed.
    pub(crate) fn has_reached_second(&self) -> bool {
        self.second.load(Ordering::SeqCst)
    }

    /// Ends when silent connections are to be closed.
    pub(crate) async fn second_stage(&self) {
        let notified = self.reached_second.notified();
        if !self.has_reached_second() {
            notified.await;
        }
    }
}

/// Has the kernel drop packets that would open a connection, so that between the last accept and the close none is
/// completed only to be reset. Where the kernel cannot do it, that moment stays.
pub(crate) fn refuse_new_connections(listener: &std::net::TcpListener) {
    // Byte 13 of a TCP header holds the flags, of which SYN (2) opens a connection.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    let without_syn = [
        SockFilter::new(LOAD_BYTE, 0, 0, 13),
        SockFilter::new(JUMP_IF_SET, 0, 1, 2),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ];
    if let Err(error) = SockRef::from(listener).attach_filter(&without_syn) {
        tracing::debug!(%error, "the kernel cannot hold back new connections");
    }
}
