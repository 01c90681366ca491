#![allow(missing_docs, clippy::unwrap_used)]

mod client;
mod properties;
mod translations;
