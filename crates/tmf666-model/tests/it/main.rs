//! Tests of the model as another crate uses it.
#![allow(missing_docs, clippy::unwrap_used)]

mod amounts;
mod code_tables;
mod conformance;
mod exact;
mod official;
mod properties;
mod round_trip;
#[cfg(feature = "schema")]
mod schemas;
mod selection;
mod validation;
mod version5;
