//! Aria's answers into the channels' views, and the calls over real HTTP.
#![allow(missing_docs, clippy::unwrap_used)]

mod calls;
mod config;
mod hostile;
mod views;
