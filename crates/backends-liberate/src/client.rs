//! Requests to Liberate, and what its failures mean.

use backends_http::{BackendError, Call, CallContext, ConfigProblem, Kind, Outage, Reply, System, UpstreamMetrics, decode_wire};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use tmf666_model::codes::{BusinessUnit, CodeTable as _};
use tmf666_model::{BillingAccount, Text};

use crate::config::LiberateConfig;
use crate::translate::{self, Context};
use crate::wire;

const GET_ACCOUNTS: &str = "getAccounts";

/// Liberate as one worker sees it.
#[derive(Debug)]
pub struct LiberateClient {
    system: System,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// By what Liberate looks accounts up. The text is passed on as the caller wrote it: that a Jamaican number answers with
/// and without its leading 1 is Liberate's own doing.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Key<'a> {
    /// Account number.
    AccountNo(&'a str),
    /// Number of a service of the account.
    ServiceNo(&'a str),
    /// Phone number of a contact of the account.
    ContactNo(&'a str),
}

/// Where an account is.
#[derive(Debug, Clone, PartialEq)]
pub enum Located {
    /// Here.
    Found(Box<BillingAccount>),
    /// In Cerillion now; what Liberate still holds of it is out of date. Follow this once.
    Migrated {
        /// Its number there.
        to: Text,
    },
}

impl Located {
    /// The account, or what `elsewhere` finds under its new number: followed once, because an account that moved on from
    /// there would be a mistake in the data.
    ///
    /// # Errors
    /// What `elsewhere` fails with.
    pub async fn follow<E>(self, elsewhere: impl AsyncFnOnce(Text) -> Result<Box<BillingAccount>, E>) -> Result<Box<BillingAccount>, E> {
        match self {
            Self::Found(account) => Ok(account),
            Self::Migrated { to } => elsewhere(to).await,
        }
    }
}

#[derive(Serialize)]
struct Request<'a> {
    operation: &'static str,
    #[serde(flatten)]
    key: Key<'a>,
}

impl LiberateClient {
    /// A client for the first worker; opens nothing yet.
    ///
    /// # Errors
    /// Every mistake in `config`, with its key.
    pub fn new(config: &LiberateConfig, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.liberate", &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let system = System::new("liberate", &[GET_ACCOUNTS], &config.http, metrics)?;
        Ok(Self { system, headers: headers(config) })
    }

    /// The same client for another worker, with a connection pool of its own.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self { system: self.system.for_worker(), headers: self.headers.clone() }
    }

    /// How Liberate looks from here.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// wfm-ux: the account with this number, with everything that Liberate knows.
    ///
    /// # Errors
    /// [`BackendError`]; `NotFound` where Liberate has no such account.
    pub async fn wfm_by_id(&self, ctx: &CallContext, unit: &BusinessUnit, account_no: &str) -> Result<Located, BackendError> {
        self.first(ctx, unit, account_no, translate::wfm_by_id::translate).await
    }

    /// bot-ux: balance enquiry for the account with this number.
    ///
    /// # Errors
    /// As for [`LiberateClient::wfm_by_id`].
    pub async fn bot_balance_enquiry(&self, ctx: &CallContext, unit: &BusinessUnit, account_no: &str) -> Result<Located, BackendError> {
        self.first(ctx, unit, account_no, translate::bot_balance_enquiry::translate).await
    }

    /// bot-ux: the accounts that `key` leads to, in Liberate's order, each with its e-mail address.
    /// `public_base_url` begins their `href`s, without a slash at its end.
    ///
    /// # Errors
    /// As for [`LiberateClient::wfm_by_id`]; the list is never empty.
    pub async fn bot_accounts(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        key: Key<'_>,
        public_base_url: &str,
    ) -> Result<Vec<Located>, BackendError> {
        let view = |record: &mut wire::Record, context: Context<'_>| translate::bot_accounts::translate(record, public_base_url, context);
        self.accounts(ctx, unit, key, view).await
    }

    async fn first(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        account_no: &str,
        view: impl Fn(&mut wire::Record, Context<'_>) -> Box<BillingAccount>,
    ) -> Result<Located, BackendError> {
        let mut accounts = self.accounts(ctx, unit, Key::AccountNo(account_no), view).await?;
        Ok(accounts.swap_remove(0))
    }

    async fn accounts(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        key: Key<'_>,
        view: impl Fn(&mut wire::Record, Context<'_>) -> Box<BillingAccount>,
    ) -> Result<Vec<Located>, BackendError> {
        let request = Request { operation: GET_ACCOUNTS, key };
        let call = Call {
            operation: GET_ACCOUNTS,
            kind: Kind::Read,
            method: Method::POST,
            // The empty segment is the slash at the path's end.
            target: self.system.target("/liberate-customer-sys/v1").segment(unit.as_str()).segment("billingAccount").segment("").build(),
            headers: &self.headers,
            body: Bytes::from(serde_json::to_vec(&request).expect("texts can be written as JSON")),
            identity: None,
        };
        let read = |reply: &Reply| {
            let mut records = records(reply, key)?;
            let context = Context { unit, unknown_code: &|table| self.system.unknown_code(table) };
            Ok(records.iter_mut().map(|record| located(record, |record| view(record, context))).collect())
        };
        self.system.call(ctx, &call, read).await
    }
}

fn headers(config: &LiberateConfig) -> Vec<(HeaderName, HeaderValue)> {
    let pair = format!("{}:{}", config.username, config.password.expose_secret());
    let mut basic = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair))).expect("Base64 text is a valid header value");
    basic.set_sensitive(true);
    vec![
        (header::AUTHORIZATION, basic),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ACCEPT, HeaderValue::from_static("application/json")),
    ]
}

fn located(record: &mut wire::Record, view: impl FnOnce(&mut wire::Record) -> Box<BillingAccount>) -> Located {
    match translate::migrated_to(record) {
        Some(number) => Located::Migrated { to: number.clone() },
        None => Located::Found(view(record)),
    }
}

/// The records of an answer: at least one, each with a number. Liberate reports its errors with status 200.
fn records(reply: &Reply, key: Key<'_>) -> Result<Vec<wire::Record>, BackendError> {
    reply.require_ok()?;
    let records = decode_wire::<wire::Answer>(reply)?.0;
    if records.is_empty() {
        return Err(reply.not_found());
    }
    for (position, record) in records.iter().enumerate() {
        if let Some(code) = &record.error_code.0 {
            return Err(failure(reply, code));
        }
        let place = || format!("[{position}].accountNo");
        match (&record.account_no.0, key) {
            (None, _) => return Err(reply.malformed(place())),
            // An answer for somebody else, however it came about, must never be shown.
            (Some(number), Key::AccountNo(wanted)) if number != wanted => {
                return Err(reply.malformed_because(place(), "another account than asked for"));
            }
            _ => {}
        }
    }
    Ok(records)
}

fn failure(reply: &Reply, code: &str) -> BackendError {
    match code {
        "LIB-0404" => reply.not_found(),
        "LIB-0400" => reply.rejected("LIB-0400"),
        "LIB-0401" => reply.misconfigured("LIB-0401"),
        "LIB-0409" => reply.unavailable(Outage::Busy),
        "LIB-0500" => reply.unavailable(Outage::SystemDown),
        _ => reply.malformed("errorCode"),
    }
}
