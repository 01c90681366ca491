//! The edge over real TCP, with a small channel of its own that asks no billing system.

#![allow(missing_docs, clippy::unwrap_used)]

mod admin;
mod channel;
mod client;
mod configuration;
mod connections;
mod documentation;
mod drain;
mod errors;
mod logging;
mod order_of_checks;
mod parameters;
mod permissions;
mod quotas;
mod tls;
