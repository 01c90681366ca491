//! The families of bodies as JSON Schema. A test holds it against the readers, body by body.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

pub(super) fn body(generator: &mut SchemaGenerator) -> Schema {
    let families = [
        ("AutopayChange", autopay()),
        ("ContactChange", contact()),
        ("MobileBillChange", mobile_bill()),
        ("FixedBillChange", fixed_bill()),
    ];
    let mut alternatives = Vec::new();
    for (name, schema) in families {
        generator.definitions_mut().insert(name.to_owned(), schema);
        alternatives.push(json!({ "$ref": format!("#{}/{name}", generator.settings().definitions_path) }));
    }
    let schema = json!({ "description": "One change of an account.", "oneOf": alternatives });
    schema.try_into().expect("an object is a schema")
}

fn autopay() -> Value {
    let one_of_each = |name: &str, value: Value| {
        json!({
            "if": { "contains": has("name", name) },
            "then": { "contains": has("name", name), "maxContains": 1,
                "items": { "if": has("name", name), "then": { "properties": { "value": value } } } },
        })
    };
    family(
        "Automatic payment: on, off, or by another payment method.",
        "defaultPaymentMethod",
        &json!({
            "defaultPaymentMethod": object(&json!({
                "@referredType": { "type": "string", "enum": ["Autopay", "Non-Autopay", "ChangeAutopay"] },
                "id": text(30),
            })),
            "extendedCharacteristic": {
                "type": "array",
                "items": object(&json!({ "name": text(255), "value": true })),
                "contains": has("name", "sourceSystem"),
                "allOf": [
                    one_of_each("sourceSystem", source_system()),
                    one_of_each("restrictOrder", json!({ "enum": ["true", "false", true, false] })),
                    one_of_each("autopayConsentTextVersion", text(255)),
                ],
            },
            "relatedParty": parties(&[], true),
        }),
        &["extendedCharacteristic"],
    )
}

fn contact() -> Value {
    let address = ["street1", "city", "stateOrProvince", "postCode", "country"];
    let whole: Value = address.iter().map(|part| ((*part).to_owned(), json!(address))).collect::<serde_json::Map<_, _>>().into();
    let medium = json!({
        "type": "object",
        "required": ["characteristic"],
        "properties": {
            "characteristic": {
                "type": "object",
                "properties": {
                    "emailAddress": or_null(&json!({
                        "type": "string",
                        "maxLength": 50,
                        "pattern": r"^[^\s\u0000-\u001F\u007F-\u009F]+@[^\s@.\u0000-\u001F\u007F-\u009F]+(\.[^\s@.\u0000-\u001F\u007F-\u009F]+)+$",
                    })),
                    "street1": text(70), "city": text(70), "stateOrProvince": text(70), "postCode": text(30), "country": text(70),
                },
                "dependentRequired": whole,
                "anyOf": [{ "required": ["emailAddress"] }, { "required": address }],
            },
            "@referredType": or_null(&text(70)),
        },
    });
    family(
        "The billing address, the e-mail address that bills go to, or both. An address comes whole.",
        "contact",
        &json!({
            "contact": only_one(&json!({ "type": "object", "required": ["contactMedium"], "properties": { "contactMedium": only_one(&medium) } })),
            "relatedParty": parties(&["msisdn", "channel"], false),
        }),
        &["relatedParty"],
    )
}

fn mobile_bill() -> Value {
    let medium = json!({
        "type": "object",
        "required": ["@type"],
        "properties": { "@type": { "type": "string", "enum": ["eBill", "non-eBill"] }, "name": { "type": "null" } },
    });
    family(
        "The electronic bill of a mobile account, on or off.",
        "billStructure",
        &json!({ "billStructure": bill_structure(&medium), "relatedParty": parties(&["channel"], false) }),
        &["relatedParty"],
    )
}

fn fixed_bill() -> Value {
    let medium = json!({
        "type": "object",
        "required": ["name"],
        "properties": { "name": { "type": "string", "enum": ["email", "mail"] }, "@type": { "type": "null" } },
    });
    family("How the bill of a fixed-line account is delivered.", "billStructure", &json!({ "billStructure": bill_structure(&medium) }), &[])
}

fn bill_structure(medium: &Value) -> Value {
    json!({ "type": "object", "required": ["presentationMedia"], "properties": { "presentationMedia": only_one(medium) } })
}

/// A body that `member` tells apart from the other families', whose own members it does not have.
fn family(description: &str, member: &str, properties: &Value, required: &[&str]) -> Value {
    let mut properties = properties.clone();
    for other in ["defaultPaymentMethod", "contact", "billStructure"] {
        if other != member {
            properties[other] = json!({ "type": "null" });
        }
    }
    let required: Vec<_> = [member].into_iter().chain(required.iter().copied()).collect();
    json!({ "description": description, "type": "object", "required": required, "properties": properties })
}

/// Parties of the kinds that count, each at most once, and at least those that are needed.
fn parties(needed: &[&str], nullable: bool) -> Value {
    let kind = |kind: &str, member: &str, value: Value| {
        let own = json!({ "required": [member], "properties": { member: value } });
        json!({ "if": has("@type", kind), "then": own })
    };
    let count = |kind: &str| json!({ "contains": has("@type", kind), "minContains": u8::from(needed.contains(&kind)), "maxContains": 1 });
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["@type"],
            "properties": { "@type": { "type": "string", "enum": ["msisdn", "channel"] } },
            "allOf": [
                kind("msisdn", "id", json!({ "type": "string", "pattern": "^1[0-9]{10}$" })),
                kind("channel", "name", source_system()),
            ],
        },
        "allOf": [count("msisdn"), count("channel")],
    });
    if nullable { or_null(&schema) } else { schema }
}

fn source_system() -> Value {
    json!({ "type": "string", "enum": ["IVR", "Digital"] })
}

/// An object that needs all of these members.
fn object(properties: &Value) -> Value {
    let required: Vec<_> = properties.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn has(member: &str, value: &str) -> Value {
    json!({ "type": "object", "required": [member], "properties": { member: { "const": value } } })
}

fn only_one(item: &Value) -> Value {
    json!({ "type": "array", "minItems": 1, "maxItems": 1, "items": item })
}

fn or_null(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// 1 to `most` characters, not all of them blank, and no control characters.
fn text(most: u16) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": most, "pattern": r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$" })
}
