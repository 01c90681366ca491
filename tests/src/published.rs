//! The published documents as the tests read them.

use std::path::Path;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// One channel's OpenAPI document, as it is committed.
pub struct Published {
    /// All of it.
    pub document: Value,
}

impl Published {
    /// A channel's document.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn of(channel: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schemas/openapi/{channel}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { document: serde_json::from_str(&text).expect("JSON") }
    }

    /// Every operation: path template, method, its object.
    ///
    /// # Panics
    /// If it is no OpenAPI document.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.paths().iter().flat_map(|(path, methods)| {
            methods.as_object().expect("methods").iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
    }

    fn paths(&self) -> &Map<String, Value> {
        self.document["paths"].as_object().expect("paths")
    }

    /// What every path begins with.
    ///
    /// # Panics
    /// If it is no OpenAPI document.
    #[must_use]
    pub fn base(&self) -> &str {
        self.document["servers"][0]["url"].as_str().expect("a server")
    }

    /// The template that a path fits.
    ///
    /// # Panics
    /// If it is no OpenAPI document.
    #[must_use]
    pub fn template(&self, path: &str) -> Option<&str> {
        self.paths().keys().map(String::as_str).find(|template| {
            let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
            template.len() == path.len() && template.iter().zip(path).all(|(part, sent)| part.starts_with('{') || *part == sent)
        })
    }

    /// The object itself where it stands by reference.
    ///
    /// # Panics
    /// If the reference leads nowhere.
    #[must_use]
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                self.document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
            None => value,
        }
    }

    /// The check of a schema out of the document.
    ///
    /// # Panics
    /// If it is no schema.
    #[must_use]
    pub fn validator(&self, schema: &Value) -> Validator {
        let mut root = schema.clone();
        root["components"] = json!({ "schemas": self.document["components"]["schemas"] });
        jsonschema::draft202012::new(&root).expect("a schema")
    }

    /// The check of an answer's body.
    ///
    /// # Panics
    /// If the status is not documented.
    #[must_use]
    pub fn answer(&self, method: &str, template: &str, status: u16) -> Validator {
        let answer = &self.document["paths"][template][method]["responses"][status.to_string()];
        assert!(answer.is_object(), "{method} {template} documents no {status}");
        self.validator(&self.resolved(answer)["content"]["application/json"]["schema"])
    }
}

/// Asserts that a body fits its schema.
///
/// # Panics
/// If it does not.
#[track_caller]
pub fn assert_fits(schema: &Validator, body: &str, what: &str) {
    let instance: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{what}: {error}: {body}"));
    let wrong: Vec<_> = schema.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?}\n{body}");
}
