//! The operations, one file each, and what they share: the reference and the words for "not implemented".

pub(crate) mod accounts;
pub(crate) mod balance_enquiry;

use tmf666_model::Text;
use tmf666_model::codes::BusinessUnit;
use ux_server::{ApiError, OperationSpec, Param, Place};

/// The value that `refid` says the meaning of.
const REFVALUE: Param<Text> =
    Param::text(Place::Header, "refvalue").about("The number itself, of the kind that refid names.", "8211990010013290");

fn not_implemented(spec: &OperationSpec, unit: &BusinessUnit) -> ApiError {
    let (method, operation) = (spec.method.as_str(), spec.name);
    ApiError::not_implemented(format!("Not implemented for Operation {method} /{operation} for Business Id: {unit} not implemented"))
}
