//! Salesforce's records into the channel's views, changes into its records, over real HTTP.
#![allow(missing_docs, clippy::unwrap_used)]

mod bench;
mod changes;
mod config;
mod hostile;
mod reading;
mod tokens;
mod views;
