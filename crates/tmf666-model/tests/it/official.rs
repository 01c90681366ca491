//! TM Forum's own schemas, made into validators.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::exact::fixtures;

fn document(name: &str) -> Value {
    let (_, json) = fixtures("tmf666/schemas").into_iter().find(|(file, _)| file == name).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true).build(schema).unwrap()
}

/// A schema of version 4.0.0, by its name there.
pub(crate) fn v4_schema(name: &str) -> Value {
    document("v4.0.0.json")["definitions"][name].clone()
}

pub(crate) fn v4(name: &str) -> Validator {
    let mut schema = document("v4.0.0.json");
    schema["$ref"] = json!(format!("#/definitions/{name}"));
    validator(&schema)
}

/// The account of version 5.0.0, each object checked by the schema that its `@type` names.
pub(crate) fn v5_account() -> Validator {
    let mut document = document("v5.0.0.json");
    let schemas = document["components"]["schemas"].as_object_mut().unwrap();
    let dispatchers: Map<String, Value> = schemas.iter().filter_map(|(name, schema)| Some((by_type(name), dispatcher(schema)?))).collect();
    for schema in schemas.values_mut() {
        schema.as_object_mut().unwrap().remove("oneOf");
        dispatch_references(schema, &dispatchers);
    }
    schemas.extend(dispatchers);
    document["$ref"] = json!(format!("#/components/schemas/{}", by_type("Account")));
    document["properties"] = json!({ "@type": { "const": "BillingAccount" } });
    validator(&document)
}

fn by_type(name: &str) -> String {
    format!("{name}.byType")
}

/// What OpenAPI's discriminator means, in JSON Schema's words.
fn dispatcher(schema: &Value) -> Option<Value> {
    let mapping = schema["discriminator"]["mapping"].as_object()?;
    let types: Vec<&String> = mapping.keys().collect();
    let branches: Vec<Value> = mapping
        .iter()
        .map(|(name, target)| json!({ "if": { "properties": { "@type": { "const": name } } }, "then": { "$ref": target } }))
        .collect();
    Some(json!({ "type": "object", "required": ["@type"], "properties": { "@type": { "enum": types } }, "allOf": branches }))
}

/// Members and items go through the dispatchers; inheritance (`allOf`) stays as it is.
fn dispatch_references(schema: &mut Value, dispatchers: &Map<String, Value>) {
    let Some(schema) = schema.as_object_mut() else { return };
    for base in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if base.get("$ref").is_none() {
            dispatch_references(base, dispatchers);
        }
    }
    if let Some(Value::String(reference)) = schema.get_mut("$ref")
        && dispatchers.contains_key(&by_type(reference.rsplit('/').next().unwrap()))
    {
        *reference = by_type(reference);
    }
    for member in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        dispatch_references(member, dispatchers);
    }
    if let Some(items) = schema.get_mut("items") {
        dispatch_references(items, dispatchers);
    }
}

/// What a validator objects to, as `pointer: message`.
pub(crate) fn objections(validator: &Validator, json: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(json).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
