//! Calls to CSG: native requests out, status codes into errors by meaning.

use backends_http::{BackendError, Call, CallContext, ConfigProblem, CorrelationId, Kind, Origin, Outage, Reply, System, UpstreamMetrics};
use base64::Engine as _;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, header};
use secrecy::ExposeSecret as _;
use tmf666_model::codes::{CodeTable, DelinquencyStatus, PaymentStatus};
use tmf666_model::{BillingAccount, Text};

use crate::config::CsgConfig;
use crate::translate::customer::TaxIdentifier;
use crate::translate::{self, FieldError, Links};
use crate::wire::{self, Account, Answer};

const NAME: &str = "csg";
const GET_BALANCE_ENQUIRY: &str = "getBalanceEnquiry";
const GET_ACCOUNTS: &str = "getAccounts";
const GET_CUSTOMER_INFO: &str = "getCustomerInfo";
const SET_BILL_MEDIA: &str = "setBillMedia";
const OPERATIONS: [&str; 4] = [GET_BALANCE_ENQUIRY, GET_ACCOUNTS, GET_CUSTOMER_INFO, SET_BILL_MEDIA];

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");

/// How the bill of an account reaches its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillMedia {
    /// On paper.
    Mail,
    /// By e-mail.
    Email,
}

/// By what a person's accounts are searched.
#[derive(Clone, Copy)]
pub enum TaxSearch<'a> {
    /// The token that CSG holds in place of the tax identifier.
    Token(&'a str),
    /// The tax identifier in clear.
    Ssn(&'a str),
}

/// CSG as one worker sees it.
///
/// Every operation can fail with any [`BackendError`]; `NotFound` means that CSG knows no such account.
#[derive(Debug)]
pub struct CsgClient {
    system: System,
    exchange: PathAndQuery,
    sys: String,
    authorization: HeaderValue,
}

impl CsgClient {
    /// A client that has not connected yet.
    ///
    /// # Errors
    /// Every mistake in `config`, with its key.
    pub fn new(config: &CsgConfig, metrics: &UpstreamMetrics) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        config.check("systems.csg", &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let system = System::new(NAME, &OPERATIONS, &config.http, metrics)?;
        Ok(Self {
            exchange: system.target("/csg/v1/exchange").build(),
            sys: config.sys.clone(),
            authorization: basic(&config.username, config.password.expose_secret()),
            system,
        })
    }

    /// The same for another worker, with connections of its own.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self {
            system: self.system.for_worker(),
            exchange: self.exchange.clone(),
            sys: self.sys.clone(),
            authorization: self.authorization.clone(),
        }
    }

    /// How CSG looks from here.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// bot-ux balanceEnquiry: the account of this number.
    pub async fn balance_enquiry(&self, ctx: &CallContext, account: &str) -> Result<Box<BillingAccount>, BackendError> {
        self.one(ctx, GET_BALANCE_ENQUIRY, account, translate::balance_enquiry::translate).await
    }

    /// dxp-ux by id: the account of this number.
    pub async fn by_id(&self, ctx: &CallContext, account: &str) -> Result<Box<BillingAccount>, BackendError> {
        self.one(ctx, GET_BALANCE_ENQUIRY, account, translate::by_id::translate).await
    }

    /// sfdc-ux customer view: who holds the account of this number. `tax_identifier` says how the tax identifier is shown.
    pub async fn customer(
        &self,
        ctx: &CallContext,
        account: &str,
        tax_identifier: impl Fn(TaxIdentifier<'_>) -> Option<Text>,
    ) -> Result<Box<BillingAccount>, BackendError> {
        self.one(ctx, GET_CUSTOMER_INFO, account, |record| translate::customer::translate(record, &tax_identifier)).await
    }

    /// bot-ux accounts: the accounts behind a phone number, at least one.
    pub async fn accounts(&self, ctx: &CallContext, phone: &str, links: Links<'_>) -> Result<Vec<BillingAccount>, BackendError> {
        self.search(ctx, ("PHONE", phone), |accounts| translate::accounts::translate(accounts, links)).await
    }

    /// sfdc-ux list: the accounts behind a phone number, at least one.
    pub async fn list(&self, ctx: &CallContext, phone: &str, links: Links<'_>) -> Result<Vec<BillingAccount>, BackendError> {
        self.search(ctx, ("PHONE", phone), |accounts| each(accounts, |account| translate::list::translate(account, links))).await
    }

    /// dxp-ux list by tax identifier: a person's accounts, at least one.
    pub async fn list_by_ssn(
        &self,
        ctx: &CallContext,
        person: TaxSearch<'_>,
        with_balance: bool,
    ) -> Result<Vec<BillingAccount>, BackendError> {
        let by = match person {
            TaxSearch::Token(token) => ("SSN_TOKEN", token),
            TaxSearch::Ssn(ssn) => ("SSN", ssn),
        };
        self.search(ctx, by, |accounts| each(accounts, |account| translate::list_by_ssn::translate(account, with_balance))).await
    }

    /// dxp-ux list by location: the accounts at a place, at least one.
    pub async fn list_by_location(
        &self,
        ctx: &CallContext,
        location: &str,
        with_balance: bool,
    ) -> Result<Vec<BillingAccount>, BackendError> {
        self.search(ctx, ("LOC_ID", location), |accounts| {
            each(accounts, |account| translate::list_by_location::translate(account, with_balance))
        })
        .await
    }

    /// Changes how the bill of an account is sent. The correlation id is CSG's request id: a repetition with the same one
    /// is the same change, so it is made again where its outcome is not known.
    pub async fn set_bill_media(&self, ctx: &CallContext, account: &str, media: BillMedia) -> Result<(), BackendError> {
        let media = match media {
            BillMedia::Mail => "Mail",
            BillMedia::Email => "Email",
        };
        let elements = [("SUB_ACCT_NO", account), ("BILL_MEDIA", media)];
        self.exchange(ctx, SET_BILL_MEDIA, Kind::IdempotentWrite, &elements, |_, _| Ok(())).await
    }

    async fn one(
        &self,
        ctx: &CallContext,
        operation: &'static str,
        number: &str,
        view: impl Fn(&Account<'_>) -> Result<BillingAccount, FieldError>,
    ) -> Result<Box<BillingAccount>, BackendError> {
        self.exchange(ctx, operation, Kind::Read, &[("SUB_ACCT_NO", number)], |reply, answer| {
            let [account] = answer.accounts.as_slice() else {
                return Err(reply.malformed_because("CsgResponse/Account", "one account is expected"));
            };
            let answered = account.sub_acct_no().text;
            // CSG does not mind blanks around a number, but no account has such a number.
            if answered != number && answered == number.trim() {
                return Err(reply.not_found());
            }
            // An answer for somebody else, however it came about, must never be shown.
            if answered != number {
                return Err(reply.malformed_because("CsgResponse/Account/SUB_ACCT_NO", "another account than asked for"));
            }
            view(account).map(Box::new).map_err(|error| reply.malformed_because(format!("CsgResponse/Account/{}", error.element), error))
        })
        .await
    }

    async fn search(
        &self,
        ctx: &CallContext,
        by: (&'static str, &str),
        view: impl Fn(&[Account<'_>]) -> Result<Vec<BillingAccount>, (usize, FieldError)>,
    ) -> Result<Vec<BillingAccount>, BackendError> {
        self.exchange(ctx, GET_ACCOUNTS, Kind::Read, &[by], |reply, answer| {
            if answer.accounts.is_empty() {
                return Err(reply.not_found());
            }
            view(&answer.accounts).map_err(|(index, error)| {
                reply.malformed_because(format!("CsgResponse/listAccounts/Account[{index}]/{}", error.element), error)
            })
        })
        .await
    }

    async fn exchange<T>(
        &self,
        ctx: &CallContext,
        operation: &'static str,
        kind: Kind,
        elements: &[(&str, &str)],
        view: impl Fn(&Reply, &Answer<'_>) -> Result<T, BackendError>,
    ) -> Result<T, BackendError> {
        let body = request(operation, &self.sys, &ctx.correlation_id, elements).map_err(|reason| BackendError::Rejected {
            origin: Origin { system: NAME, operation, method: "POST" },
            reason: reason.into(),
        })?;
        let headers = [
            (header::CONTENT_TYPE, XML),
            (header::AUTHORIZATION, self.authorization.clone()),
            (X_REQUEST_ID, ctx.correlation_id.header_value()),
        ];
        let call = Call {
            operation,
            kind,
            method: Method::POST,
            target: self.exchange.clone(),
            headers: &headers,
            body: Bytes::from(body),
            identity: (kind == Kind::Read).then_some(elements),
        };
        self.system
            .call(ctx, &call, |reply| {
                reply.require_ok()?;
                let answer = wire::read(&reply.body).map_err(|error| reply.malformed_because(error.path.clone(), error))?;
                succeeded(reply, answer.status)?;
                answer.accounts.iter().for_each(|account| self.count_unknown_codes(account));
                view(reply, &answer)
            })
            .await
    }

    fn count_unknown_codes(&self, account: &Account<'_>) {
        if !DelinquencyStatus::parse(account.delq_stat().text).is_known() {
            self.system.unknown_code(DelinquencyStatus::NAME);
        }
        if !PaymentStatus::parse(account.eft_stat().text).is_known() {
            self.system.unknown_code(PaymentStatus::NAME);
        }
    }
}

fn each(
    accounts: &[Account<'_>],
    view: impl Fn(&Account<'_>) -> Result<BillingAccount, FieldError>,
) -> Result<Vec<BillingAccount>, (usize, FieldError)> {
    accounts.iter().enumerate().map(|(index, account)| view(account).map_err(|error| (index, error))).collect()
}

/// CSG's own status code.
fn succeeded(reply: &Reply, code: &str) -> Result<(), BackendError> {
    match code {
        "0000" => Ok(()),
        "1001" => Err(reply.not_found()),
        "1002" => Err(reply.rejected("1002")),
        "1003" => Err(reply.misconfigured("1003")),
        "1004" => Err(reply.unavailable(Outage::Busy)),
        _ if code.starts_with('9') && code.len() == 4 => Err(reply.unavailable(Outage::SystemDown)),
        _ => Err(reply.malformed_because("CsgResponse/Status", "an unknown status code")),
    }
}

fn basic(username: &str, password: &str) -> HeaderValue {
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}"));
    let mut value = HeaderValue::from_str(&format!("Basic {encoded}")).expect("base64 is visible ASCII");
    value.set_sensitive(true);
    value
}

/// The native request.
fn request(operation: &str, sys: &str, id: &CorrelationId, elements: &[(&str, &str)]) -> Result<String, &'static str> {
    let mut xml = String::with_capacity(256);
    xml.push_str("<CsgRequest Operation=\"");
    xml.push_str(operation);
    xml.push_str("\" Sys=\"");
    xml.push_str(sys);
    xml.push_str("\" RequestId=\"");
    escape(id.as_str(), &mut xml)?;
    xml.push_str("\">");
    for (name, value) in elements {
        xml.push('<');
        xml.push_str(name);
        xml.push('>');
        escape(value, &mut xml)?;
        xml.push_str("</");
        xml.push_str(name);
        xml.push('>');
    }
    xml.push_str("</CsgRequest>");
    Ok(xml)
}

fn escape(value: &str, into: &mut String) -> Result<(), &'static str> {
    for character in value.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&apos;"),
            '\0'..='\x1F' | '\u{FFFE}' | '\u{FFFF}' => return Err("a character that XML does not allow"),
            _ => into.push(character),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_change_the_request() {
        let id = CorrelationId::new("a\"<&'>b").expect("visible ASCII");
        let xml = request("getAccounts", "8211", &id, &[("PHONE", "</PHONE><SSN>1</SSN>")]).expect("XML can hold it");
        assert_eq!(
            xml,
            "<CsgRequest Operation=\"getAccounts\" Sys=\"8211\" RequestId=\"a&quot;&lt;&amp;&apos;&gt;b\">\
             <PHONE>&lt;/PHONE&gt;&lt;SSN&gt;1&lt;/SSN&gt;</PHONE></CsgRequest>"
        );
        assert!(request("getAccounts", "8211", &id, &[("PHONE", "1\0")]).is_err());
    }
}
