//! What is refused before anybody asks who is calling: requests that are too long, too large or too slow.
//!
//! HTTP/1 heads that are too large or not HTTP at all never become a request; [`crate::connection`] answers those.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Version, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use serde::Deserialize;

use crate::error::ApiError;

/// What a caller may send and how long it may take, from the section `[server.limits]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Longest request URI in bytes; longer is 414. 256 to 65,534; default 8,192.
    pub(crate) max_uri_bytes: usize,
    /// Largest request head (request line and headers) in bytes; larger is 431. 8,192 to 1,048,576; default 32,768.
    pub(crate) max_head_bytes: usize,
    /// Largest request body in bytes; larger is 413. 0 to 16,777,216; default 65,536.
    pub(crate) max_body_bytes: usize,
    /// Longest time for a request head once its first byte is there; longer is 408. 100 to 600,000 ms; default 10,000.
    pub(crate) head_timeout_ms: u64,
    /// Longest time for a request body; longer is 408. 100 to 600,000 ms; default 10,000.
    pub(crate) body_timeout_ms: u64,
    /// How long a connection may be silent between requests before it is closed. 100 to 3,600,000 ms; default 75,000.
    pub(crate) idle_timeout_ms: u64,
    /// How long a caller may leave an answer unread before the connection is closed. 100 to 600,000 ms; default 30,000.
    pub(crate) write_timeout_ms: u64,
    /// Connections open at once; further ones wait in the kernel's queue. 1 to 1,000,000; default 20,000.
    pub(crate) max_connections: usize,
    /// Requests at once on one HTTP/2 connection. 1 to 10,000; default 100.
    pub(crate) max_streams: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_uri_bytes: 8 * 1024,
            max_head_bytes: 32 * 1024,
            max_body_bytes: 64 * 1024,
            head_timeout_ms: 10_000,
            body_timeout_ms: 10_000,
            idle_timeout_ms: 75_000,
            write_timeout_ms: 30_000,
            max_connections: 20_000,
            max_streams: 100,
        }
    }
}

impl Limits {
    /// # Errors
    /// 400, 414 or 431.
    pub(crate) fn check_head(&self, head: &Parts) -> Result<(), ApiError> {
        if is_ambiguous(head) {
            return Err(ApiError::transport(StatusCode::BAD_REQUEST));
        }
        let uri = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
        if uri > self.max_uri_bytes {
            return Err(ApiError::transport(StatusCode::URI_TOO_LONG));
        }
        if head.version == Version::HTTP_2 && size_of_headers(&head.headers) > self.max_head_bytes {
            return Err(ApiError::transport(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        }
        Ok(())
    }

    /// The whole body. Costs nothing where there is none.
    ///
    /// # Errors
    /// 413, 408, or 400 for a body that breaks off or is not framed as HTTP wants it.
    pub(crate) async fn read_body(&self, body: Incoming) -> Result<Bytes, ApiError> {
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        let within = Duration::from_millis(self.body_timeout_ms);
        match tokio::time::timeout(within, self.collect(body)).await {
            Ok(read) => read,
            Err(_) => Err(ApiError::transport(StatusCode::REQUEST_TIMEOUT)),
        }
    }

    async fn collect(&self, mut body: Incoming) -> Result<Bytes, ApiError> {
        let too_large = || ApiError::transport(StatusCode::PAYLOAD_TOO_LARGE);
        // Known before any of it is sent, where its length is.
        if body.size_hint().lower() > self.max_body_bytes as u64 {
            return Err(too_large());
        }
        let mut collected = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|broken| ApiError::transport(StatusCode::BAD_REQUEST).caused_by(broken))?;
            let Ok(data) = frame.into_data() else { continue };
            if collected.len() + data.len() > self.max_body_bytes {
                return Err(too_large());
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected.freeze())
    }
}

/// Whether a server in front of this one may have read the head in another way: hyper takes any host or none, and chunks under
/// further codings (RFC 9112, sections 3.2 and 6.1).
fn is_ambiguous(head: &Parts) -> bool {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let has_one_host = match hosts.next() {
        Some(host) => is_host(host.as_bytes()) && hosts.next().is_none(),
        None => head.version != Version::HTTP_11,
    };
    let mut codings = head.headers.get_all(header::TRANSFER_ENCODING).iter();
    let is_only_chunked =
        codings.next().is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked")) && codings.next().is_none();
    !(has_one_host && is_only_chunked)
}

/// Characters of a host and a port (RFC 3986, section 3.2).
fn is_host(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(byte))
}

/// As RFC 9113, section 6.5.2 counts a header list, but without its 32 bytes of overhead per field.
fn size_of_headers(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
