#![allow(missing_docs, clippy::unwrap_used)]

mod bench;
mod configuration;
mod peculiar;
mod sandbox;
