//! What is published, held against the code, the documents' examples and the running binaries.
#![allow(missing_docs, clippy::unwrap_used)]

mod drift;
mod examples;
mod live;
mod selection;
