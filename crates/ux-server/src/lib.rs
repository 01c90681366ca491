#![doc = include_str!("../README.md")]

mod acceptor;
mod access_log;
mod admin;
mod asking;
mod audit;
mod channel;
mod cli;
mod clients;
mod config;
mod connection;
mod correlation;
mod diagnostics;
mod docs;
mod drain;
mod entrance;
mod environment;
mod error;
mod fingerprint;
mod heartbeat;
mod json_body;
mod layers;
mod limits;
mod metrics;
mod mistakes;
mod on_heap;
pub mod openapi;
mod operation;
mod param;
mod process;
mod quota;
mod reload;
mod representation;
mod request;
mod router;
mod routing;
mod sandbox;
mod server;
mod signals;
mod slowing;
pub mod tax_identifier;
mod tls;
mod trace;
mod view;
mod watch;

/// A request makes and drops a hundred small values; this allocator needs half the instructions of the C library's for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use asking::{all_that_know, first_to_know};
pub use audit::Change;
pub use channel::{Channel, Setup};
pub use cli::run;
pub use error::{ACCOUNT_UNKNOWN, ApiError, ErrorBody, ErrorEntry, ErrorText};
pub use json_body::{JsonBody, Object, OnlyOne};
pub use operation::{BodySpec, Endpoint, Operation, OperationSpec, RequestExample, Verb};
pub use param::{AnyParam, BUSINESS_ID, CLIENT_ID, CLIENT_SECRET, CORRELATION_ID, Code, LOB, Param, Place, Shape};
pub use representation::{Json, Representation, Scope};
pub use request::{Headers, Query, Request};
pub use routing::{Route, Routing, SystemId};
pub use server::{Running, StartError, start};
pub use view::Page;
