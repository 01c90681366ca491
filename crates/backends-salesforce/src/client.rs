//! The calls to Salesforce: tokens, queries with their further pages, and changes.

use std::sync::Arc;
use std::time::SystemTime;

use backends_http::{
    ApiUsage, BackendError, Call, CallContext, ConfigProblem, Issued, Kind, Origin, Outage, Reply, System, Tokens, UpstreamMetrics,
    decode_json,
};
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use tmf666_model::{BillingAccount, Text};

use crate::changes::{Change, Fields};
use crate::config::SalesforceConfig;
use crate::errors;
use crate::jwt::Signer;
use crate::keys::{Ban, Msisdn};
use crate::names::Names;
use crate::queries::Queries;
use crate::records::{AccountKey, LineAccountRecord};
use crate::select::{Rows, TwoQueries};
use crate::session::Session;
use crate::soql::url_encoded;
use crate::translate::{Collection, Draft, Org, Page, by_msisdn, by_number};
use crate::wire::{Composite, Misfit, TokenGranted, TokenRefused};

const TOKEN: &str = "token";
const QUERY: &str = "query";
const QUERY_MORE: &str = "queryMore";
const COMPOSITE_QUERY: &str = "compositeQuery";
const COMPOSITE: &str = "composite";

const OPERATIONS: [&str; 5] = [TOKEN, QUERY, QUERY_MORE, COMPOSITE_QUERY, COMPOSITE];

/// Further pages that one view follows at most; 200 records each, so an account may have ten thousand lines.
const MOST_PAGES: usize = 50;

/// Salesforce as one worker sees it.
#[derive(Debug)]
pub struct SalesforceClient {
    system: System,
    shared: Arc<Shared>,
}

/// What the workers share, the token above all.
#[derive(Debug)]
struct Shared {
    config: SalesforceConfig,
    grant: Grant,
    token_target: PathAndQuery,
    queries: Queries,
    tokens: Tokens<Session>,
    usage: ApiUsage,
}

/// By what a token is granted.
#[derive(Debug)]
enum Grant {
    Secret(SecretString),
    Jwt(Box<Signer>),
}

impl SalesforceClient {
    /// The name in configuration, metrics and errors.
    pub const NAME: &'static str = "salesforce";

    /// Salesforce as `config` says. Opens nothing yet. Build it once, then give each further worker its own with
    /// [`Self::for_worker`], so that all of them use one token.
    ///
    /// # Errors
    /// Every mistake in `config`, with keys below `systems.salesforce`.
    pub fn new(config: &SalesforceConfig, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.salesforce", &mut problems);
        let grant = Grant::of(config);
        let (true, Some(grant)) = (problems.is_empty(), grant) else {
            return Err(problems);
        };
        let system = System::new(Self::NAME, &OPERATIONS, &config.http, metrics)?;
        let shared = Shared {
            grant,
            token_target: system.target("/services/oauth2/token").build(),
            queries: Queries::new(&system, &config.api_version, &config.names),
            tokens: Tokens::new(Origin { system: Self::NAME, operation: TOKEN, method: "POST" }),
            usage: metrics.api_usage(Self::NAME),
            config: config.clone(),
        };
        Ok(Self { system, shared: Arc::new(shared) })
    }

    /// The same Salesforce for another worker: everything shared but the connections.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self { system: self.system.for_worker(), shared: Arc::clone(&self.shared) }
    }

    /// The system behind this client, for its health.
    pub fn system(&self) -> &System {
        &self.system
    }

    fn names(&self) -> &Names {
        &self.shared.config.names
    }

    /// dxp-ux by billing account number.
    ///
    /// # Errors
    /// As for every call; malformed where the number belongs to several accounts, because the wrong customer's is no answer.
    pub async fn account_by_number(&self, ctx: &CallContext, ban: Ban<'_>) -> Result<Box<BillingAccount>, BackendError> {
        let request = Request::get(QUERY, self.shared.queries.account_by_number(ban));
        let draft = self
            .authorised(ctx, &request, |reply, org| {
                let mut rows = Rows::decode(reply, self.names())?;
                let record = only_record(reply, &mut rows)?;
                by_number::billing_account(record, org).map_err(|misfit| malformed(reply, misfit.within("records[0]")))
            })
            .await?;
        self.completed(ctx, draft).await
    }

    /// dxp-ux by the MSISDN of one of the account's lines.
    ///
    /// # Errors
    /// As for every call; not found where no line has this number.
    pub async fn account_by_msisdn(&self, ctx: &CallContext, msisdn: Msisdn<'_>) -> Result<Box<BillingAccount>, BackendError> {
        let request = Request {
            operation: COMPOSITE_QUERY,
            // Both parts are reads, though the method is POST.
            kind: Kind::Read,
            method: Method::POST,
            target: self.shared.queries.composite.clone(),
            body: self.shared.queries.account_by_msisdn(msisdn),
        };
        let draft = self.authorised(ctx, &request, |reply, org| line_and_account(reply, self.names(), org)).await?;
        self.completed(ctx, draft).await
    }

    /// Applies a change: the account is changed and the request for it recorded, both or neither. The correlation id
    /// of `ctx` is the key of the record, so that a repetition is the same request.
    ///
    /// # Errors
    /// As for every call. Unavailable where it is not known whether the change was applied: the caller may repeat.
    pub async fn change(&self, ctx: &CallContext, ban: Ban<'_>, change: &impl Change) -> Result<(), BackendError> {
        let account_id = self.account_id(ctx, ban).await?;
        let request = Request {
            operation: COMPOSITE,
            kind: Kind::IdempotentWrite,
            method: Method::POST,
            target: self.shared.queries.composite.clone(),
            body: self.change_body(ctx, &account_id, change),
        };
        self.authorised(ctx, &request, |reply, _| {
            let answer: Composite<'_> = decode_json(reply)?;
            errors::require_all(reply, &answer.parts)?;
            if answer.parts.len() == CHANGE_PARTS { Ok(()) } else { Err(reply.malformed("compositeResponse")) }
        })
        .await
        .map_err(outcome_unknown)
    }

    async fn account_id(&self, ctx: &CallContext, ban: Ban<'_>) -> Result<Text, BackendError> {
        let request = Request::get(QUERY, self.shared.queries.account_id_by_number(ban));
        self.authorised(ctx, &request, |reply, _| {
            let mut rows: Rows<AccountKey> = Rows::decode(reply, self.names())?;
            only_record(reply, &mut rows)?.id.take().ok_or_else(|| reply.malformed("records[0].Id"))
        })
        .await
    }

    fn change_body(&self, ctx: &CallContext, account_id: &str, change: &impl Change) -> Bytes {
        let Shared { config, queries, .. } = &*self.shared;
        let account = &config.names.account;
        let request = &config.names.change_request;
        let sobjects = &queries.sobjects;
        let parts: [CompositePart<'_>; CHANGE_PARTS] = [
            CompositePart {
                method: "PATCH",
                url: format!("{sobjects}/{}/{}", account.object, url_encoded(account_id)),
                reference_id: "account",
                body: change.account_fields(config),
            },
            CompositePart {
                method: "PATCH",
                url: format!("{sobjects}/{}/{}/{}", request.object, request.correlation_id, url_encoded(ctx.correlation_id.as_str())),
                reference_id: "request",
                body: change.request_fields(request),
            },
        ];
        let body = CompositeRequest { all_or_none: true, composite_request: parts };
        Bytes::from(serde_json::to_vec(&body).expect("texts and flags can be written as JSON"))
    }

    /// Follows the lists that Salesforce did not send completely.
    async fn completed(&self, ctx: &CallContext, mut draft: Draft) -> Result<Box<BillingAccount>, BackendError> {
        for _ in 0..MOST_PAGES {
            let Some((collection, path)) = draft.missing.pop() else {
                for table in &draft.unknown_codes {
                    self.system.unknown_code(table);
                }
                return Ok(draft.finish());
            };
            let request = Request::get(QUERY_MORE, self.next_page(&path)?);
            let page = self.authorised(ctx, &request, |reply, _| {
                let names = self.names();
                Ok(match collection {
                    Collection::Lines => Page::Lines(Rows::decode(reply, names)?),
                    Collection::PaymentMethods => Page::PaymentMethods(Rows::decode(reply, names)?),
                    Collection::Contacts => Page::Contacts(Rows::decode(reply, names)?),
                })
            });
            // On the heap, because every request's future has to have room for what few of them do.
            draft.add(Box::pin(page).await?);
        }
        Err(BackendError::Malformed { origin: query_more(), path: "nextRecordsUrl".into(), cause: Some("too many pages".into()) })
    }

    /// The path comes from the system, so it is looked at before it is followed.
    fn next_page(&self, path: &str) -> Result<PathAndQuery, BackendError> {
        let rest = path.strip_prefix("/services/data/").filter(|rest| !rest.contains(['?', '#']) && !rest.contains(".."));
        let target = rest.and_then(|_| format!("{}{path}", self.shared.queries.prefix).parse().ok());
        target.ok_or_else(|| BackendError::Malformed { origin: query_more(), path: "nextRecordsUrl".into(), cause: None })
    }

    /// Makes a call with the token; if the token has ended, once more with a new one.
    async fn authorised<T>(
        &self,
        ctx: &CallContext,
        request: &Request,
        read: impl Fn(&Reply, Org<'_>) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let tokens = &self.shared.tokens;
        let token = tokens.current(ctx.deadline, || self.fetch_token(ctx)).await?;
        if let Some(value) = self.attempt(ctx, request, &token, &read).await? {
            return Ok(value);
        }
        let token = tokens.newer(&token, ctx.deadline, || self.fetch_token(ctx)).await?;
        let value = self.attempt(ctx, request, &token, &read).await?;
        value.ok_or_else(|| BackendError::Misconfigured {
            origin: request.origin(),
            reason: "a token that was just granted is not accepted".into(),
        })
    }

    /// `None` if the token has ended: nothing was done then.
    async fn attempt<T>(
        &self,
        ctx: &CallContext,
        request: &Request,
        session: &Session,
        read: impl Fn(&Reply, Org<'_>) -> Result<T, BackendError>,
    ) -> Result<Option<T>, BackendError> {
        let Shared { config, usage, .. } = &*self.shared;
        let org = Org { ebill: &config.ebill, href_base: &session.href_base };
        let call = Call {
            operation: request.operation,
            kind: request.kind,
            method: request.method.clone(),
            target: request.target.clone(),
            headers: if request.body.is_empty() { &session.headers[..2] } else { &session.headers },
            body: request.body.clone(),
            identity: None,
        };
        self.system
            .call(ctx, &call, |reply| {
                note_usage(reply, usage);
                if errors::session_has_ended(reply) {
                    return Ok(None);
                }
                errors::require_success(reply)?;
                read(reply, org).map(Some)
            })
            .await
    }

    async fn fetch_token(&self, ctx: &CallContext) -> Result<Issued<Session>, BackendError> {
        let Shared { config, grant, token_target, .. } = &*self.shared;
        let call = Call {
            operation: TOKEN,
            // A token more does no harm.
            kind: Kind::Read,
            method: Method::POST,
            target: token_target.clone(),
            headers: &TOKEN_HEADERS,
            body: grant.form(&config.client_id),
            identity: None,
        };
        let session = self.system.call(ctx, &call, |reply| read_token(reply, config.href_base.as_deref())).await?;
        // The endpoint does not say how long a token lives: until it has not been used for a while.
        Ok(Issued { token: session, lifetime: None })
    }
}

const TOKEN_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
    (header::ACCEPT, HeaderValue::from_static("application/json")),
];

impl Grant {
    /// `None` where the configuration was found wanting.
    fn of(config: &SalesforceConfig) -> Option<Self> {
        match (&config.client_secret, &config.jwt) {
            (Some(secret), None) => Some(Self::Secret(secret.clone())),
            (None, Some(jwt)) => jwt.signer(&config.client_id).ok().map(|signer| Self::Jwt(Box::new(signer))),
            _ => None,
        }
    }

    fn form(&self, client_id: &str) -> Bytes {
        Bytes::from(match self {
            Self::Secret(secret) => format!(
                "grant_type=client_credentials&client_id={}&client_secret={}",
                url_encoded(client_id),
                url_encoded(secret.expose_secret())
            ),
            // The assertion's alphabet needs no encoding.
            Self::Jwt(signer) => format!(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={}",
                signer.assertion(SystemTime::now())
            ),
        })
    }
}

fn read_token(reply: &Reply, href_base: Option<&str>) -> Result<Session, BackendError> {
    if !reply.status.is_success() {
        return Err(token_refused(reply));
    }
    let granted: TokenGranted<'_> = decode_json(reply)?;
    let href_base = href_base.unwrap_or_else(|| granted.instance_url.trim_end_matches('/')).to_owned();
    Session::new(&granted.access_token, href_base).ok_or_else(|| reply.malformed("access_token"))
}

/// The token endpoint has error bodies of its own (RFC 6749, section 5.2).
fn token_refused(reply: &Reply) -> BackendError {
    match decode_json::<TokenRefused<'_>>(reply) {
        Ok(refused) if matches!(&*refused.error, "server_error" | "temporarily_unavailable") => reply.unavailable(Outage::SystemDown),
        Ok(refused) if refused.error == "rate_limit_exceeded" => reply.unavailable(Outage::RateLimited),
        Ok(refused) if reply.status.is_client_error() => reply.misconfigured(errors::printable(&refused.error)),
        _ => errors::require_success(reply).err().unwrap_or_else(|| reply.unavailable(Outage::SystemDown)),
    }
}

/// One request to the API, but for its token.
struct Request {
    operation: &'static str,
    kind: Kind,
    method: Method,
    target: PathAndQuery,
    body: Bytes,
}

impl Request {
    fn get(operation: &'static str, target: PathAndQuery) -> Self {
        Self { operation, kind: Kind::Read, method: Method::GET, target, body: Bytes::new() }
    }

    fn origin(&self) -> Origin {
        let method = if self.method == Method::GET { "GET" } else { "POST" };
        Origin { system: SalesforceClient::NAME, operation: self.operation, method }
    }
}

/// The account's part and the record's.
const CHANGE_PARTS: usize = 2;

#[derive(Serialize)]
struct CompositeRequest<'a> {
    #[serde(rename = "allOrNone")]
    all_or_none: bool,
    #[serde(rename = "compositeRequest")]
    composite_request: [CompositePart<'a>; CHANGE_PARTS],
}

#[derive(Serialize)]
struct CompositePart<'a> {
    method: &'static str,
    url: String,
    #[serde(rename = "referenceId")]
    reference_id: &'static str,
    body: Fields<'a>,
}

fn query_more() -> Origin {
    Origin { system: SalesforceClient::NAME, operation: QUERY_MORE, method: "GET" }
}

fn malformed(reply: &Reply, Misfit(path): Misfit) -> BackendError {
    reply.malformed(path)
}

/// A number that belongs to several accounts is no number to answer by.
fn only_record<'r, T>(reply: &Reply, rows: &'r mut Rows<T>) -> Result<&'r mut T, BackendError> {
    match &mut rows.records[..] {
        [] => Err(reply.not_found()),
        [record] => Ok(record),
        _ => Err(reply.malformed_because("records", "the billing account number is not unique")),
    }
}

/// Reads the composite of a line and the billing account above it. Without a billing account the second part has failed,
/// because it refers to what the first one did not find.
fn line_and_account(reply: &Reply, names: &Names, org: Org<'_>) -> Result<Draft, BackendError> {
    let TwoQueries(lines, accounts) = TwoQueries::decode(reply, names)?;
    let line: LineAccountRecord = first(reply, lines)?;
    if line.parent_id.is_none() {
        return Ok(by_msisdn::line_without_account(line));
    }
    let mut account = first(reply, accounts)?;
    by_msisdn::billing_account(&mut account, org).map_err(|misfit| malformed(reply, misfit.within("compositeResponse[1].body.records[0]")))
}

fn first<T>(reply: &Reply, rows: Option<Rows<T>>) -> Result<T, BackendError> {
    match rows {
        Some(rows) => rows.records.into_iter().next().ok_or_else(|| reply.not_found()),
        None => Err(errors::culprit(reply, &decode_json::<Composite<'_>>(reply)?.parts)),
    }
}

/// An answer to a change that cannot be understood says nothing about whether it was applied.
fn outcome_unknown(failure: BackendError) -> BackendError {
    match failure {
        BackendError::Malformed { origin, .. } => {
            BackendError::Unavailable { origin, outage: Outage::SystemDown, retry_after: None, cause: Some(Box::new(failure)) }
        }
        other => other,
    }
}

/// `Sforce-Limit-Info: api-usage=18/15000`: the requests of the last 24 hours and how many there may be.
fn note_usage(reply: &Reply, usage: &ApiUsage) {
    let info = reply.headers.get("sforce-limit-info").and_then(|value| value.to_str().ok());
    let figures = info.and_then(|info| info.split(';').find_map(|part| part.trim().strip_prefix("api-usage=")));
    if let Some((used, allowed)) = figures.and_then(|figures| figures.split_once('/'))
        && let (Ok(used), Ok(allowed)) = (used.parse(), allowed.parse())
    {
        usage.set(used, allowed);
    }
}
