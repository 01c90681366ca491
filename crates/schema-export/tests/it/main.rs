//! What is published, held against the code.
#![allow(missing_docs, clippy::unwrap_used)]

mod drift;
