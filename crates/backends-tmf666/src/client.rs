//! Requests to a TMF666 v4 server, by the rules of TMF630 (filters, paging, attribute selection).

use backends_http::lenient::List;
use backends_http::{BackendError, Call, CallContext, ConfigProblem, Kind, Reply, System, Target, UpstreamMetrics, decode_json};
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tmf666_model::BillingAccount;

use crate::config::Tmf666Config;
use crate::search::NumberSearch;
use crate::wire;

const RETRIEVE: &str = "retrieveBillingAccount";
const LIST: &str = "listBillingAccount";

const X_TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

/// A TMF666 server as one worker sees it.
///
/// What it answers arrives whole: members that the model does not know are kept and written back (`BillingAccount::extra`).
#[derive(Debug)]
pub struct Tmf666Client {
    system: System,
    headers: Vec<(HeaderName, HeaderValue)>,
    page_size: usize,
    max_accounts: usize,
    pub(crate) service_number: NumberSearch,
    pub(crate) contact_number: NumberSearch,
}

/// An equality filter (TMF630 Part 1, section 4.4); several have to fit at once.
#[derive(Clone, Copy)]
pub struct Filter<'a> {
    /// A member of the account, with dots into its members, as in `relatedParty.id`; of a list any element may fit.
    pub member: &'a str,
    /// The value that it has to have.
    pub value: &'a str,
}

struct Page {
    accounts: Vec<BillingAccount>,
    is_last: bool,
}

impl Tmf666Client {
    /// A client for the first worker; opens nothing yet.
    ///
    /// # Errors
    /// Every mistake in `config`, with its key.
    pub fn new(config: &Tmf666Config, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.tmf666", &mut problems);
        let authorization = match config.authorization() {
            Ok(authorization) if problems.is_empty() => authorization,
            _ => return Err(problems),
        };
        let accept = (header::ACCEPT, HeaderValue::from_static("application/json"));
        Ok(Self {
            system: System::new("tmf666", &[RETRIEVE, LIST], &config.http, metrics)?,
            headers: authorization.map(|value| (header::AUTHORIZATION, value)).into_iter().chain([accept]).collect(),
            page_size: config.page_size,
            max_accounts: config.max_accounts,
            service_number: config.service_number.clone(),
            contact_number: config.contact_number.clone(),
        })
    }

    /// The same client for another worker, with a connection pool of its own.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self {
            system: self.system.for_worker(),
            headers: self.headers.clone(),
            page_size: self.page_size,
            max_accounts: self.max_accounts,
            service_number: self.service_number.clone(),
            contact_number: self.contact_number.clone(),
        }
    }

    /// How the server looks from here.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// The account with this id: `GET /billingAccount/{id}`. `fields` is TMF630's attribute selection, as in `name,state`.
    ///
    /// # Errors
    /// [`BackendError`]; `NotFound` where the server has no such account.
    pub async fn billing_account(&self, ctx: &CallContext, id: &str, fields: Option<&str>) -> Result<BillingAccount, BackendError> {
        let target = self.system.target("/billingAccount").segment(id);
        self.get(ctx, RETRIEVE, selecting(target, fields).build(), |reply| retrieved(reply, id)).await
    }

    /// The accounts that fit every filter: `GET /billingAccount`, page by page until `X-Total-Count`. May be empty.
    ///
    /// TMF630 lets a server ignore filters that it does not know; what it sends is handed on as it is.
    ///
    /// # Errors
    /// [`BackendError`]; `Malformed` where there are more accounts than configured, or the server repeats a page.
    pub async fn billing_accounts(
        &self,
        ctx: &CallContext,
        filters: &[Filter<'_>],
        fields: Option<&str>,
    ) -> Result<Vec<BillingAccount>, BackendError> {
        let mut accounts: Vec<BillingAccount> = Vec::new();
        loop {
            let target =
                filters.iter().fold(self.system.target("/billingAccount"), |target, filter| target.query(filter.member, filter.value));
            let target = target.query("offset", &accounts.len().to_string()).query("limit", &self.page_size.to_string());
            let page = self.get(ctx, LIST, selecting(target, fields).build(), |reply| self.page(reply, &accounts)).await?;
            accounts.extend(page.accounts);
            if page.is_last {
                return Ok(accounts);
            }
        }
    }

    /// One page after the accounts that are there already.
    fn page(&self, reply: &Reply, before: &[BillingAccount]) -> Result<Page, BackendError> {
        // Some servers answer so to an offset that lies at the end of the list.
        if reply.status == StatusCode::RANGE_NOT_SATISFIABLE {
            return Ok(Page { accounts: Vec::new(), is_last: true });
        }
        accepted(reply)?;
        // A bounded list is lenient, too: it takes what is no list for an empty one, and nobody would know the account.
        if !reply.body.trim_ascii_start().starts_with(b"[") {
            return Err(reply.malformed_because("$", "not a list"));
        }
        let accounts = decode_json::<List<BillingAccount>>(reply)?.0;
        let have = before.len() + accounts.len();
        let total = header_text(reply, &X_TOTAL_COUNT).and_then(|text| text.parse::<usize>().ok());
        if have.max(total.unwrap_or_default()) > self.max_accounts {
            return Err(reply.malformed_because("X-Total-Count", format!("more than {} accounts", self.max_accounts)));
        }
        if let (Some(first), Some(begun)) = (accounts.first(), before.first())
            && first.id.is_some()
            && first.id == begun.id
        {
            return Err(reply.malformed_because("[0].id", "the first page once more: the server ignores the offset"));
        }
        // A page longer than asked for comes from a server that ignores the limit, and holds everything.
        let may_go_on = !accounts.is_empty() && accounts.len() <= self.page_size;
        let goes_on = match total {
            Some(total) => have < total,
            None => accounts.len() == self.page_size || reply.status == StatusCode::PARTIAL_CONTENT || has_next_link(reply),
        };
        Ok(Page { accounts, is_last: !(may_go_on && goes_on) })
    }

    async fn get<T>(
        &self,
        ctx: &CallContext,
        operation: &'static str,
        target: PathAndQuery,
        read: impl Fn(&Reply) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let call =
            Call { operation, kind: Kind::Read, method: Method::GET, target, headers: &self.headers, body: Bytes::new(), identity: None };
        self.system.call(ctx, &call, read).await
    }
}

fn selecting(target: Target, fields: Option<&str>) -> Target {
    match fields {
        Some(fields) => target.query("fields", fields),
        None => target,
    }
}

fn retrieved(reply: &Reply, id: &str) -> Result<BillingAccount, BackendError> {
    accepted(reply)?;
    let account = decode_json::<BillingAccount>(reply)?;
    // An answer for somebody else, however it came about, must never be shown.
    match account.id.as_deref() {
        Some(answered) if answered == id => Ok(account),
        Some(_) => Err(reply.malformed_because("id", "another account than asked for")),
        None => Err(reply.malformed("id")),
    }
}

/// The HTTP status decides; TMF666's error body adds the server's own code.
fn accepted(reply: &Reply) -> Result<(), BackendError> {
    match reply.status.as_u16() {
        401 | 403 | 405 | 501 => Err(reply.misconfigured(wire::reason(reply))),
        404 | 429 => reply.require_success(),
        400..=499 => Err(reply.rejected(wire::reason(reply))),
        _ => reply.require_success(),
    }
}

fn has_next_link(reply: &Reply) -> bool {
    header_text(reply, &header::LINK).is_some_and(|links| links.contains(r#"rel="next""#) || links.contains("rel=next"))
}

fn header_text<'a>(reply: &'a Reply, name: &HeaderName) -> Option<&'a str> {
    reply.headers.get(name)?.to_str().ok()
}
