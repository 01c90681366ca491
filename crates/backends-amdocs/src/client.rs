//! Requests to Amdocs, and what its failures mean.

use backends_http::{BackendError, Call, CallContext, ConfigProblem, Kind, Reply, System, UpstreamMetrics, decode_wire};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue, Method, header};
use tmf666_model::BillingAccount;
use tmf666_model::codes::{BusinessUnit, CodeTable as _};

use crate::config::AmdocsConfig;
use crate::{translate, wire};

const GET_BILLING_ACCOUNT: &str = "getBillingAccount";

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Amdocs as one worker sees it.
#[derive(Debug)]
pub struct AmdocsClient {
    system: System,
    headers: [(HeaderName, HeaderValue); 2],
}

impl AmdocsClient {
    /// A client for the first worker; opens nothing yet.
    ///
    /// # Errors
    /// Every mistake in `config`, with its key.
    pub fn new(config: &AmdocsConfig, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.amdocs", &mut problems);
        match config.api_key_header() {
            Some(key) if problems.is_empty() => Ok(Self {
                system: System::new("amdocs", &[GET_BILLING_ACCOUNT], &config.http, metrics)?,
                headers: [(X_API_KEY, key), (header::ACCEPT, HeaderValue::from_static("application/json"))],
            }),
            _ => Err(problems),
        }
    }

    /// The same client for another worker, with a connection pool of its own.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self { system: self.system.for_worker(), headers: self.headers.clone() }
    }

    /// How Amdocs looks from here.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// dxp-ux: the account with this number. `now` decides what offers are in force.
    ///
    /// # Errors
    /// [`BackendError`]; `NotFound` where Amdocs has no such account in this market.
    pub async fn dxp_by_id(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        account_no: &str,
        now: DateTime<Utc>,
    ) -> Result<Box<BillingAccount>, BackendError> {
        let market = self.system.target("/amdocs/rest/v1").segment(unit.as_str());
        let call = Call {
            operation: GET_BILLING_ACCOUNT,
            kind: Kind::Read,
            method: Method::GET,
            target: market.segment("billingAccounts").segment(account_no).build(),
            headers: &self.headers,
            body: Bytes::new(),
            identity: None,
        };
        let read = |reply: &Reply| {
            reply.require_success()?;
            let account = decode_wire::<wire::Account>(reply)?;
            // An answer for somebody else, however it came about, must never be shown.
            match account.account_no.0.as_deref() {
                Some(answered) if answered == account_no => Ok(Box::new(translate::dxp_by_id::translate(account, unit, now))),
                Some(_) => Err(reply.malformed_because("accountNo", "another account than asked for")),
                None => Err(reply.malformed("accountNo")),
            }
        };
        self.system.call(ctx, &call, read).await
    }
}
