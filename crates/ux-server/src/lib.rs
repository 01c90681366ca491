#![doc = include_str!("../README.md")]

mod access_log;
mod asking;
mod audit;
mod channel;
mod cli;
mod clients;
mod config;
mod connection;
mod correlation;
mod drain;
mod error;
mod json_body;
mod layers;
mod limits;
mod metrics;
mod mistakes;
mod operation;
mod param;
mod quota;
mod request;
mod router;
mod routing;
mod sandbox;
mod server;
pub mod tax_identifier;

pub use asking::{all_that_know, first_to_know};
pub use audit::Change;
pub use channel::{Channel, Setup};
pub use cli::run;
pub use error::{ACCOUNT_UNKNOWN, ApiError, ErrorText};
pub use json_body::{JsonBody, Object, OnlyOne};
pub use operation::{Answer, Endpoint, Operation, OperationSpec, RequestExample, Verb};
pub use param::{AnyParam, BUSINESS_ID, CLIENT_ID, CLIENT_SECRET, CORRELATION_ID, Code, LOB, Param, Place, Shape};
pub use request::{Headers, Query, Request};
pub use routing::{Route, Routing, SystemId};
pub use server::{Running, StartError, start};
