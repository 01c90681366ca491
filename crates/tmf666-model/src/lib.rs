#![doc = include_str!("../README.md")]

mod account;
mod amount;
mod any_value;
pub mod codes;
mod date_time;
mod extra;
mod json;
mod pointer;
mod resource;
mod select;
mod text;
pub mod v5;
mod validate;
mod value;

pub use account::*;
pub use amount::{Amount, AmountError};
pub use any_value::AnyValue;
pub use date_time::is_date_time;
pub use extra::Extra;
pub use json::{WriteJson, special_bytes};
pub use resource::Resource;
pub use select::{Selection, SelectionError};
pub use text::Text;
pub use validate::{Clause, Violation, ViolationKind, validate};

/// The version of `rust_decimal` whose [`Decimal`](rust_decimal::Decimal) an [`Amount`] converts to and from.
pub use rust_decimal;
/// The version of `serde_json` that reads and writes this crate's types, and whose raw values are in [`Extra`].
pub use serde_json;
