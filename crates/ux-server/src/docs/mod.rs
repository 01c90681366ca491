//! What a binary says about itself: `/openapi.json`, and `/docs`, a page that reads it and can send requests.
//!
//! Neither needs credentials: they say what is published anyway. `server.docs = false` switches both off.

use bytes::Bytes;
use http::{HeaderValue, Method};

use crate::channel::Channel;
use crate::openapi;
use crate::operation::Answer;

const PAGE: &str = include_str!("page.html");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The channel's documentation, made once.
pub(crate) struct Documentation {
    openapi: Bytes,
}

impl Documentation {
    pub(crate) fn of<C: Channel>() -> Self {
        Self { openapi: Bytes::from(openapi::document::<C>()) }
    }

    /// The answer to a request for documentation, with the path for the log line.
    pub(crate) fn answer(&self, method: &Method, path: &str) -> Option<(&'static str, Answer)> {
        match path {
            "/openapi.json" if method == Method::GET => Some(("/openapi.json", Answer::json(self.openapi.clone()))),
            "/docs" if method == Method::GET => Some(("/docs", Answer::of_type(HTML, Bytes::from_static(PAGE.as_bytes())))),
            _ => None,
        }
    }
}
