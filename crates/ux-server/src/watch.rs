//! What a connection of a caller is doing, and for how long it may.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::channel::Channel;
use crate::limits::Limits;
use crate::server::Worker;

/// What a connection is doing. The numbers are kept in the low bits of [`Activity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// HTTP/1, between requests.
    Idle = 0,
    /// HTTP/1, a part of a request's head has arrived.
    Head = 1,
    /// HTTP/1, a request is being answered.
    Busy = 2,
    /// HTTP/1, the answer is ready to be written.
    Answered = 3,
    /// HTTP/1, the caller does not take what is being written.
    Stalled = 4,
    /// Answered and closed; waiting for the caller to stop sending.
    Lingering = 5,
    /// HTTP/2, which bounds its own stages; only idleness is watched.
    Http2 = 6,
}

const PHASE_BITS: u32 = 3;

/// A connection's phase together with a number that changes whenever the phase does, so that a look at two different
/// times tells whether anything happened in between.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    state: AtomicU32,
    /// HTTP/2 requests in progress.
    streams: AtomicU32,
    pub(crate) head_is_late: AtomicBool,
    /// The caller was answered before it had sent everything. Closing the connection under it would destroy the answer,
    /// so what it sends is read and thrown away for a while.
    pub(crate) is_still_sent_to: AtomicBool,
    /// hyper may hold bytes that belong to a later request.
    pub(crate) has_read_ahead: AtomicBool,
    /// A request had a body.
    pub(crate) had_body: AtomicBool,
    /// The stream is to be given back and not closed.
    pub(crate) is_given_back: AtomicBool,
}

impl Activity {
    fn state(&self) -> u32 {
        self.state.load(Ordering::Relaxed)
    }

    pub(crate) fn phase(&self) -> Phase {
        phase_of(self.state())
    }

    pub(crate) fn enter(&self, phase: Phase) {
        let changes = (self.state() >> PHASE_BITS).wrapping_add(1);
        self.state.store(changes << PHASE_BITS | phase as u32, Ordering::Relaxed);
    }

    /// Marks a request as being answered until the guard is dropped.
    pub(crate) fn busy(&self) -> BusyGuard<'_> {
        match self.phase() {
            Phase::Http2 => {
                self.streams.fetch_add(1, Ordering::Relaxed);
                self.enter(Phase::Http2);
            }
            _ => self.enter(Phase::Busy),
        }
        BusyGuard(self)
    }
}

fn phase_of(state: u32) -> Phase {
    match state & ((1 << PHASE_BITS) - 1) {
        0 => Phase::Idle,
        1 => Phase::Head,
        2 => Phase::Busy,
        3 => Phase::Answered,
        4 => Phase::Stalled,
        5 => Phase::Lingering,
        _ => Phase::Http2,
    }
}

pub(crate) struct BusyGuard<'a>(&'a Activity);

impl Drop for BusyGuard<'_> {
    fn drop(&mut self) {
        match self.0.phase() {
            Phase::Http2 => {
                self.0.streams.fetch_sub(1, Ordering::Relaxed);
                self.0.enter(Phase::Http2);
            }
            _ => self.0.enter(Phase::Answered),
        }
    }
}

/// What the watch wants done with the connection.
pub(crate) enum Verdict {
    /// Poll it again: something that it waits for has changed.
    Look,
    /// End it in good order.
    End,
    /// Drop it.
    Cut,
    /// Take the stream back from hyper until the caller speaks again.
    Rest,
}

/// A connection that was silent for this long gives its buffers back: hyper keeps 24 KB for each.
pub(crate) const REST_AFTER: Duration = Duration::from_secs(1);

/// How long a connection waits for a caller that was answered to stop sending, so that the answer survives.
pub(crate) const LINGER: Duration = Duration::from_secs(2);

/// Bounds the time that a connection spends in one phase.
///
/// One timer per connection, which is left alone while requests come and go: when it fires, the number in
/// [`Activity`] tells whether the connection has been in this phase all along.
pub(crate) struct Watch<'a> {
    limits: &'a Limits,
    activity: &'a Activity,
    timer: Pin<Box<tokio::time::Sleep>>,
    /// The state that the timer was set for.
    set_for: Option<u32>,
    /// The connection was told to end. A caller of HTTP/2 can keep it from doing so, by not answering, or by not reading.
    is_ending: bool,
    /// The time that it was set to.
    bound_set: Option<Duration>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new<C: Channel>(worker: &'a Worker<C>, activity: &'a Activity) -> Self {
        Self {
            limits: &worker.shared.limits,
            activity,
            timer: Box::pin(sleep(Duration::ZERO)),
            set_for: None,
            is_ending: false,
            bound_set: None,
        }
    }

    /// Whether hyper holds nothing that the caller has sent: every byte so far belonged to a request's head, the last of
    /// them ended one, and all of them were answered.
    fn may_rest(&self) -> bool {
        self.limits.idle_timeout_ms > REST_AFTER.as_millis() as u64
            && !self.activity.has_read_ahead.load(Ordering::Relaxed)
            && !self.activity.had_body.load(Ordering::Relaxed)
    }

    fn bound(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::Http2 if self.is_ending => Some(Duration::from_millis(self.limits.write_timeout_ms)),
            Phase::Idle if self.may_rest() => Some(REST_AFTER),
            Phase::Idle | Phase::Http2 => Some(Duration::from_millis(self.limits.idle_timeout_ms)),
            Phase::Head => Some(Duration::from_millis(self.limits.head_timeout_ms)),
            Phase::Stalled => Some(Duration::from_millis(self.limits.write_timeout_ms)),
            Phase::Lingering => Some(LINGER),
            // A request has its own time limit, and its answer waits for no one but those that are ready too.
            Phase::Busy | Phase::Answered => None,
        }
    }

    pub(crate) fn poll_verdict(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Verdict> {
        let state = self.activity.state();
        let phase = phase_of(state);
        let patient = matches!(phase, Phase::Idle | Phase::Http2);
        let bound = self.bound(phase);
        let set_well =
            self.set_for.is_some_and(|set_for| set_for == state || (patient && phase_of(set_for) == phase && self.bound_set == bound));
        if !set_well && let Some(bound) = bound {
            self.timer.as_mut().reset(Instant::now() + bound);
            self.bound_set = Some(bound);
            self.set_for = Some(state);
            // Registers this task; whether the time is over already is asked below.
            let _ = self.timer.as_mut().poll(cx);
        }
        if !self.timer.is_elapsed() {
            return Poll::Pending;
        }
        match self.set_for.take() {
            None => Poll::Pending,
            Some(set_for) if set_for != state => Poll::Ready(Verdict::Look),
            Some(_) => Poll::Ready(self.time_is_over(phase)),
        }
    }

    fn time_is_over(&mut self, phase: Phase) -> Verdict {
        match phase {
            Phase::Idle if self.may_rest() => {
                self.activity.is_given_back.store(true, Ordering::Relaxed);
                Verdict::Rest
            }
            Phase::Idle => Verdict::End,
            Phase::Http2 if self.activity.streams.load(Ordering::Relaxed) == 0 => {
                if std::mem::replace(&mut self.is_ending, true) {
                    Verdict::Cut
                } else {
                    Verdict::End
                }
            }
            Phase::Http2 | Phase::Busy | Phase::Answered => Verdict::Look,
            Phase::Head => {
                self.activity.head_is_late.store(true, Ordering::Relaxed);
                Verdict::Look
            }
            Phase::Stalled | Phase::Lingering => Verdict::Cut,
        }
    }
}
