//! The resources of the REST API. A part of a composite request goes the same way as a request of its own.

use std::collections::VecDeque;

use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::failure::Failure;
use super::query::{Found, Pages, Runner};
use super::schema::{Field, Kind, OBJECTS, Object, Rule};
use super::soql::Query;
use super::store::{Record, Store, Transaction};
use crate::exchange::form_pairs;

/// The records and everything else that changes while the sandbox runs.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) store: Store,
    pages: Kept,
}

/// A request to a resource below `/services/data/v{version}/`.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: &'a Method,
    /// As in `v62.0`.
    pub(super) version: &'a str,
    /// The decoded segments behind the version.
    pub(super) path: &'a [&'a str],
    /// The undecoded query.
    pub(super) query: &'a str,
    pub(super) body: Json,
    /// Records that a page of a query has.
    pub(super) batch: usize,
}

/// A success.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) status: StatusCode,
    /// JSON, or nothing.
    pub(super) body: String,
    pub(super) location: Option<String>,
}

impl Done {
    fn ok(body: String) -> Self {
        Self { status: StatusCode::OK, body, location: None }
    }

    fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: String::new(), location: None }
    }
}

/// Records on a page that nobody asked for in another size.
pub(super) const PAGE: usize = 2000;
/// Records of a sub-query that come with their parent.
const CHILD_PAGE: usize = 200;
/// Lists whose rest is kept.
const MOST_KEPT: usize = 100;

impl Books {
    /// Carries a request out.
    pub(super) fn perform(&mut self, ask: &Ask<'_>, transaction: &mut Transaction) -> Result<Done, Failure> {
        match (ask.method, ask.path) {
            (&Method::GET, []) => Ok(Done::ok(resources(ask.version))),
            (&Method::GET, ["limits"]) => Ok(Done::ok(json!({ "DailyApiRequests": { "Max": 15000, "Remaining": 14000 } }).to_string())),
            (&Method::GET, ["query" | "queryAll"]) => self.query(ask),
            (&Method::GET, ["query" | "queryAll", locator]) => self.pages.page(locator, ask).map(Done::ok),
            (&Method::GET, ["sobjects"]) => Ok(Done::ok(describe_global(ask.version))),
            (method, ["sobjects", name, rest @ ..]) => {
                let object = Object::named(name).ok_or_else(Failure::not_found)?;
                match (method, rest) {
                    (&Method::GET, []) => {
                        Ok(Done::ok(json!({ "objectDescribe": summary(object, ask.version), "recentItems": [] }).to_string()))
                    }
                    (&Method::POST, []) => {
                        let id = self.store.create(object, &ask.body, transaction)?;
                        Ok(saved(object, &id, ask.version, true))
                    }
                    (&Method::GET, ["describe"]) => Ok(Done::ok(describe(object, ask.version))),
                    (_, [id]) => self.record(ask, object, id, transaction),
                    (_, [field, value]) => self.by_external_id(ask, object, field, value, transaction),
                    _ => Err(Failure::method()),
                }
            }
            (_, ["limits" | "query" | "queryAll" | "sobjects", ..] | []) => Err(Failure::method()),
            _ => Err(Failure::not_found()),
        }
    }

    fn query(&mut self, ask: &Ask<'_>) -> Result<Done, Failure> {
        let text = parameter(ask.query, "q").ok_or_else(|| Failure::malformed_query("the parameter q is missing"))?;
        let query = Query::parse(&text)?;
        let pages = Paging { kept: &mut self.pages, version: ask.version };
        let mut runner = Runner { store: &self.store, version: ask.version, pages };
        let Found { total, records } = runner.run(&query)?;
        Ok(Done::ok(runner.pages.outcome_of(total, records, ask.batch)))
    }

    fn record(&mut self, ask: &Ask<'_>, object: &'static Object, id: &str, transaction: &mut Transaction) -> Result<Done, Failure> {
        match *ask.method {
            Method::GET => Ok(Done::ok(retrieved(self.store.of_object(object, id)?, ask)?)),
            Method::PATCH => self.store.update(object, id, &ask.body, transaction).map(|()| Done::nothing()),
            Method::DELETE => self.store.delete(object, id, transaction).map(|()| Done::nothing()),
            _ => Err(Failure::method()),
        }
    }

    fn by_external_id(
        &mut self,
        ask: &Ask<'_>,
        object: &'static Object,
        field: &str,
        value: &str,
        transaction: &mut Transaction,
    ) -> Result<Done, Failure> {
        let field = object.field(field).filter(|field| field.is_external_id()).ok_or_else(|| Failure::no_external_id(field))?;
        let ids: Vec<String> = self.store.find(object, field, value).into_iter().map(|record| record.id.clone()).collect();
        if ids.len() > 1 {
            let urls: Vec<String> = ids.iter().map(|id| record_url(object, id, ask.version)).collect();
            return Ok(Done { status: StatusCode::MULTIPLE_CHOICES, body: json!(urls).to_string(), location: None });
        }
        let id = ids.first().map(String::as_str);
        match (ask.method, id) {
            (&Method::PATCH, id) => {
                if ask.body.get(field.name).is_some() {
                    let message = format!("The {} field should not be specified in the sobject data.", field.name);
                    return Err(Failure::new(StatusCode::BAD_REQUEST, "INVALID_FIELD", message));
                }
                let Some(id) = id else {
                    let mut body = ask.body.clone();
                    body.as_object_mut().ok_or_else(Failure::not_json)?.insert(field.name.to_owned(), Json::from(value));
                    let id = self.store.create(object, &body, transaction)?;
                    return Ok(saved(object, &id, ask.version, true));
                };
                self.store.update(object, id, &ask.body, transaction)?;
                Ok(saved(object, id, ask.version, false))
            }
            (_, None) => Err(Failure::not_found()),
            (_, Some(id)) => self.record(ask, object, id, transaction),
        }
    }
}

/// The lists that did not fit on a page.
#[derive(Debug, Default)]
struct Kept {
    lists: VecDeque<(String, usize, Vec<String>)>,
    made: u64,
}

impl Kept {
    fn keep(&mut self, records: Vec<String>, batch: usize) -> String {
        if self.lists.len() == MOST_KEPT {
            self.lists.pop_front();
        }
        self.made += 1;
        let locator = super::schema::id_of("01g", self.made);
        self.lists.push_back((locator.clone(), batch, records));
        locator
    }

    /// `locator` is that of the list and the place where the page begins: `01g…-200`.
    fn page(&self, locator: &str, ask: &Ask<'_>) -> Result<String, Failure> {
        let (id, start) = locator.rsplit_once('-').ok_or_else(Failure::query_locator)?;
        let start: usize = start.parse().map_err(|_| Failure::query_locator())?;
        let list = self.lists.iter().find(|(known, ..)| known == id);
        let (_, batch, records) = list.filter(|(.., records)| start < records.len()).ok_or_else(Failure::query_locator)?;
        Ok(page(records, start, *batch, records.len(), || next_url(ask.version, id, start + batch)))
    }
}

fn next_url(version: &str, locator: &str, start: usize) -> String {
    format!("/services/data/{version}/query/{locator}-{start}")
}

/// `{totalSize, done, nextRecordsUrl, records}`
fn page(records: &[String], start: usize, batch: usize, total: usize, next: impl FnOnce() -> String) -> String {
    let end = (start + batch).min(records.len());
    let shown = records[start..end].join(",");
    let next = if end < records.len() { format!(r#""done":false,"nextRecordsUrl":"{}""#, next()) } else { r#""done":true"#.to_owned() };
    format!(r#"{{"totalSize":{total},{next},"records":[{shown}]}}"#)
}

struct Paging<'p> {
    kept: &'p mut Kept,
    version: &'p str,
}

impl Paging<'_> {
    fn outcome_of(&mut self, total: usize, records: Vec<String>, batch: usize) -> String {
        if records.len() <= batch {
            return page(&records, 0, batch, total, String::new);
        }
        let first = records[..batch].join(",");
        let locator = self.kept.keep(records, batch);
        let next = next_url(self.version, &locator, batch);
        format!(r#"{{"totalSize":{total},"done":false,"nextRecordsUrl":"{next}","records":[{first}]}}"#)
    }
}

impl Pages for Paging<'_> {
    fn outcome(&mut self, records: Vec<String>) -> String {
        self.outcome_of(records.len(), records, CHILD_PAGE)
    }
}

pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    form_pairs(query).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// A record with all its fields, or with those of the parameter `fields`.
fn retrieved(record: &Record, ask: &Ask<'_>) -> Result<String, Failure> {
    let object = record.object;
    let fields: Vec<&Field> = match parameter(ask.query, "fields") {
        None => object.fields.iter().collect(),
        Some(names) => {
            let find = |name: &str| object.field(name.trim()).ok_or_else(|| Failure::unknown_column(name, object));
            names.split(',').map(find).collect::<Result<_, _>>()?
        }
    };
    let url = record_url(object, &record.id, ask.version);
    let mut out = format!(r#"{{"attributes":{{"type":"{}","url":"{url}"}}"#, object.name);
    for field in fields {
        out.push_str(&format!(r#","{}":{}"#, field.name, record.json(field)));
    }
    out.push('}');
    Ok(out)
}

fn record_url(object: &Object, id: &str, version: &str) -> String {
    format!("/services/data/{version}/sobjects/{}/{id}", object.name)
}

/// What a created or upserted record answers. Up to version 45 an update by external id answers nothing.
fn saved(object: &Object, id: &str, version: &str, created: bool) -> Done {
    let url = record_url(object, id, version);
    let major: u32 = version.trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok()).unwrap_or_default();
    if !created && major < 46 {
        return Done::nothing();
    }
    let body = json!({ "id": id, "success": true, "errors": [], "created": created }).to_string();
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Done { status, body, location: created.then_some(url) }
}

/// `GET /services/data`
pub(super) fn versions() -> String {
    let version = |number: u32| json!({ "label": format!("API {number}"), "url": format!("/services/data/v{number}.0"), "version": format!("{number}.0") });
    json!(super::VERSIONS.map(version).collect::<Vec<_>>()).to_string()
}

fn resources(version: &str) -> String {
    let resource = |name: &str| format!("/services/data/{version}/{name}");
    json!({
        "sobjects": resource("sobjects"),
        "query": resource("query"),
        "queryAll": resource("queryAll"),
        "composite": resource("composite"),
        "limits": resource("limits"),
    })
    .to_string()
}

fn describe_global(version: &str) -> String {
    let objects: Vec<Json> = OBJECTS.iter().map(|object| summary(object, version)).collect();
    json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects }).to_string()
}

fn summary(object: &Object, version: &str) -> Json {
    let base = format!("/services/data/{version}/sobjects/{}", object.name);
    json!({
        "name": object.name,
        "label": object.label,
        "labelPlural": format!("{}s", object.label),
        "keyPrefix": object.key_prefix,
        "custom": object.name.ends_with("__c"),
        "createable": true, "updateable": true, "deletable": true, "queryable": true, "retrieveable": true,
        "urls": { "sobject": base, "describe": format!("{base}/describe"), "rowTemplate": format!("{base}/{{ID}}") },
    })
}

fn describe(object: &Object, version: &str) -> String {
    let children: Vec<Json> = object
        .children
        .iter()
        .map(|children| json!({ "childSObject": OBJECTS[children.object].name, "field": children.field, "relationshipName": children.relation }))
        .collect();
    let mut description = summary(object, version);
    description["fields"] = object.fields.iter().map(describe_field).collect();
    description["childRelationships"] = json!(children);
    description.to_string()
}

fn describe_field(field: &Field) -> Json {
    let writable = field.rule != Rule::ReadOnly;
    let (relation, target) = match field.kind {
        Kind::Reference(object, relation) => (json!(relation), json!([OBJECTS[object].name])),
        _ => (Json::Null, json!([])),
    };
    json!({
        "name": field.name,
        "label": field.name.trim_end_matches("__c").replace('_', " "),
        "type": field.type_name(),
        "length": field.length,
        "custom": field.name.ends_with("__c"),
        "createable": writable,
        "updateable": writable,
        "nillable": writable && field.rule != Rule::Required && field.kind != Kind::Flag,
        "externalId": field.is_external_id(),
        "unique": field.rule == Rule::UniqueExternalId,
        "idLookup": field.is_external_id() || field.kind == Kind::Id,
        "caseSensitive": field.has_case(),
        "relationshipName": relation,
        "referenceTo": target,
        "picklistValues": [],
    })
}
