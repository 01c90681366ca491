//! `/log-level`: what is written to standard error, told and changed while the process runs.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;

use crate::admin::text;
use crate::channel::Channel;
use crate::diagnostics::{self, LogLevel};

/// Longest body, and longest wait for it.
const MAX_BYTES: usize = 1_024;
const TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) fn tell() -> Response<Full<Bytes>> {
    match diagnostics::level() {
        Some(level) => text(StatusCode::OK, format!("{level}\n")),
        None => not_ours(),
    }
}

pub(crate) async fn change<C: Channel>(body: Incoming) -> Response<Full<Bytes>> {
    let wanted = match tokio::time::timeout(TIMEOUT, Limited::new(body, MAX_BYTES).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        _ => return text(StatusCode::BAD_REQUEST, "The body could not be read.\n"),
    };
    let Some(level) = std::str::from_utf8(&wanted).ok().and_then(|text| LogLevel::parse(text, C::NAME)) else {
        return text(StatusCode::BAD_REQUEST, format!("{}.\n", diagnostics::EXPECTED));
    };
    let told = level.as_str().to_owned();
    if !diagnostics::change(level) {
        return not_ours();
    }
    tracing::warn!(level = told, "the log level was changed");
    tell()
}

fn not_ours() -> Response<Full<Bytes>> {
    text(StatusCode::NOT_FOUND, "The log is not this process's own.\n")
}
