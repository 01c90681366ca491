//! sObject Collections: the same operation on up to 200 records, which clients use when they are given a list.

use hyper::Method;
use serde_json::{Value as Json, json};

use super::failure::Failure;
use super::rest::{Ask, Books, parameter};
use super::schema::Object;
use super::store::Transaction;

const MOST_RECORDS: usize = 200;

/// `POST`, `PATCH` and `DELETE` of `/composite/sobjects`: a list of outcomes.
pub(super) fn perform(books: &mut Books, ask: &Ask<'_>, transaction: &mut Transaction) -> Result<String, Failure> {
    let (all_or_none, jobs) = jobs(books, ask)?;
    if jobs.is_empty() || jobs.len() > MOST_RECORDS {
        return Err(Failure::bad_composite("a collection has 1 to 200 records"));
    }
    let mut outcomes: Vec<Result<String, Failure>> =
        jobs.into_iter().map(|job| job.and_then(|job| carry_out(books, job, transaction))).collect();
    if all_or_none && outcomes.iter().any(Result::is_err) {
        books.store.roll_back(std::mem::take(transaction));
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
            *outcome = Err(Failure::rolled_back());
        }
    }
    let outcomes: Vec<Json> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(id) => json!({ "id": id, "success": true, "errors": [] }),
            Err(failure) => json!({ "success": false, "errors": [failure.of_a_record()] }),
        })
        .collect();
    Ok(json!(outcomes).to_string())
}

enum Job {
    Create(&'static Object, Json),
    Update(&'static Object, String, Json),
    Delete(&'static Object, String),
}

/// Whether all or none, and what is to be done with each record.
fn jobs(books: &Books, ask: &Ask<'_>) -> Result<(bool, Vec<Result<Job, Failure>>), Failure> {
    if ask.method == Method::DELETE {
        let all_or_none = parameter(ask.query, "allOrNone").as_deref() == Some("true");
        let ids = parameter(ask.query, "ids").ok_or_else(Failure::not_json)?;
        let delete = |id: &str| {
            let record = books.store.get(id).ok_or_else(Failure::deleted)?;
            Ok(Job::Delete(record.object, record.id.clone()))
        };
        return Ok((all_or_none, ids.split(',').map(|id| delete(id.trim())).collect()));
    }
    let is_update = match *ask.method {
        Method::POST => false,
        Method::PATCH => true,
        _ => return Err(Failure::method()),
    };
    let all_or_none = ask.body.get("allOrNone").and_then(Json::as_bool).unwrap_or_default();
    let records = ask.body.get("records").and_then(Json::as_array).ok_or_else(Failure::not_json)?;
    Ok((all_or_none, records.iter().map(|record| save(record, is_update)).collect()))
}

fn save(record: &Json, is_update: bool) -> Result<Job, Failure> {
    let name = record.pointer("/attributes/type").and_then(Json::as_str).unwrap_or_default();
    let object = Object::named(name).ok_or_else(|| Failure::unknown_object(name))?;
    let mut fields = record.clone();
    if !is_update {
        return Ok(Job::Create(object, fields));
    }
    let members = fields.as_object_mut().ok_or_else(Failure::not_json)?;
    let id = ["id", "Id"].iter().find_map(|name| members.remove(*name));
    match id {
        Some(Json::String(id)) => Ok(Job::Update(object, id, fields)),
        _ => Err(Failure::missing("Id")),
    }
}

fn carry_out(books: &mut Books, job: Job, transaction: &mut Transaction) -> Result<String, Failure> {
    match job {
        Job::Create(object, fields) => books.store.create(object, &fields, transaction),
        Job::Update(object, id, fields) => books.store.update(object, &id, &fields, transaction).map(|()| id),
        Job::Delete(object, id) => books.store.delete(object, &id, transaction).map(|()| id),
    }
}
