//! Cerillion: JSON over GET, bearer tokens from a token endpoint. This project's own contract.

mod record;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hyper::header::{HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Method, StatusCode};

use self::record::Account;
use super::{BillingSystem, BssName, Opened};
use crate::credentials::{CERILLION_CLIENT_ID, CERILLION_CLIENT_SECRET, CERILLION_ORG, CERILLION_REALM, basic};
use crate::data::{self, DataError};
use crate::exchange::{Answer, Request, form_pairs, native_status};
use crate::faults::Aim;
use crate::index::Places;
use crate::ledger::{Ledger, lock};
use crate::value::phone_key;

/// A token lives so long.
const TOKEN_LIFE: Duration = Duration::from_secs(300);

/// A page of the list without a `limit`, and the longest page.
const PAGE: usize = 20;
const LONGEST_PAGE: usize = 100;

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

pub(super) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Cerillion, directory)?;
    let mut system = Cerillion {
        client: basic(CERILLION_CLIENT_ID, CERILLION_CLIENT_SECRET),
        tokens: Mutex::default(),
        entries: Vec::with_capacity(accounts.records.len()),
        numbers: BTreeMap::new(),
        services: Places::default(),
        contacts: Places::default(),
    };
    for (at, account) in accounts.records.iter().enumerate() {
        system.add(at, account);
    }
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Cerillion {
    /// The client's credentials as Basic authentication, one of the two ways to send them.
    client: String,
    tokens: Mutex<Tokens>,
    entries: Vec<Entry>,
    numbers: BTreeMap<String, usize>,
    services: Places,
    contacts: Places,
}

/// An account's two resources as they go over the wire.
struct Entry {
    number: String,
    account: String,
    balance: String,
}

#[derive(Default)]
struct Tokens {
    issued: u64,
    until: BTreeMap<String, Instant>,
}

/// What a request asks for.
enum Call {
    Token,
    Account(String),
    Balance(String),
    List,
    Unknown,
}

impl Call {
    fn of(request: &Request) -> Self {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        match segments.as_slice() {
            ["auth", "realms", realm, "protocol", "openid-connect", "token"] if *realm == CERILLION_REALM => Self::Token,
            ["cerillion", org, "account", "1.0", rest @ ..] if *org == CERILLION_ORG => match rest {
                [] => Self::List,
                [number] => Self::Account((*number).to_owned()),
                [number, "accountBalance"] => Self::Balance((*number).to_owned()),
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Account(_) => "getAccount",
            Self::Balance(_) => "getAccountBalance",
            Self::List => "listAccounts",
            Self::Unknown => "unknown",
        }
    }
}

impl BillingSystem for Cerillion {
    fn aim(&self, request: &Request) -> Aim {
        let call = Call::of(request);
        let accounts = match &call {
            Call::Account(number) | Call::Balance(number) => vec![number.clone()],
            Call::List => self.find(request).unwrap_or_default().iter().map(|&at| self.entries[at].number.clone()).collect(),
            Call::Token | Call::Unknown => Vec::new(),
        };
        Aim::new(call.name(), accounts)
    }

    fn answer(&self, request: &Request, _: &Ledger) -> Answer {
        let call = Call::of(request);
        let wanted = match call {
            Call::Unknown => return Answer::refusal(StatusCode::NOT_FOUND),
            Call::Token => Method::POST,
            _ => Method::GET,
        };
        if request.method != wanted {
            return Answer::refusal(StatusCode::METHOD_NOT_ALLOWED);
        }
        if matches!(call, Call::Token) {
            return self.token(request);
        }
        if !self.knows_token(request) {
            return failed(&call, StatusCode::UNAUTHORIZED, "The token is not valid");
        }
        self.resource(&call, request).unwrap_or_else(|(status, message)| failed(&call, status, message))
    }

    fn failure(&self, request: &Request, code: &str) -> Answer {
        failed(&Call::of(request), native_status(code), "As the fault asks for it")
    }
}

/// A failure: status and message.
type Refused = (StatusCode, &'static str);

impl Cerillion {
    fn add(&mut self, at: usize, account: &Account) {
        self.numbers.insert(account.account_no.to_string(), at);
        for number in &account.service_numbers {
            self.services.note(&phone_key(number), at);
        }
        for phone in account.phones() {
            self.contacts.note(&phone_key(phone), at);
        }
        self.entries.push(Entry {
            number: account.account_no.to_string(),
            account: data::wire_json(account),
            balance: data::wire_json(&account.account_balance),
        });
    }

    fn resource(&self, call: &Call, request: &Request) -> Result<Answer, Refused> {
        match call {
            Call::Account(number) => Ok(found(call, self.entry(number)?.account.clone())),
            Call::Balance(number) => Ok(found(call, self.entry(number)?.balance.clone())),
            _ => self.list(call, request),
        }
    }

    fn entry(&self, number: &str) -> Result<&Entry, Refused> {
        let at = self.numbers.get(number);
        let at = at.ok_or((StatusCode::NOT_FOUND, "Account not found"))?;
        Ok(&self.entries[*at])
    }

    fn list(&self, call: &Call, request: &Request) -> Result<Answer, Refused> {
        let hits = self.find(request)?;
        let whole = |name: &str, default: usize| match request.parameter(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| {
                let message = "offset and limit are whole numbers";
                (StatusCode::BAD_REQUEST, message)
            }),
        };
        let offset = whole("offset", 0)?;
        let limit = whole("limit", PAGE)?.min(LONGEST_PAGE);
        let page: Vec<&str> = hits.iter().skip(offset).take(limit).map(|&at| self.entries[at].account.as_str()).collect();
        let answer = found(call, format!("[{}]", page.join(",")));
        Ok(answer.with(TOTAL_COUNT, HeaderValue::from(hits.len())))
    }

    fn find(&self, request: &Request) -> Result<&[usize], Refused> {
        let service = request.parameter("serviceNumber");
        let contact = request.parameter("contactNumber");
        match (service, contact) {
            (Some(number), None) => Ok(self.services.find(&phone_key(&number))),
            (None, Some(number)) => Ok(self.contacts.find(&phone_key(&number))),
            _ => {
                let message = "one of serviceNumber and contactNumber expected";
                Err((StatusCode::BAD_REQUEST, message))
            }
        }
    }

    fn token(&self, request: &Request) -> Answer {
        let form = form_pairs(&String::from_utf8_lossy(&request.body));
        let is = |name: &str, wanted: &str| {
            let mut pairs = form.iter();
            pairs.any(|(known, value)| known == name && value == wanted)
        };
        let by_form = is("client_id", CERILLION_CLIENT_ID) && is("client_secret", CERILLION_CLIENT_SECRET);
        if !by_form && request.header("authorization") != Some(&self.client) {
            return token_refused(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        if !is("grant_type", "client_credentials") {
            return token_refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
        }
        let body = serde_json::json!({
            "access_token": lock(&self.tokens).issue(Instant::now()),
            "expires_in": TOKEN_LIFE.as_secs(),
            "token_type": "Bearer",
        });
        Answer::json(Call::Token.name(), StatusCode::OK, body.to_string())
    }

    fn knows_token(&self, request: &Request) -> bool {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| lock(&self.tokens).valid(token, Instant::now()))
    }
}

impl Tokens {
    fn issue(&mut self, now: Instant) -> String {
        self.until.retain(|_, until| *until > now);
        self.issued += 1;
        let token = format!("sandbox-cerillion-token-{:08}", self.issued);
        self.until.insert(token.clone(), now + TOKEN_LIFE);
        token
    }

    fn valid(&self, token: &str, now: Instant) -> bool {
        self.until.get(token).is_some_and(|until| *until > now)
    }
}

fn found(call: &Call, json: String) -> Answer {
    Answer::json(call.name(), StatusCode::OK, json)
}

fn failed(call: &Call, status: StatusCode, message: &str) -> Answer {
    let body = serde_json::json!({
        "code": status.as_str(),
        "reason": status.canonical_reason().unwrap_or_default(),
        "message": message,
        "status": status.as_str(),
    });
    let answer = Answer::json(call.name(), status, body.to_string());
    if status == StatusCode::TOO_MANY_REQUESTS {
        return answer.with(RETRY_AFTER, HeaderValue::from(1));
    }
    answer
}

/// A failure of the token endpoint, in the form of OAuth 2.
fn token_refused(status: StatusCode, error: &str) -> Answer {
    let body = serde_json::json!({ "error": error });
    Answer::json(Call::Token.name(), status, body.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Instant, TOKEN_LIFE, Tokens};

    #[test]
    fn a_token_dies_after_its_life() {
        let mut tokens = Tokens::default();
        let now = Instant::now();
        let token = tokens.issue(now);
        let last = now + TOKEN_LIFE - std::time::Duration::from_millis(1);
        assert!(tokens.valid(&token, last));
        assert!(!tokens.valid(&token, now + TOKEN_LIFE));
        tokens.issue(now + TOKEN_LIFE);
        assert_eq!(tokens.until.len(), 1, "dead tokens are forgotten");
    }
}
