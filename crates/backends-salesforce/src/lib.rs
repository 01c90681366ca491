#![doc = include_str!("../README.md")]

pub mod changes;
mod client;
mod config;
mod errors;
mod jwt;
mod keys;
mod names;
mod queries;
pub mod records;
pub mod select;
mod session;
mod soql;
pub mod translate;
pub mod wire;

pub use client::SalesforceClient;
pub use config::{JwtConfig, SalesforceConfig};
pub use keys::{Ban, InvalidBan, InvalidMsisdn, Msisdn};
pub use names::{AccountNames, ChangeRequestNames, ContactNames, Names, PaymentMethodNames};
pub use soql::Literal;
