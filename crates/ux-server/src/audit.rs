//! One line for every change that a client asks for: who, what, which account, and what became of it.
//!
//! The lines stand among the access lines, told apart by their field `audit`, and are never dropped. Beside the account's
//! number they hold nothing about the customer.
//!
//! | `outcome` | what it says |
//! |---|---|
//! | `accepted` | the billing system took the change |
//! | `refused` | nothing was changed |
//! | `unknown` | the change may have been made: no answer came, or the process ended under it; `status` says what was answered, if anything |
//!
//! A caller who goes away changes nothing about that: a change once begun is finished.

use http::StatusCode;
use serde::Serialize;
use tmf666_model::Text;
use tmf666_model::codes::{BusinessUnit, CodeTable as _};

use crate::access_log::{AccessLog, LogLine, Timestamp};
use crate::channel::Channel;
use crate::error::ApiError;
use crate::layers::Exchange;
use crate::operation::Operation;

/// What a request asks to have changed.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// A short name out of a closed list.
    pub what: &'static str,
    /// The account's number.
    pub account: &'a str,
}

/// A change under way. Dropped before its end, it is written with an unknown outcome.
pub(crate) struct Audit<'a> {
    log: &'a AccessLog,
    line: AuditLine<'a>,
    ended: bool,
}

#[derive(Serialize)]
struct AuditLine<'a> {
    time: Timestamp,
    /// Tells these lines from access lines.
    audit: &'static str,
    channel: &'static str,
    correlation_id: &'a str,
    client: &'a str,
    operation: &'static str,
    unit: Text,
    account: Text,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Accepted,
    Refused,
    Unknown,
}

impl<'a> Audit<'a> {
    pub(crate) fn begin<C: Channel, O: Operation<C>>(exchange: &'a Exchange<'_, C>, unit: &BusinessUnit, change: Change<'_>) -> Self {
        let line = AuditLine {
            time: Timestamp::now(),
            audit: change.what,
            channel: C::NAME,
            correlation_id: exchange.context.correlation_id.as_str(),
            client: &exchange.client.id,
            operation: O::SPEC.name,
            unit: unit.as_str().into(),
            account: change.account.into(),
            outcome: Outcome::Unknown,
            status: None,
        };
        Self { log: exchange.log, line, ended: false }
    }

    pub(crate) fn end<T>(mut self, outcome: &Result<T, ApiError>) {
        let (outcome, status) = match outcome {
            Ok(_) => (Outcome::Accepted, StatusCode::OK),
            Err(error) if error.leaves_outcome_unknown() => (Outcome::Unknown, error.status()),
            Err(error) => (Outcome::Refused, error.status()),
        };
        self.write(outcome, Some(status.as_u16()));
    }

    fn write(&mut self, outcome: Outcome, status: Option<u16>) {
        self.ended = true;
        self.line.time = Timestamp::now();
        self.line.outcome = outcome;
        self.line.status = status;
        self.log.write_surely(&self.line);
    }
}

impl Drop for Audit<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.write(Outcome::Unknown, None);
        }
    }
}

impl LogLine for AuditLine<'_> {
    fn write_json(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        Ok(serde_json::to_writer(out, self)?)
    }

    fn write_human(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        use std::io::Write as _;
        let outcome = match self.outcome {
            Outcome::Accepted => "accepted",
            Outcome::Refused => "refused",
            Outcome::Unknown => "unknown",
        };
        write!(out, "{} CHANGE {} {} {outcome}", self.time.text(), self.audit, self.unit)?;
        if let Some(status) = self.status {
            write!(out, " {status}")?;
        }
        writeln!(out, " account={} client={} id={}", self.account, self.client, self.correlation_id)
    }
}
