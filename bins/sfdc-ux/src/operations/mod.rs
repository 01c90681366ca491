//! The operations, one file each, and the words that they share for "not implemented".

pub(crate) mod get_by_id;
pub(crate) mod list;

use tmf666_model::codes::BusinessUnit;
use ux_server::{ApiError, OperationSpec};

fn not_implemented(spec: &OperationSpec, unit: &BusinessUnit) -> ApiError {
    let resource = spec.path.strip_prefix("/{businessId}").unwrap_or(spec.path);
    ApiError::not_implemented(format!("Operation {} {resource} for Business Id: {unit} not implemented", spec.method.as_str()))
}
