//! A TMF666 Account Management server, v4.0.0, with billing accounts only. The interface is TM Forum's public one;
//! filters and attribute selection follow TMF630, the design guidelines that it refers to.

use std::collections::BTreeMap;
use std::path::Path;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{BillingSystem, BssName, Opened};
use crate::credentials::TMF666_TOKEN;
use crate::data::{self, DataError, Members, Record};
use crate::exchange::{Answer, Request, native_status};
use crate::faults::Aim;
use crate::ledger::Ledger;

const LIST: &str = "listBillingAccount";
const RETRIEVE: &str = "retrieveBillingAccount";

/// A page of the list without a `limit`, and the longest page.
const PAGE: usize = 20;
const LONGEST_PAGE: usize = 100;

const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
const RESULT_COUNT: HeaderName = HeaderName::from_static("x-result-count");

/// The members of a BillingAccount that are lists.
const LISTS: [&str; 6] = ["accountBalance", "accountRelationship", "contact", "paymentPlan", "relatedParty", "taxExemption"];

/// One billing account, each member's JSON text as the file has it: members that nobody knows pass unchanged.
#[derive(Clone)]
struct Account {
    id: String,
    members: Members,
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let members = Members::deserialize(deserializer)?;
        let mut id = String::new();
        for (name, value) in &members.0 {
            let text = value.get();
            if name == "id" {
                id = serde_json::from_str(text).map_err(|_| D::Error::custom("the member id is not text"))?;
            }
            if LISTS.contains(&name.as_str()) && !text.starts_with('[') {
                return Err(D::Error::custom(format!("the member {name} is not a list")));
            }
        }
        Ok(Self { id, members })
    }
}

impl Record for Account {
    fn number(&self) -> &str {
        &self.id
    }

    fn renumber(&mut self, step: u64) {
        let id = data::number_after(&self.id, step);
        for (name, value) in &mut self.members.0 {
            let text = match name.as_str() {
                "id" => format!("\"{id}\""),
                "href" => value.get().replace(&self.id, &id),
                _ => continue,
            };
            if let Ok(renumbered) = serde_json::value::RawValue::from_string(text) {
                *value = renumbered;
            }
        }
        self.id = id;
    }

    const KEEPS_TEXTS: bool = true;
}

impl Account {
    /// The account with all members, or with id, href, `@type` and the selected ones.
    fn json(&self, fields: Option<&str>) -> String {
        let selected = |name: &str| match fields {
            None => true,
            Some(fields) => matches!(name, "id" | "href" | "@type") || fields.split(',').any(|f| f.trim() == name),
        };
        let mut out = String::from("{");
        let members = self.members.0.iter().filter(|(name, _)| selected(name));
        for (at, (name, value)) in members.enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(&Value::from(name.as_str()).to_string());
            out.push(':');
            out.push_str(value.get());
        }
        out.push('}');
        out
    }

    fn value(&self) -> Value {
        let members = self.members.0.iter().map(|(name, value)| {
            let value = serde_json::from_str(value.get()).unwrap_or_default();
            (name.clone(), value)
        });
        Value::Object(members.collect())
    }
}

pub(super) fn open(directory: Option<&Path>) -> Result<Opened, DataError> {
    let accounts = data::load::<Account>(BssName::Tmf666, directory)?;
    let entries: Vec<Entry> = accounts.records.into_iter().map(|account| Entry { value: account.value(), account }).collect();
    let ids = entries.iter().enumerate();
    let system = Tmf666 {
        authorization: format!("Bearer {TMF666_TOKEN}"),
        ids: ids.map(|(at, entry)| (entry.account.id.clone(), at)).collect(),
        entries,
    };
    Ok(Opened { system: Box::new(system), faults: accounts.faults })
}

struct Tmf666 {
    authorization: String,
    ids: BTreeMap<String, usize>,
    entries: Vec<Entry>,
}

struct Entry {
    account: Account,
    /// The same, to compare filters with.
    value: Value,
}

/// What a request asks for.
enum Call {
    List,
    Retrieve(String),
    Unknown,
}

impl Call {
    fn of(request: &Request) -> Self {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
        match segments.as_slice() {
            ["tmf-api", "accountManagement", "v4", "billingAccount"] => Self::List,
            ["tmf-api", "accountManagement", "v4", "billingAccount", id] => Self::Retrieve((*id).to_owned()),
            _ => Self::Unknown,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::List => LIST,
            Self::Retrieve(_) => RETRIEVE,
            Self::Unknown => "unknown",
        }
    }
}

impl BillingSystem for Tmf666 {
    fn aim(&self, request: &Request) -> Aim {
        let call = Call::of(request);
        let accounts = match &call {
            Call::List => {
                let hits = self.find(&Query::of(request));
                hits.iter().map(|entry| entry.account.id.clone()).collect()
            }
            Call::Retrieve(id) => vec![id.clone()],
            Call::Unknown => Vec::new(),
        };
        Aim::new(call.name(), accounts)
    }

    fn answer(&self, request: &Request, _: &Ledger) -> Answer {
        let call = Call::of(request);
        if request.header("authorization") != Some(&self.authorization) {
            return failed(&call, StatusCode::UNAUTHORIZED, "The token is not valid");
        }
        if request.method != Method::GET {
            return failed(&call, StatusCode::METHOD_NOT_ALLOWED, "Only GET is served");
        }
        match &call {
            Call::Unknown => failed(&call, StatusCode::NOT_FOUND, "No such resource"),
            Call::Retrieve(id) => match self.ids.get(id) {
                None => failed(&call, StatusCode::NOT_FOUND, "No such billing account"),
                Some(&at) => {
                    let fields = request.parameter("fields");
                    let body = self.entries[at].account.json(fields.as_deref());
                    Answer::json(RETRIEVE, StatusCode::OK, body)
                }
            },
            Call::List => self.list(&call, request),
        }
    }

    fn failure(&self, request: &Request, code: &str) -> Answer {
        failed(&Call::of(request), native_status(code), "As the fault asks for it")
    }
}

impl Tmf666 {
    fn list(&self, call: &Call, request: &Request) -> Answer {
        let query = Query::of(request);
        let (Ok(offset), Ok(limit)) = (whole(query.offset.as_deref(), 0), whole(query.limit.as_deref(), PAGE)) else {
            let message = "offset and limit are whole numbers";
            return failed(call, StatusCode::BAD_REQUEST, message);
        };
        let hits = self.find(&query);
        let page: Vec<String> =
            hits.iter().skip(offset).take(limit.min(LONGEST_PAGE)).map(|entry| entry.account.json(query.fields.as_deref())).collect();
        Answer::json(LIST, StatusCode::OK, format!("[{}]", page.join(",")))
            .with(TOTAL_COUNT, HeaderValue::from(hits.len()))
            .with(RESULT_COUNT, HeaderValue::from(page.len()))
    }

    fn find(&self, query: &Query) -> Vec<&Entry> {
        let filters: Vec<(&str, &str)> = query.filters.iter().map(|(path, wanted)| (path.as_str(), wanted.as_str())).collect();
        let entries = self.entries.iter();
        entries.filter(|entry| fits(&entry.value, &filters)).collect()
    }
}

fn whole(text: Option<&str>, default: usize) -> Result<usize, std::num::ParseIntError> {
    text.map_or(Ok(default), str::parse)
}

/// The parameters of a list: paging, selection, and every other one as a filter on the member of its name.
#[derive(Default)]
struct Query {
    offset: Option<String>,
    limit: Option<String>,
    fields: Option<String>,
    filters: Vec<(String, String)>,
}

impl Query {
    fn of(request: &Request) -> Self {
        let mut query = Self::default();
        for (name, value) in request.query() {
            match name.as_str() {
                "offset" => query.offset = Some(value),
                "limit" => query.limit = Some(value),
                "fields" => query.fields = Some(value),
                _ => query.filters.push((name, value)),
            }
        }
        query
    }
}

/// Whether a value has all the members wanted, by dotted paths. Filters on a list must all fit the same element.
fn fits(value: &Value, filters: &[(&str, &str)]) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| fits(element, filters)),
        Value::Object(members) => {
            let mut below: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
            for (path, wanted) in filters {
                let (head, rest) = path.split_once('.').unwrap_or((path, ""));
                below.entry(head).or_default().push((rest, wanted));
            }
            below.iter().all(|(head, filters)| {
                let member = members.get(*head);
                member.is_some_and(|member| fits(member, filters))
            })
        }
        Value::String(text) => filters.iter().all(|(rest, wanted)| rest.is_empty() && text == wanted),
        other => {
            let text = other.to_string();
            filters.iter().all(|(rest, wanted)| rest.is_empty() && text == *wanted)
        }
    }
}

/// An error in the form of TMF666's `Error`.
fn failed(call: &Call, status: StatusCode, message: &str) -> Answer {
    let body = serde_json::json!({
        "code": status.as_str(),
        "reason": status.canonical_reason().unwrap_or_default(),
        "message": message,
        "status": status.as_str(),
        "@type": "Error",
    });
    Answer::json(call.name(), status, body.to_string())
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn filters_on_a_list_fit_the_same_element() {
        let account = serde_json::json!({
            "characteristic": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
            "relatedParty": [{"id": "7"}],
        });
        let pair = |name, value| [("characteristic.name", name), ("characteristic.value", value)];
        assert!(fits(&account, &pair("a", "1")));
        assert!(!fits(&account, &pair("a", "2")));
        assert!(fits(&account, &[("relatedParty.id", "7")]));
        assert!(!fits(&account, &[("relatedParty.name", "7")]));
        assert!(fits(&account, &[]));
    }
}
