//! The published documents as the tests read them.

use serde_json::{Value, json};

/// One channel's OpenAPI document.
pub(crate) struct Published {
    pub(crate) document: Value,
}

impl Published {
    pub(crate) fn of(channel: &str) -> Self {
        let documents = schema_export::openapi_documents();
        let (_, text) = documents.iter().find(|(name, _)| *name == channel).unwrap();
        Self { document: serde_json::from_str(text).unwrap() }
    }

    /// Every operation: path template, method, its object.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
    }

    /// The template that a path fits.
    pub(crate) fn template(&self, path: &str) -> Option<&str> {
        self.document["paths"].as_object().unwrap().keys().map(String::as_str).find(|template| {
            let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
            template.len() == path.len() && template.iter().zip(path).all(|(part, sent)| part.starts_with('{') || *part == sent)
        })
    }

    /// The object itself where it stands by reference.
    pub(crate) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    pub(crate) fn validator(&self, schema: &Value) -> jsonschema::Validator {
        let mut root = schema.clone();
        root["components"] = json!({ "schemas": self.document["components"]["schemas"] });
        jsonschema::draft202012::new(&root).unwrap()
    }

    /// The schema of an answer; asserts that the status is documented.
    pub(crate) fn answer(&self, method: &str, template: &str, status: u16) -> jsonschema::Validator {
        let answer = &self.document["paths"][template][method]["responses"][status.to_string()];
        assert!(answer.is_object(), "{method} {template} documents no {status}");
        self.validator(&self.resolved(answer)["content"]["application/json"]["schema"])
    }
}

/// Asserts that a body fits its schema.
pub(crate) fn assert_fits(schema: &jsonschema::Validator, body: &str, what: &str) {
    let instance: Value = serde_json::from_str(body).unwrap();
    let wrong: Vec<_> = schema.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?}\n{body}");
}
