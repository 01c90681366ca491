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
use crate::index::Places;
use crate::ledger::{Ledger, lock};

/// A search answers with so many accounts and says that there are more.
const MOST_HITS: usize = 50;

pub(crate) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Csg, directory)?;
    let mut entries: Vec<Entry> = accounts.records.into_iter().map(Entry::new).collect();
    // CSG lists the account that changed last first.
    let order = |entry: &Entry| (std::cmp::Reverse(entry.account.last_chg_dte.clone()), entry.account.sub_acct_no.clone());
    entries.sort_by_cached_key(order);
    let index = Index::of(&entries);
    let books = Mutex::new(Books { entries, applied: BTreeMap::new() });
    let system = Csg { authorization: basic(CSG_USER, CSG_PASSWORD), index, books };
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Csg {
    authorization: String,
    index: Index,
    books: Mutex<Books>,
}

/// Where accounts are found. No operation changes a key, so this stays as it was loaded.
#[derive(Default)]
struct Index {
    numbers: BTreeMap<String, usize>,
    searches: BTreeMap<Key, Places>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Phone,
    Ssn,
    SsnToken,
    Location,
}

impl Key {
    /// The argument that carries the key.
    const ARGUMENTS: [(&str, Self); 4] =
        [("PHONE", Self::Phone), ("SSN", Self::Ssn), ("SSN_TOKEN", Self::SsnToken), ("LOC_ID", Self::Location)];

    /// The form in which a value is compared.
    fn value(self, text: &str) -> String {
        match self {
            Self::Phone | Self::Ssn => text.chars().filter(char::is_ascii_digit).collect(),
            Self::SsnToken => text.to_owned(),
            Self::Location => text.trim_start_matches('0').to_owned(),
        }
    }
}

impl Index {
    fn of(entries: &[Entry]) -> Self {
        let mut index = Self::default();
        for (at, Entry { account, .. }) in entries.iter().enumerate() {
            index.numbers.insert(account.sub_acct_no.to_string(), at);
            let keys = [
                (Key::Phone, &*account.home_phone),
                (Key::Phone, &*account.bus_phone),
                (Key::Ssn, &*account.ssn),
                (Key::SsnToken, &*account.ssn_token),
                (Key::Location, &*account.loc_id),
            ];
            for (key, text) in keys {
                let places = index.searches.entry(key).or_default();
                places.note(&key.value(text), at);
            }
        }
        index
    }

    /// The accounts that a search finds; nothing if the request has no search key.
    fn search(&self, call: &Call) -> Option<&[usize]> {
        let (key, text) = Key::ARGUMENTS.iter().find_map(|(name, key)| call.argument(name).map(|text| (*key, text)))?;
        let places = self.searches.get(&key);
        Some(places.map_or(&[], |places| places.find(&key.value(text))))
    }
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
            None => {
                let hits = self.index.search(&call).unwrap_or_default();
                hits.iter().map(|&at| books.entries[at].account.sub_acct_no.to_string()).collect()
            }
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
        self.index.numbers.get(number).copied().ok_or(Status::NotFound)
    }

    fn list(&self, books: &Books, call: &Call) -> Result<Answer, Status<'static>> {
        let hits = self.index.search(call).ok_or(Status::BadInput("PHONE, SSN, SSN_TOKEN or LOC_ID is missing"))?;
        if hits.is_empty() {
            return Err(Status::NotFound);
        }
        let shown = &hits[..hits.len().min(MOST_HITS)];
        let more = if hits.len() > shown.len() { "Y" } else { "N" };
        let begin = format!("<listAccounts Count=\"{}\" More=\"{more}\">", shown.len());
        let mut parts = vec![begin.as_str()];
        parts.extend(shown.iter().map(|&at| books.entries[at].xml.as_str()));
        parts.push("</listAccounts>");
        Ok(wire::answered(call, &parts))
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
