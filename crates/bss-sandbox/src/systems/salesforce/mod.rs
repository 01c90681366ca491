//! Salesforce's REST API, good enough for ordinary client libraries: tokens, queries, records, composite requests. The
//! platform's interface is public; the objects and fields of this org are this project's own.

mod collections;
mod composite;
mod failure;
mod file;
mod query;
mod rest;
mod schema;
mod session;
mod soql;
mod store;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue, LOCATION};
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode;
use serde_json::Value as Json;

use self::failure::Failure;
use self::file::AccountFile;
use self::rest::{Ask, Books, Done};
use self::session::Sessions;
use self::store::Transaction;
use super::{BillingSystem, BssName, Opened};
use crate::data::{self, DataError};
use crate::exchange::{Answer, Request};
use crate::faults::Aim;
use crate::ledger::{Ledger, lock};

/// The versions of the API that are served.
const VERSIONS: RangeInclusive<u32> = 31..=66;
/// Requests that the org may make in 24 hours.
const DAILY_LIMIT: u64 = 15_000;
/// Answers that are kept until something changes.
const MOST_CACHED: usize = 1000;

pub(crate) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<AccountFile>(BssName::Salesforce, directory)?;
    let mut books = Books::default();
    let mut numbers = BTreeMap::new();
    for account in accounts.records {
        let number = data::Record::number(&account).to_owned();
        numbers.extend(account.load(&mut books.store).into_iter().map(|key| (key, number.clone())));
    }
    let system = Salesforce {
        sessions: Sessions::default(),
        numbers,
        requests: AtomicU64::new(0),
        state: Mutex::new(State { books, cache: BTreeMap::new() }),
    };
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Salesforce {
    sessions: Sessions,
    /// The account number to everything that a request may name of the account: number, MSISDN, Id.
    numbers: BTreeMap<String, String>,
    /// Requests to the API so far.
    requests: AtomicU64,
    state: Mutex<State>,
}

struct State {
    books: Books,
    /// Answers to reads, until something changes.
    cache: BTreeMap<Vec<u8>, Bytes>,
}

/// What a request is for.
enum Route<'a> {
    Token,
    Revoke,
    Login,
    Versions,
    /// A resource of the API: its version and the path behind it.
    Api(&'a str, &'a [&'a str]),
    Nothing,
}

impl<'a> Route<'a> {
    fn of(request: &Request, segments: &'a [&'a str]) -> Self {
        match (&request.method, segments) {
            (&Method::POST, ["services", "oauth2", "token"]) => Self::Token,
            (&Method::POST, ["services", "oauth2", "revoke"]) => Self::Revoke,
            (&Method::POST, ["services", "Soap", "u" | "c", _]) => Self::Login,
            (&Method::GET, ["services", "data"]) => Self::Versions,
            (_, ["services", "data", version, path @ ..]) if is_version(version) => Self::Api(version, path),
            _ => Self::Nothing,
        }
    }

    /// The operation's name for the count of calls.
    fn operation(&self, request: &Request) -> &'static str {
        let method = &request.method;
        match self {
            Self::Token => "token",
            Self::Revoke => "revoke",
            Self::Login => "login",
            Self::Versions | Self::Api(_, []) => "versions",
            Self::Api(_, ["limits"]) => "limits",
            Self::Api(_, ["query" | "queryAll"]) => "query",
            Self::Api(_, ["query" | "queryAll", _]) => "queryMore",
            Self::Api(_, ["composite"]) if composite::only_reads(&request.body) => "compositeQuery",
            Self::Api(_, ["composite", ..]) => "composite",
            Self::Api(_, ["sobjects", _]) if method == Method::POST => "create",
            Self::Api(_, ["sobjects"] | ["sobjects", _] | ["sobjects", _, "describe"]) => "describe",
            Self::Api(_, ["sobjects", ..]) if method == Method::GET => "retrieve",
            Self::Api(_, ["sobjects", ..]) if method == Method::DELETE => "delete",
            Self::Api(_, ["sobjects", _, _]) => "update",
            Self::Api(_, ["sobjects", _, _, _]) => "upsert",
            Self::Api(..) | Self::Nothing => "unknown",
        }
    }
}

fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v').and_then(|text| text.strip_suffix(".0")).and_then(|text| text.parse().ok());
    number.is_some_and(|number| VERSIONS.contains(&number))
}

impl BillingSystem for Salesforce {
    fn aim(&self, request: &Request) -> Aim {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let operation = Route::of(request, &segments).operation(request);
        // Whatever of the request is an account's number, one of its MSISDNs or a record's Id.
        let mut text = percent_decode(request.uri.to_string().as_bytes()).decode_utf8_lossy().into_owned();
        text.push(' ');
        text.push_str(&percent_decode(&request.body).decode_utf8_lossy());
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let mut accounts: Vec<String> = words.filter_map(|word| self.numbers.get(word).cloned()).collect();
        accounts.dedup();
        Aim::new(operation, accounts)
    }

    fn answer(&self, request: &Request, ledger: &Ledger) -> Answer {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let route = Route::of(request, &segments);
        let operation = route.operation(request);
        match route {
            Route::Token => self.sessions.token(request),
            Route::Revoke => self.sessions.revoke(request),
            Route::Login => self.sessions.soap_login(request),
            Route::Versions => Answer::json(operation, StatusCode::OK, rest::versions()),
            Route::Api(version, path) => {
                let answer = if self.sessions.accepts(request) {
                    self.api(request, operation, version, path, ledger)
                } else {
                    failed(operation, &Failure::session())
                };
                self.with_usage(answer)
            }
            Route::Nothing => failed(operation, &Failure::not_found()),
        }
    }

    fn failure(&self, request: &Request, code: &str) -> Answer {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        let operation = Route::of(request, &segments).operation(request);
        if operation == "token" {
            // This endpoint has words of its own (RFC 6749).
            let code = if code == BssName::Salesforce.down() { "temporarily_unavailable" } else { code };
            return session::refused(code, "failure asked for by a fault");
        }
        let failure = failure::of_code(code);
        if failure == Failure::session() {
            // The session has really ended, for everybody who uses it.
            session::token_of(request).map(|token| self.sessions.end(token));
        }
        let is_of_a_part = failure.status == StatusCode::BAD_REQUEST || failure.status == StatusCode::NOT_FOUND;
        let part = composite::failed(&request.body, &failure).filter(|_| is_of_a_part && operation.starts_with("composite"));
        let answer = part.map_or_else(|| failed(operation, &failure), |body| Answer::json(operation, StatusCode::OK, body));
        self.with_usage(answer)
    }
}

fn failed(operation: &'static str, failure: &Failure) -> Answer {
    Answer::json(operation, failure.status, failure.json())
}

impl Salesforce {
    /// Every answer tells how much of the daily limit is used. The sandbox does not enforce it.
    fn with_usage(&self, answer: Answer) -> Answer {
        let used = self.requests.fetch_add(1, Ordering::Relaxed) % DAILY_LIMIT + 1;
        let info = HeaderValue::from_str(&format!("api-usage={used}/{DAILY_LIMIT}")).expect("digits are a header value");
        answer.with(HeaderName::from_static("sforce-limit-info"), info)
    }

    fn api(&self, request: &Request, operation: &'static str, version: &str, path: &[&str], ledger: &Ledger) -> Answer {
        let mut state = lock(&self.state);
        let State { books, cache } = &mut *state;
        let key = cache_key(request, operation);
        if let Some(body) = key.as_ref().and_then(|key| cache.get(key)) {
            return Answer::json(operation, StatusCode::OK, body.clone());
        }
        let mut transaction = Transaction::default();
        let outcome = perform(books, request, version, path, &mut transaction);
        if outcome.is_ok() && !transaction.applied.is_empty() {
            cache.clear();
            self.note(books, request, operation, &transaction, ledger);
        }
        match outcome {
            Ok(done) => {
                let body = Bytes::from(done.body);
                if let Some(key) = key.filter(|_| cache.len() < MOST_CACHED && is_whole(&body)) {
                    cache.insert(key, body.clone());
                }
                let answer = Answer::json(operation, done.status, body);
                match done.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
                    Some(location) => answer.with(LOCATION, location),
                    None => answer,
                }
            }
            Err(failure) => {
                books.store.roll_back(transaction);
                failed(operation, &failure)
            }
        }
    }

    /// One transaction is one change, however many records it touched.
    fn note(&self, books: &Books, request: &Request, operation: &str, transaction: &Transaction, ledger: &Ledger) {
        let account = transaction.applied.iter().find_map(|applied| self.numbers.get(&applied.id));
        let external_id = transaction.applied.iter().find_map(|applied| {
            let record = books.store.get(&applied.id)?;
            record.text(schema::CORRELATION_ID)
        });
        let values = transaction.applied.iter().map(|applied| (applied.field.clone(), applied.value.clone())).collect();
        ledger.changed(
            BssName::Salesforce,
            operation,
            account.map(String::as_str).unwrap_or_default(),
            external_id.or_else(|| request.correlation_id()).unwrap_or_default(),
            values,
        );
    }
}

/// Reads that depend on nothing but the records.
fn cache_key(request: &Request, operation: &str) -> Option<Vec<u8>> {
    if !matches!(operation, "query" | "compositeQuery") {
        return None;
    }
    let mut key = request.uri.to_string().into_bytes();
    key.extend(request.header("sforce-query-options").unwrap_or_default().bytes());
    key.extend(&request.body[..]);
    Some(key)
}

/// A list that goes on elsewhere is read anew each time, so that its rest is there.
fn is_whole(body: &Bytes) -> bool {
    !body.windows(14).any(|part| part == b"nextRecordsUrl")
}

fn perform(books: &mut Books, request: &Request, version: &str, path: &[&str], transaction: &mut Transaction) -> Result<Done, Failure> {
    if matches!(path, ["composite"]) {
        if request.method != Method::POST {
            return Err(Failure::method());
        }
        let body = composite::perform(books, version, &request.body, transaction)?;
        return Ok(Done { status: StatusCode::OK, body, location: None });
    }
    let has_body = matches!(request.method, Method::POST | Method::PATCH);
    let body = if has_body { serde_json::from_slice(&request.body).map_err(|_| Failure::not_json())? } else { Json::Null };
    let ask = Ask { method: &request.method, version, path, query: request.uri.query().unwrap_or_default(), body, batch: batch(request) };
    if matches!(path, ["composite", "sobjects"]) {
        let body = collections::perform(books, &ask, transaction)?;
        return Ok(Done { status: StatusCode::OK, body, location: None });
    }
    books.perform(&ask, transaction)
}

/// `Sforce-Query-Options: batchSize=500`; 200 to 2000, anything else is moved into that range.
fn batch(request: &Request) -> usize {
    let options = request.header("sforce-query-options").unwrap_or_default();
    let size = options.split(',').find_map(|option| option.trim().strip_prefix("batchSize=")?.trim().parse::<usize>().ok());
    size.map_or(rest::PAGE, |size| size.clamp(200, rest::PAGE))
}
