//! Requests to Cerillion, and what its failures mean.

use std::sync::Arc;
use std::time::Duration;

use backends_http::{
    BackendError, Call, CallContext, ConfigProblem, Issued, Kind, Origin, Outage, Reply, System, Target, Tokens, UpstreamMetrics,
    decode_wire,
};
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret as _;
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

use crate::config::CerillionConfig;
use crate::translate::{self, Context};
use crate::wire;

const NAME: &str = "cerillion";
const TOKEN: &str = "token";
const GET_ACCOUNT: &str = "getAccount";
const GET_ACCOUNT_BALANCE: &str = "getAccountBalance";
const LIST_ACCOUNTS: &str = "listAccounts";
const OPERATIONS: [&str; 4] = [TOKEN, GET_ACCOUNT, GET_ACCOUNT_BALANCE, LIST_ACCOUNTS];

/// Accounts asked for at once.
const PAGE: usize = 100;

/// A number that leads to more accounts is a mistake in the data, and paging through them would hold up everybody.
const MOST_ACCOUNTS: usize = 1_000;

/// Reason of the failure that a newer token may mend.
const TOKEN_REFUSED: &str = "the token was refused";

const X_TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

/// The headers that every request but the token's carries.
type Bearer = [(HeaderName, HeaderValue); 2];

/// Cerillion as one worker sees it. The access token is shared by the workers.
#[derive(Debug)]
pub struct CerillionClient {
    system: System,
    config: Arc<CerillionConfig>,
    tokens: Arc<Tokens<Bearer>>,
}

/// By what Cerillion looks accounts up. The text is passed on as the caller wrote it: that a Jamaican number answers with
/// and without its leading 1 is Cerillion's own doing.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// Account number.
    AccountNo(&'a str),
    /// Number of a service of the account.
    ServiceNo(&'a str),
    /// Phone number of a contact of the account.
    ContactNo(&'a str),
}

struct Page {
    accounts: Vec<wire::Account>,
    is_last: bool,
}

impl CerillionClient {
    /// A client for the first worker; opens nothing yet.
    ///
    /// # Errors
    /// Every mistake in `config`, with its key.
    pub fn new(config: &CerillionConfig, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.cerillion", &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            system: System::new(NAME, &OPERATIONS, &config.http, metrics)?,
            config: Arc::new(config.clone()),
            tokens: Arc::new(Tokens::new(Origin { system: NAME, operation: TOKEN, method: "POST" })),
        })
    }

    /// The same client for another worker: its own connection pool, the same token.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self { system: self.system.for_worker(), config: Arc::clone(&self.config), tokens: Arc::clone(&self.tokens) }
    }

    /// How Cerillion looks from here.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// wfm-ux: the account with this number, with everything that Cerillion knows. `public_base_url` begins its `href`,
    /// without a slash at its end.
    ///
    /// # Errors
    /// [`BackendError`]; `NotFound` where Cerillion has no such account.
    pub async fn wfm_by_id(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        account_no: &str,
        public_base_url: &str,
    ) -> Result<Box<BillingAccount>, BackendError> {
        let (account, balances) = self.with_balances(ctx, account_no).await?;
        Ok(self.in_context(unit, public_base_url, |context| Box::new(translate::wfm_by_id::translate(account, balances, context))))
    }

    /// bot-ux: balance enquiry for the account with this number.
    ///
    /// # Errors
    /// As for [`CerillionClient::wfm_by_id`].
    pub async fn bot_balance_enquiry(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        account_no: &str,
    ) -> Result<Box<BillingAccount>, BackendError> {
        let (account, balances) = self.with_balances(ctx, account_no).await?;
        Ok(self.in_context(unit, "", |context| Box::new(translate::bot_balance_enquiry::translate(account, balances, context))))
    }

    /// bot-ux: the accounts that `key` leads to, in Cerillion's order, each with its e-mail address.
    /// `public_base_url` begins their `href`s, without a slash at its end.
    ///
    /// # Errors
    /// As for [`CerillionClient::wfm_by_id`]; the list is never empty.
    pub async fn bot_accounts(
        &self,
        ctx: &CallContext,
        unit: &BusinessUnit,
        key: Key<'_>,
        public_base_url: &str,
    ) -> Result<Vec<BillingAccount>, BackendError> {
        let accounts = match key {
            Key::AccountNo(number) => vec![self.account(ctx, number).await?],
            Key::ServiceNo(number) => self.accounts(ctx, ("serviceNumber", number)).await?,
            Key::ContactNo(number) => self.accounts(ctx, ("contactNumber", number)).await?,
        };
        let view =
            |context: Context<'_>| accounts.into_iter().map(|account| translate::bot_accounts::translate(account, context)).collect();
        Ok(self.in_context(unit, public_base_url, view))
    }

    fn in_context<T>(&self, unit: &BusinessUnit, public_base_url: &str, view: impl FnOnce(Context<'_>) -> T) -> T {
        view(Context { unit, public_base_url, unknown_code: &|table| self.system.unknown_code(table) })
    }

    /// Both halves of an account, asked for at the same time; the first failure ends the other call.
    async fn with_balances(&self, ctx: &CallContext, number: &str) -> Result<(wire::Account, wire::Balances), BackendError> {
        // On the heap: side by side they would double the room that every request of a channel has to have.
        tokio::try_join!(Box::pin(self.account(ctx, number)), Box::pin(self.balances(ctx, number)))
    }

    async fn account(&self, ctx: &CallContext, number: &str) -> Result<wire::Account, BackendError> {
        let target = self.account_target().segment(number).build();
        let read = |reply: &Reply| {
            let account = decode_wire::<wire::Account>(reply)?;
            // An answer for somebody else, however it came about, must never be shown.
            match &account.account_no.0 {
                Some(answered) if answered == number => Ok(account),
                Some(_) => Err(reply.malformed_because("accountNo", "another account than asked for")),
                None => Err(reply.malformed("accountNo")),
            }
        };
        self.get(ctx, GET_ACCOUNT, target, read).await
    }

    /// An account may have no balances yet: whether there is one is the other call's to say.
    async fn balances(&self, ctx: &CallContext, number: &str) -> Result<wire::Balances, BackendError> {
        let target = self.account_target().segment(number).segment("accountBalance").build();
        match self.get(ctx, GET_ACCOUNT_BALANCE, target, balances).await {
            Err(BackendError::NotFound { .. }) => Ok(wire::Balances::default()),
            other => other,
        }
    }

    async fn accounts(&self, ctx: &CallContext, filter: (&'static str, &str)) -> Result<Vec<wire::Account>, BackendError> {
        let mut accounts = Vec::new();
        loop {
            let page = self.page(ctx, filter, accounts.len()).await?;
            accounts.extend(page.accounts);
            if page.is_last {
                return Ok(accounts);
            }
        }
    }

    async fn page(&self, ctx: &CallContext, (name, value): (&'static str, &str), offset: usize) -> Result<Page, BackendError> {
        let target = self.account_target().query(name, value).query("offset", &offset.to_string()).query("limit", &PAGE.to_string());
        self.get(ctx, LIST_ACCOUNTS, target.build(), |reply| page(reply, offset)).await
    }

    fn account_target(&self) -> Target {
        self.system.target("/cerillion").segment(&self.config.organisation).segment("account").segment("1.0")
    }

    /// One GET with the current token, and once more with a newer one if Cerillion refuses it.
    async fn get<T>(
        &self,
        ctx: &CallContext,
        operation: &'static str,
        target: PathAndQuery,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let token = self.tokens.current(ctx.deadline, || self.fetch_token(ctx)).await?;
        match self.get_with(ctx, operation, target.clone(), &token, &read).await {
            Err(BackendError::Misconfigured { reason, .. }) if reason == TOKEN_REFUSED => {
                let newer = self.tokens.newer(&token, ctx.deadline, || self.fetch_token(ctx)).await?;
                self.get_with(ctx, operation, target, &newer, &read).await
            }
            result => result,
        }
    }

    async fn get_with<T>(
        &self,
        ctx: &CallContext,
        operation: &'static str,
        target: PathAndQuery,
        bearer: &Bearer,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let call = Call { operation, kind: Kind::Read, method: Method::GET, target, headers: bearer, body: Bytes::new(), identity: None };
        let read = |reply: &Reply| {
            accepted(reply)?;
            read(reply)
        };
        self.system.call(ctx, &call, read).await
    }

    async fn fetch_token(&self, ctx: &CallContext) -> Result<Issued<Bearer>, BackendError> {
        let encode = |value: &str| utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            encode(&self.config.client_id),
            encode(self.config.client_secret.expose_secret())
        );
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (header::ACCEPT, HeaderValue::from_static("application/json")),
        ];
        let realms = self.system.target("/auth/realms").segment(&self.config.realm);
        let call = Call {
            operation: TOKEN,
            // A token more does no harm.
            kind: Kind::Read,
            method: Method::POST,
            target: realms.segment("protocol").segment("openid-connect").segment("token").build(),
            headers: &headers,
            body: Bytes::from(form),
            identity: None,
        };
        self.system.call(ctx, &call, issued).await
    }
}

fn accepted(reply: &Reply) -> Result<(), BackendError> {
    match reply.status {
        StatusCode::UNAUTHORIZED => Err(reply.misconfigured(TOKEN_REFUSED)),
        StatusCode::CONFLICT => Err(reply.unavailable(Outage::Busy)),
        _ => reply.require_success(),
    }
}

/// A balance of no type is none of an account's: read as one, it would show a customer in arrears as one who owes nothing.
fn balances(reply: &Reply) -> Result<wire::Balances, BackendError> {
    let balances = decode_wire::<wire::Balances>(reply)?;
    match balances.0.iter().position(|balance| balance.kind.0.is_none()) {
        Some(position) => Err(reply.malformed(format!("[{position}].type"))),
        None => Ok(balances),
    }
}

fn page(reply: &Reply, offset: usize) -> Result<Page, BackendError> {
    let accounts = decode_wire::<wire::Accounts>(reply)?.0;
    if let Some(position) = accounts.iter().position(|account| account.account_no.0.is_none()) {
        return Err(reply.malformed(format!("[{position}].accountNo")));
    }
    let have = offset + accounts.len();
    if have == 0 {
        return Err(reply.not_found());
    }
    let total = reply.headers.get(X_TOTAL_COUNT).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if have.max(total.unwrap_or_default()) > MOST_ACCOUNTS {
        return Err(reply.malformed_because("X-Total-Count", format!("more than {MOST_ACCOUNTS} accounts")));
    }
    // An empty page ends the list, whatever the count says: accounts may have left it meanwhile.
    let is_last = accounts.is_empty() || total.map_or(accounts.len() < PAGE, |total| have >= total);
    Ok(Page { accounts, is_last })
}

/// The token endpoint knows the client or not; what else it refuses is our configuration too.
fn issued(reply: &Reply) -> Result<Issued<Bearer>, BackendError> {
    match reply.status.as_u16() {
        200..=299 => {}
        429 | 500.. => reply.require_success()?,
        _ => return Err(reply.misconfigured(reply.status.to_string())),
    }
    let answer = decode_wire::<wire::TokenAnswer>(reply)?;
    let token = answer.access_token.0.ok_or_else(|| reply.malformed("access_token"))?;
    let mut authorization = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| reply.malformed("access_token"))?;
    authorization.set_sensitive(true);
    let seconds = answer.expires_in.0.and_then(|seconds| u64::try_from(seconds).ok());
    Ok(Issued {
        token: [(header::AUTHORIZATION, authorization), (header::ACCEPT, HeaderValue::from_static("application/json"))],
        lifetime: seconds.map(Duration::from_secs),
    })
}
