//! How the REST API says no: a status and an array of errors.

use hyper::StatusCode;
use serde_json::Value as Json;

use super::schema::Object;

/// A failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) code: String,
    message: String,
    fields: Vec<&'static str>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), fields: Vec::new() }
    }

    fn bad(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn of_field(mut self, field: &'static str) -> Self {
        self.fields.push(field);
        self
    }

    pub(super) fn session() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
    }

    pub(super) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "HTTP Method not allowed. Allowed are those of the resource")
    }

    pub(super) fn not_json() -> Self {
        Self::bad("JSON_PARSER_ERROR", "The request's body is not the JSON that is expected here")
    }

    pub(super) fn malformed_query(message: impl Into<String>) -> Self {
        Self::bad("MALFORMED_QUERY", message)
    }

    pub(super) fn query_locator() -> Self {
        Self::bad("INVALID_QUERY_LOCATOR", "invalid query locator")
    }

    pub(super) fn unknown_object(name: &str) -> Self {
        Self::bad("INVALID_TYPE", format!("sObject type '{name}' is not supported."))
    }

    pub(super) fn unknown_column(name: &str, object: &Object) -> Self {
        let message = format!(
            "No such column '{name}' on entity '{}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name.",
            object.name
        );
        Self::bad("INVALID_FIELD", message)
    }

    pub(super) fn unknown_relation(name: &str, object: &Object) -> Self {
        Self::bad("INVALID_FIELD", format!("Didn't understand relationship '{name}' in field path of entity '{}'.", object.name))
    }

    pub(super) fn wrong_literal(name: &str) -> Self {
        Self::bad("INVALID_FIELD", format!("filter criterion for field '{name}' must be of the field's type"))
    }

    pub(super) fn not_writable(name: &'static str) -> Self {
        let message = format!(
            "Unable to create/update fields: {name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set."
        );
        Self::bad("INVALID_FIELD_FOR_INSERT_UPDATE", message).of_field(name)
    }

    pub(super) fn wrong_type(name: &'static str) -> Self {
        Self::bad("JSON_PARSER_ERROR", format!("Cannot deserialize the value of field {name}")).of_field(name)
    }

    pub(super) fn too_long(name: &'static str, length: usize) -> Self {
        Self::bad("STRING_TOO_LONG", format!("{name}: data value too large (max length={length})")).of_field(name)
    }

    pub(super) fn no_email_address(name: &'static str) -> Self {
        Self::bad("INVALID_EMAIL_ADDRESS", format!("{name}: invalid email address")).of_field(name)
    }

    pub(super) fn no_such_reference(name: &'static str) -> Self {
        Self::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").of_field(name)
    }

    pub(super) fn missing(name: &'static str) -> Self {
        Self::bad("REQUIRED_FIELD_MISSING", format!("Required fields are missing: [{name}]")).of_field(name)
    }

    pub(super) fn duplicate(name: &'static str, id: &str) -> Self {
        Self::bad("DUPLICATE_VALUE", format!("duplicate value found: {name} duplicates value on record with id: {id}"))
    }

    pub(super) fn no_external_id(name: &str) -> Self {
        let message = format!("Provided external ID field does not exist or is not accessible: {name}");
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    pub(super) fn deleted() -> Self {
        Self::new(StatusCode::NOT_FOUND, "ENTITY_IS_DELETED", "entity is deleted")
    }

    pub(super) fn halted(message: impl Into<String>) -> Self {
        Self::bad("PROCESSING_HALTED", message)
    }

    pub(super) fn rolled_back() -> Self {
        let message = "Record rolled back because not all records were valid and the request was using AllOrNone header";
        Self::bad("ALL_OR_NONE_OPERATION_ROLLED_BACK", message)
    }

    pub(super) fn bad_composite(message: &str) -> Self {
        Self::bad("INVALID_INPUT", message)
    }

    /// As one of a collection's outcomes has it.
    pub(super) fn of_a_record(&self) -> Json {
        serde_json::json!({ "statusCode": self.code, "message": self.message, "fields": self.fields })
    }

    /// The array on the wire.
    pub(super) fn json(&self) -> String {
        let mut error = serde_json::json!({ "message": self.message, "errorCode": self.code });
        if !self.fields.is_empty() {
            error["fields"] = serde_json::json!(self.fields);
        }
        format!("[{error}]")
    }
}

/// The failure that a fault asks for by its code.
pub(super) fn of_code(code: &str) -> Failure {
    let (status, message) = match code {
        "INVALID_SESSION_ID" => return Failure::session(),
        "NOT_FOUND" => return Failure::not_found(),
        "REQUEST_LIMIT_EXCEEDED" => (StatusCode::FORBIDDEN, "TotalRequests Limit exceeded."),
        "SERVER_UNAVAILABLE" => (StatusCode::SERVICE_UNAVAILABLE, "Server too busy"),
        "UNKNOWN_EXCEPTION" => (StatusCode::INTERNAL_SERVER_ERROR, "An unexpected error occurred."),
        "UNABLE_TO_LOCK_ROW" => (StatusCode::BAD_REQUEST, "unable to obtain exclusive access to this record"),
        _ => (StatusCode::BAD_REQUEST, "failure asked for by a fault"),
    };
    Failure::new(status, code, message)
}
