//! CSG: one XML exchange over POST, Basic authentication. This project's own contract.

mod record;
mod wire;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use hyper::{Method, StatusCode};

use self::record::Account;
use self::wire::{Call, Status};
use super::{BillingSystem, BssName, Opened};
use crate::credentials::{CSG_PASSWORD, CSG_USER, basic};
use crate::data::{self, DataError};
use crate::exchange::{Answer, Request};
use crate::faults::Aim;
use crate::ledger::{Ledger, lock};

/// A search answers with so many accounts and says that there are more.
const MOST_HITS: usize = 50;

pub(crate) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Csg, directory)?;
    let mut entries: Vec<Entry> = accounts.records.into_iter().map(Entry::new).collect();
    // CSG lists the account that changed last first.
    entries.sort_by(|a, b| {
        let changed = |entry: &Entry| entry.account.last_chg_dte.to_owned();
        changed(b).cmp(&changed(a)).then_with(|| {
            let number = |entry: &Entry| entry.account.sub_acct_no.to_owned();
            number(a).cmp(&number(b))
        })
    });
    let by_number = entries.iter().enumerate().map(|(at, entry)| (entry.account.sub_acct_no.to_string(), at)).collect();
    let system =
        Csg { authorization: basic(CSG_USER, CSG_PASSWORD), by_number, books: Mutex::new(Books { entries, applied: BTreeMap::new() }) };
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Csg {
    authorization: String,
    by_number: BTreeMap<String, usize>,
    books: Mutex<Books>,
}

/// What changes while the sandbox runs.
struct Books {
    entries: Vec<Entry>,
    /// The answers to changes, by request id: a repeat gets the same one.
    applied: BTreeMap<String, String>,
}

/// An account and its element as it goes over the wire.
struct Entry {
    account: Account,
    xml: String,
}

impl Entry {
    fn new(account: Account) -> Self {
        let xml = account.xml(false);
        Self { account, xml }
    }
}

impl BillingSystem for Csg {
    fn aim(&self, request: &Request) -> Aim {
        let Ok(call) = Call::read(&request.body) else {
            return Aim::new("unknown", Vec::new());
        };
        let books = lock(&self.books);
        let accounts = match call.argument("SUB_ACCT_NO") {
            Some(number) => vec![number.to_owned()],
            None => self.hits(&books, &call).unwrap_or_default().iter().map(|entry| entry.account.sub_acct_no.to_string()).collect(),
        };
        Aim::new(call.operation_name(), accounts)
    }

    fn answer(&self, request: &Request, ledger: &Ledger) -> Answer {
        if request.path() != "/csg/v1/exchange" {
            return Answer::refusal(StatusCode::NOT_FOUND);
        }
        if request.method != Method::POST {
            return Answer::refusal(StatusCode::METHOD_NOT_ALLOWED);
        }
        let media_type = request.header("content-type").unwrap_or_default();
        if !media_type.starts_with("text/xml") {
            return Answer::refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let call = match Call::read(&request.body) {
            Ok(call) => call,
            Err(reason) => return wire::failed(&Call::default(), Status::BadInput(reason)),
        };
        if request.header("authorization") != Some(&self.authorization) {
            return wire::failed(&call, Status::NotAuthorised);
        }
        self.perform(&call, ledger).unwrap_or_else(|status| wire::failed(&call, status))
    }

    fn failure(&self, request: &Request, code: &str) -> Answer {
        let call = Call::read(&request.body).unwrap_or_default();
        wire::failed(&call, Status::Other(code))
    }
}

impl Csg {
    fn perform(&self, call: &Call, ledger: &Ledger) -> Result<Answer, Status<'static>> {
        let mut books = lock(&self.books);
        match call.operation.as_str() {
            "getBalanceEnquiry" => {
                let entry = &books.entries[self.position(call)?];
                Ok(wire::answered(call, &[&entry.xml]))
            }
            "getCustomerInfo" => {
                let entry = &books.entries[self.position(call)?];
                Ok(wire::answered(call, &[&entry.account.xml(true)]))
            }
            "getAccounts" => self.list(&books, call),
            "setBillMedia" => self.set_bill_media(&mut books, call, ledger),
            _ => Err(Status::BadInput("unknown operation")),
        }
    }

    fn position(&self, call: &Call) -> Result<usize, Status<'static>> {
        let number = call.argument("SUB_ACCT_NO").ok_or(Status::BadInput("SUB_ACCT_NO is missing"))?;
        self.by_number.get(number).copied().ok_or(Status::NotFound)
    }

    fn list(&self, books: &Books, call: &Call) -> Result<Answer, Status<'static>> {
        let hits = self.hits(books, call).ok_or(Status::BadInput("PHONE, SSN, SSN_TOKEN or LOC_ID is missing"))?;
        if hits.is_empty() {
            return Err(Status::NotFound);
        }
        let shown = &hits[..hits.len().min(MOST_HITS)];
        let more = if hits.len() > shown.len() { "Y" } else { "N" };
        let begin = format!("<listAccounts Count=\"{}\" More=\"{more}\">", shown.len());
        let mut parts = vec![begin.as_str()];
        parts.extend(shown.iter().map(|entry| entry.xml.as_str()));
        parts.push("</listAccounts>");
        Ok(wire::answered(call, &parts))
    }

    /// The accounts that a search finds; nothing if the request has no search key.
    fn hits<'a>(&self, books: &'a Books, call: &Call) -> Option<Vec<&'a Entry>> {
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let find = |fits: &dyn Fn(&Account) -> bool| {
            let entries = books.entries.iter();
            Some(entries.filter(|entry| fits(&entry.account)).collect())
        };
        if let Some(phone) = call.argument("PHONE") {
            let phone = digits(phone);
            let is = |held: &str| !phone.is_empty() && digits(held) == phone;
            return find(&|account| is(&account.home_phone) || is(&account.bus_phone));
        }
        if let Some(ssn) = call.argument("SSN") {
            let ssn = digits(ssn);
            return find(&|account| !ssn.is_empty() && digits(&account.ssn) == ssn);
        }
        if let Some(token) = call.argument("SSN_TOKEN") {
            return find(&|account| !token.is_empty() && account.ssn_token == token);
        }
        let location = call.argument("LOC_ID")?.trim_start_matches('0');
        find(&|account| !location.is_empty() && account.loc_id.trim_start_matches('0') == location)
    }

    fn set_bill_media(&self, books: &mut Books, call: &Call, ledger: &Ledger) -> Result<Answer, Status<'static>> {
        if let Some(body) = books.applied.get(&call.request_id) {
            return Ok(wire::xml(call.operation_name(), body.clone()));
        }
        let position = self.position(call)?;
        let media = match call.argument("BILL_MEDIA") {
            Some(media @ ("Mail" | "Email")) => media,
            _ => return Err(Status::BadInput("BILL_MEDIA is Mail or Email")),
        };
        let entry = &mut books.entries[position];
        entry.account.bill_media = media.to_owned();
        entry.xml = entry.account.xml(false);
        ledger.changed(
            BssName::Csg,
            call.operation_name(),
            &entry.account.sub_acct_no,
            &call.request_id,
            BTreeMap::from([("BILL_MEDIA".to_owned(), media.to_owned())]),
        );
        let body = wire::envelope(call, "0000", "OK", &[]);
        books.applied.insert(call.request_id.clone(), body.clone());
        Ok(wire::xml(call.operation_name(), body))
    }
}
