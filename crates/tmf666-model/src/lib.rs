#![doc = include_str!("../README.md")]

mod account;
mod amount;
mod any_value;
pub mod codes;
mod resource;
mod text;

pub use account::*;
pub use amount::{Amount, AmountError};
pub use any_value::AnyValue;
pub use resource::{Extra, Resource};
pub use text::Text;
