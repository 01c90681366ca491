//! Every way in which a call to a billing system can fail, by meaning.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Which call failed. All of it is fixed text, so it may appear in logs, metrics and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The billing system's name in configuration and metrics, as in `csg`.
    pub system: &'static str,
    /// The operation in the system's own words, as in `getBalanceEnquiry`.
    pub operation: &'static str,
    /// The HTTP method of the call.
    pub method: &'static str,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.system, self.operation)
    }
}

/// Why a system is unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// No connection came up: refused, unreachable, name unknown, TLS failed. Nothing was sent.
    ConnectFailed,
    /// The connection broke after the request began to be sent. Whether the system acted is unknown.
    ConnectionLost,
    /// The system answered that it cannot serve: a 5xx status, or its own code for it.
    SystemDown,
    /// The system is alive, but the record is in use by someone else. A second attempt is worth making.
    Busy,
    /// We ask more than the system allows us: status 429, or its own code for it. Repeating at once makes it worse.
    RateLimited,
    /// The circuit breaker is open. Nothing was sent.
    BreakerOpen,
    /// Too many calls are in flight and waiting. Nothing was sent.
    QueueFull,
}

/// Where the time went when a call timed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for a place among the concurrent calls. Nothing was sent.
    Queue,
    /// Connecting, sending, or waiting for the answer. Whether the system acted is unknown.
    Answer,
}

/// A cause, for the operator's log only.
pub type Cause = Box<dyn Error + Send + Sync>;

/// What went wrong with a call to a billing system.
///
/// `Display` is one level and `source()` leads to the next; neither contains a value of the request or of the answer.
#[derive(Debug)]
pub enum BackendError {
    /// The system works and has no such account.
    NotFound {
        /// Which call.
        origin: Origin,
    },
    /// The system understood the request and refuses it because of what the caller sent.
    Rejected {
        /// Which call.
        origin: Origin,
        /// A fixed text or one of the system's own codes; never a value.
        reason: Cow<'static, str>,
    },
    /// The system does not accept our credentials, or says that we are not allowed what we need.
    Misconfigured {
        /// Which call.
        origin: Origin,
        /// A fixed text or one of the system's own codes; never a value.
        reason: Cow<'static, str>,
    },
    /// The system cannot answer now; a later request may succeed.
    Unavailable {
        /// Which call.
        origin: Origin,
        /// Why.
        outage: Outage,
        /// How long to wait, where that is known.
        retry_after: Option<Duration>,
        /// What lies below.
        cause: Option<Cause>,
    },
    /// The time for this call is over.
    TimedOut {
        /// Which call.
        origin: Origin,
        /// Where the time went.
        stage: Stage,
    },
    /// The answer cannot be understood.
    Malformed {
        /// Which call.
        origin: Origin,
        /// The place in the answer, as in `CsgResponse/Account/CUR_BAL` or `listAccounts[3].balance`.
        path: Cow<'static, str>,
        /// What lies below.
        cause: Option<Cause>,
    },
}

impl BackendError {
    /// Which call failed.
    pub fn origin(&self) -> Origin {
        match self {
            Self::NotFound { origin }
            | Self::Rejected { origin, .. }
            | Self::Misconfigured { origin, .. }
            | Self::Unavailable { origin, .. }
            | Self::TimedOut { origin, .. }
            | Self::Malformed { origin, .. } => *origin,
        }
    }

    /// A short name out of a closed list, for metrics and log lines.
    pub fn class(&self) -> &'static str {
        self.outcome().label()
    }

    /// How long to wait before asking again, where the failure says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// False where it is certain that the system never saw the request, or answered that it did nothing.
    ///
    /// A write that failed otherwise has an unknown outcome: it may have been applied.
    pub fn may_have_been_applied(&self) -> bool {
        match self {
            Self::NotFound { .. } | Self::Rejected { .. } | Self::Misconfigured { .. } => false,
            Self::Unavailable { outage, .. } => {
                matches!(outage, Outage::ConnectionLost | Outage::SystemDown)
            }
            Self::TimedOut { stage, .. } => *stage == Stage::Answer,
            Self::Malformed { .. } => true,
        }
    }

    /// The same failure for a caller who shared the call; what lies below it is told to the first one only.
    pub(crate) fn for_one_more_caller(&self) -> Self {
        match self {
            Self::NotFound { origin } => Self::NotFound { origin: *origin },
            Self::Rejected { origin, reason } => Self::Rejected { origin: *origin, reason: reason.clone() },
            Self::Misconfigured { origin, reason } => Self::Misconfigured { origin: *origin, reason: reason.clone() },
            Self::Unavailable { origin, outage, retry_after, .. } => {
                Self::Unavailable { origin: *origin, outage: *outage, retry_after: *retry_after, cause: None }
            }
            Self::TimedOut { origin, stage } => Self::TimedOut { origin: *origin, stage: *stage },
            Self::Malformed { origin, path, .. } => Self::Malformed { origin: *origin, path: path.clone(), cause: None },
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::NotFound { .. } => Outcome::NotFound,
            Self::Rejected { .. } => Outcome::Rejected,
            Self::Misconfigured { .. } => Outcome::Misconfigured,
            Self::Unavailable { outage, .. } => match outage {
                Outage::ConnectFailed => Outcome::ConnectFailed,
                Outage::ConnectionLost => Outcome::ConnectionLost,
                Outage::SystemDown => Outcome::SystemDown,
                Outage::Busy => Outcome::Busy,
                Outage::RateLimited => Outcome::RateLimited,
                Outage::BreakerOpen => Outcome::BreakerOpen,
                Outage::QueueFull => Outcome::QueueFull,
            },
            Self::TimedOut { .. } => Outcome::TimedOut,
            Self::Malformed { .. } => Outcome::Malformed,
        }
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { origin } => write!(f, "{origin}: not found"),
            Self::Rejected { origin, reason } => {
                write!(f, "{origin}: the request was rejected ({reason})")
            }
            Self::Misconfigured { origin, reason } => {
                write!(f, "{origin}: this gateway is not allowed to ask ({reason})")
            }
            Self::Unavailable { origin, outage, .. } => match outage {
                Outage::ConnectFailed => write!(f, "{origin}: no connection"),
                Outage::ConnectionLost => write!(f, "{origin}: the connection broke before the answer was complete"),
                Outage::SystemDown => write!(f, "{origin}: the system says that it cannot serve"),
                Outage::Busy => write!(f, "{origin}: the record is in use by someone else"),
                Outage::RateLimited => {
                    write!(f, "{origin}: the system limits how much may be asked")
                }
                Outage::BreakerOpen => write!(f, "{origin}: the circuit breaker is open"),
                Outage::QueueFull => write!(f, "{origin}: too many calls are waiting already"),
            },
            Self::TimedOut { origin, stage } => match stage {
                Stage::Queue => write!(f, "{origin}: timed out waiting for its turn"),
                Stage::Answer => write!(f, "{origin}: timed out waiting for the answer"),
            },
            Self::Malformed { origin, path, .. } => {
                write!(f, "{origin}: the answer cannot be understood at {path}")
            }
        }
    }
}

impl Error for BackendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable { cause, .. } | Self::Malformed { cause, .. } => {
                cause.as_ref().map(|cause| &**cause as &(dyn Error + 'static))
            }
            _ => None,
        }
    }
}

/// How a call ended, as the metrics label it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    NotFound,
    Rejected,
    Misconfigured,
    ConnectFailed,
    ConnectionLost,
    SystemDown,
    Busy,
    RateLimited,
    BreakerOpen,
    QueueFull,
    TimedOut,
    Malformed,
    /// The caller went away before there was an answer.
    Abandoned,
}

impl Outcome {
    pub(crate) const ALL: [Self; 14] = [
        Self::Ok,
        Self::NotFound,
        Self::Rejected,
        Self::Misconfigured,
        Self::ConnectFailed,
        Self::ConnectionLost,
        Self::SystemDown,
        Self::Busy,
        Self::RateLimited,
        Self::BreakerOpen,
        Self::QueueFull,
        Self::TimedOut,
        Self::Malformed,
        Self::Abandoned,
    ];

    /// Whether something went wrong that the system's operator, or ours, should know of. The rest are the callers' matters.
    pub(crate) fn is_failure(self) -> bool {
        !matches!(self, Self::Ok | Self::NotFound | Self::Rejected | Self::Abandoned)
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::Misconfigured => "misconfigured",
            Self::ConnectFailed => "connect_failed",
            Self::ConnectionLost => "connection_lost",
            Self::SystemDown => "system_down",
            Self::Busy => "busy",
            Self::RateLimited => "rate_limited",
            Self::BreakerOpen => "breaker_open",
            Self::QueueFull => "queue_full",
            Self::TimedOut => "timed_out",
            Self::Malformed => "malformed",
            Self::Abandoned => "abandoned",
        }
    }
}
