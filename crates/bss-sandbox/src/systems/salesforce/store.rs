//! The org's records, and every way to change them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::failure::Failure;
use super::schema::{Field, Kind, OBJECTS, Object, Rule, full_id, id_of};

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Flag(bool),
    Text(String),
}

/// Fields without a value are not there.
pub(super) type Values = BTreeMap<&'static str, Value>;

/// A record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) object: &'static Object,
    /// Its place in the order of making.
    number: u64,
    values: Values,
}

impl Record {
    pub(super) fn value(&self, field: &str) -> Option<&Value> {
        self.values.get(field)
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        match self.values.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The field's value on the wire. A checkbox is never without one.
    pub(super) fn json(&self, field: &Field) -> String {
        match (self.values.get(field.name), field.kind) {
            (Some(Value::Text(text)), _) => Json::from(text.as_str()).to_string(),
            (Some(Value::Flag(flag)), _) => flag.to_string(),
            (None, Kind::Flag) => "false".to_owned(),
            (None, _) => "null".to_owned(),
        }
    }
}

/// A field that a change gave another value.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) id: String,
    pub(super) field: String,
    pub(super) value: String,
}

/// How records stood before the changes of a transaction.
#[derive(Debug, Default)]
pub(super) struct Transaction {
    before: Vec<(String, Option<Record>)>,
    pub(super) applied: Vec<Applied>,
}

/// The records.
#[derive(Debug, Default)]
pub(super) struct Store {
    records: BTreeMap<String, Record>,
    made: u64,
}

impl Store {
    pub(super) fn get(&self, id: &str) -> Option<&Record> {
        self.records.get(&full_id(id)?)
    }

    /// The records of an object in the order of their making.
    pub(super) fn all(&self, object: &'static Object) -> Vec<&Record> {
        // An Id begins with its object's prefix.
        let same = self.records.range(object.key_prefix.to_owned()..).take_while(|(id, _)| id.starts_with(object.key_prefix));
        let mut records: Vec<&Record> = same.map(|(_, record)| record).collect();
        records.sort_by_key(|record| record.number);
        records
    }

    /// The records whose field has this value.
    pub(super) fn find(&self, object: &'static Object, field: &Field, value: &str) -> Vec<&Record> {
        let mut found = self.all(object);
        found.retain(|record| record.text(field.name).is_some_and(|held| same_text(field, held, value)));
        found
    }

    /// Puts in a record of a file, with the Id that it has or a new one.
    pub(super) fn load(&mut self, object: &'static Object, mut values: Values) -> String {
        self.made += 1;
        let given = match values.remove("Id") {
            Some(Value::Text(id)) => Some(id),
            _ => None,
        };
        let id = given.unwrap_or_else(|| id_of(object.key_prefix, self.made));
        values.entry("CreatedDate").or_insert_with(|| Value::Text(LONG_AGO.to_owned()));
        values.entry("LastModifiedDate").or_insert_with(|| Value::Text(LONG_AGO.to_owned()));
        self.insert(id.clone(), object, values);
        id
    }

    fn insert(&mut self, id: String, object: &'static Object, mut values: Values) {
        if !put_name_together(&mut values) {
            let auto_number = Value::Text(format!("{}-{:06}", object.key_prefix, self.made));
            values.entry("Name").or_insert(auto_number);
        }
        values.insert("Id", Value::Text(id.clone()));
        self.records.insert(id.clone(), Record { id, object, number: self.made, values });
    }

    /// Makes a record.
    pub(super) fn create(&mut self, object: &'static Object, fields: &Json, transaction: &mut Transaction) -> Result<String, Failure> {
        let values = self.checked(object, fields)?;
        for field in object.fields.iter().filter(|field| field.rule == Rule::Required) {
            if !matches!(values.get(field.name), Some(Some(_))) {
                return Err(Failure::missing(field.name));
            }
        }
        self.refuse_duplicates(object, &values, None)?;
        self.made += 1;
        let id = id_of(object.key_prefix, self.made);
        transaction.before.push((id.clone(), None));
        let mut held = Values::new();
        for (name, value) in values {
            transaction.note(&id, object, name, value.as_ref());
            held.extend(value.map(|value| (name, value)));
        }
        held.insert("CreatedDate", Value::Text(NOW.to_owned()));
        held.insert("LastModifiedDate", Value::Text(NOW.to_owned()));
        self.insert(id.clone(), object, held);
        Ok(id)
    }

    /// Gives a record other values. Values that it has already are no change.
    pub(super) fn update(
        &mut self,
        object: &'static Object,
        id: &str,
        fields: &Json,
        transaction: &mut Transaction,
    ) -> Result<(), Failure> {
        let values = self.checked(object, fields)?;
        let record = self.of_object(object, id)?;
        let id = record.id.clone();
        if let Some((name, None)) = values.iter().find(|(name, value)| value.is_none() && is_required(object, name)) {
            return Err(Failure::missing(name));
        }
        self.refuse_duplicates(object, &values, Some(&id))?;
        let before = self.records.get(&id).cloned();
        let record = self.records.get_mut(&id).ok_or_else(Failure::deleted)?;
        let applied = transaction.applied.len();
        for (name, value) in values {
            if record.values.get(name) == value.as_ref() || (value == Some(Value::Flag(false)) && !record.values.contains_key(name)) {
                continue;
            }
            transaction.note(&id, object, name, value.as_ref());
            match value {
                Some(value) => record.values.insert(name, value),
                None => record.values.remove(name),
            };
        }
        if transaction.applied.len() > applied {
            record.values.insert("LastModifiedDate", Value::Text(NOW.to_owned()));
            put_name_together(&mut record.values);
            transaction.before.push((id, before));
        }
        Ok(())
    }

    /// Removes a record.
    pub(super) fn delete(&mut self, object: &'static Object, id: &str, transaction: &mut Transaction) -> Result<(), Failure> {
        let id = self.of_object(object, id)?.id.clone();
        let before = self.records.remove(&id);
        transaction.applied.push(Applied { id: id.clone(), field: format!("{}.Id", object.name), value: String::new() });
        transaction.before.push((id, before));
        Ok(())
    }

    /// Undoes a transaction.
    pub(super) fn roll_back(&mut self, transaction: Transaction) {
        for (id, before) in transaction.before.into_iter().rev() {
            match before {
                Some(record) => self.records.insert(id, record),
                None => self.records.remove(&id),
            };
        }
    }

    /// The record of an object by its Id.
    pub(super) fn of_object(&self, object: &'static Object, id: &str) -> Result<&Record, Failure> {
        let record = self.get(id).filter(|record| std::ptr::eq(record.object, object));
        record.ok_or_else(|| if full_id(id).is_some() { Failure::deleted() } else { Failure::not_found() })
    }

    /// The values of a request, null for a field that is to be emptied.
    fn checked(&self, object: &'static Object, fields: &Json) -> Result<BTreeMap<&'static str, Option<Value>>, Failure> {
        let fields = fields.as_object().ok_or_else(Failure::not_json)?;
        let mut values = BTreeMap::new();
        for (name, value) in fields.iter().filter(|(name, _)| *name != "attributes") {
            let field = object.field(name).ok_or_else(|| {
                let message = format!("No such column '{name}' on sobject of type {}", object.name);
                Failure::new(hyper::StatusCode::BAD_REQUEST, "INVALID_FIELD", message)
            })?;
            values.insert(field.name, self.checked_value(field, value)?);
        }
        Ok(values)
    }

    fn checked_value(&self, field: &'static Field, value: &Json) -> Result<Option<Value>, Failure> {
        if field.rule == Rule::ReadOnly {
            return Err(Failure::not_writable(field.name));
        }
        match (field.kind, value) {
            (Kind::Flag, Json::Bool(flag)) => Ok(Some(Value::Flag(*flag))),
            (Kind::Flag, _) => Err(Failure::wrong_type(field.name)),
            (_, Json::Null) => Ok(None),
            (_, Json::String(text)) if text.trim().is_empty() => Ok(None),
            (Kind::Reference(object, _), Json::String(id)) => {
                let target = self.of_object(&OBJECTS[object], id).map_err(|_| Failure::no_such_reference(field.name))?;
                Ok(Some(Value::Text(target.id.clone())))
            }
            (kind, Json::String(text)) => {
                if text.chars().count() > field.length {
                    return Err(Failure::too_long(field.name, field.length));
                }
                if kind == Kind::Email && !is_email_address(text) {
                    return Err(Failure::no_email_address(field.name));
                }
                // The platform trims what it stores.
                Ok(Some(Value::Text(text.trim().to_owned())))
            }
            _ => Err(Failure::wrong_type(field.name)),
        }
    }

    fn refuse_duplicates(
        &self,
        object: &'static Object,
        values: &BTreeMap<&'static str, Option<Value>>,
        own_id: Option<&str>,
    ) -> Result<(), Failure> {
        for field in object.fields.iter().filter(|field| field.rule == Rule::UniqueExternalId) {
            let Some(Some(Value::Text(text))) = values.get(field.name) else { continue };
            let others = self.find(object, field, text);
            if let Some(other) = others.into_iter().find(|record| Some(record.id.as_str()) != own_id) {
                return Err(Failure::duplicate(field.name, &other.id));
            }
        }
        Ok(())
    }
}

/// When the records of the files were made, unless they say something else.
const LONG_AGO: &str = "2023-01-01T00:00:00.000+0000";
/// When everything else happens: the sandbox has no clock, so that its answers are always the same.
const NOW: &str = "2024-01-01T00:00:00.000+0000";

impl Transaction {
    fn note(&mut self, id: &str, object: &Object, name: &str, value: Option<&Value>) {
        let value = match value {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Flag(flag)) => flag.to_string(),
            None => String::new(),
        };
        self.applied.push(Applied { id: id.to_owned(), field: format!("{}.{name}", object.name), value });
    }
}

/// A contact's name is put together from its parts. False where there are no parts.
fn put_name_together(values: &mut Values) -> bool {
    let part = |name: &str| match values.get(name) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let parts: Vec<String> = [part("FirstName"), part("LastName")].into_iter().flatten().collect();
    if !parts.is_empty() {
        values.insert("Name", Value::Text(parts.join(" ")));
    }
    !parts.is_empty()
}

/// Whether two texts are the same to a field.
pub(super) fn same_text(field: &Field, one: &str, other: &str) -> bool {
    match field.kind {
        Kind::Id | Kind::Reference(..) => full_id(one).is_some() && full_id(one) == full_id(other),
        _ if field.has_case() => one == other,
        _ => one.to_lowercase() == other.to_lowercase(),
    }
}

fn is_required(object: &Object, name: &str) -> bool {
    object.field(name).is_some_and(|field| field.rule == Rule::Required)
}

fn is_email_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    matches!(parts[..], [local, domain] if !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace))
}
