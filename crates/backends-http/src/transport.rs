//! Connections to one system: how they are made, kept, counted and read from.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::uri::Scheme;
use http::{HeaderMap, Uri, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use crate::config::{SystemConfig, proxy_address};
use crate::error::Cause;
use crate::tls;

/// A connection to a system.
pub(crate) type Stream = Counted<MaybeHttpsStream<TokioIo<TcpStream>>>;

/// How connections to one system are made; the same for all workers.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    tls: Arc<ClientConfig>,
    proxy: Option<Uri>,
    timeout: Duration,
    open: Gauge,
    opened: Counter,
}

impl Route {
    pub(crate) fn new(config: &SystemConfig, scheme: &Scheme, (open, opened): (Gauge, Counter)) -> Result<Self, tls::Mistake> {
        Ok(Self {
            tls: if *scheme == Scheme::HTTPS { tls::client_config(config)? } else { tls::unused() },
            proxy: config.proxy.as_deref().map(proxy_address).transpose().map_err(|reason| ("proxy", reason.to_owned()))?,
            timeout: config.connect_timeout(),
            open,
            opened,
        })
    }

    /// Makes connections for one worker.
    pub(crate) fn connector(&self, system: Uri) -> Connector {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let way = match &self.proxy {
            None => Way::Direct(HttpsConnector::from((tcp, Arc::clone(&self.tls)))),
            Some(proxy) => Way::Proxied(HttpsConnector::from((Tunnel::new(proxy.clone(), tcp), Arc::clone(&self.tls)))),
        };
        Connector { system, way, timeout: self.timeout, open: self.open.clone(), opened: self.opened.clone() }
    }
}

#[derive(Debug)]
pub(crate) struct Connector {
    system: Uri,
    way: Way,
    timeout: Duration,
    open: Gauge,
    opened: Counter,
}

#[derive(Debug, Clone)]
enum Way {
    Direct(HttpsConnector<HttpConnector>),
    Proxied(HttpsConnector<Tunnel<HttpConnector>>),
}

impl Connector {
    pub(crate) async fn connect(&self) -> Result<Stream, Cause> {
        let stream = match self.way.clone() {
            Way::Direct(way) => timeout(self.timeout, connect(way, self.system.clone())).await??,
            Way::Proxied(way) => timeout(self.timeout, connect(way, self.system.clone())).await??,
        };
        self.open.inc();
        self.opened.inc();
        Ok(Counted { stream, open: self.open.clone() })
    }
}

async fn connect<W: Service<Uri>>(mut way: W, system: Uri) -> Result<W::Response, W::Error> {
    std::future::poll_fn(|cx| way.poll_ready(cx)).await?;
    way.call(system).await
}

/// A connection that is counted as open until it is dropped.
pub(crate) struct Counted<S> {
    stream: S,
    open: Gauge,
}

impl<S> Drop for Counted<S> {
    fn drop(&mut self) {
        self.open.dec();
    }
}

impl<S: Read + Unpin> Read for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: Write + Unpin> Write for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

/// Why a body could not be had.
#[derive(Debug)]
pub(crate) enum BodyFailure {
    TooLong,
    Lost(hyper::Error),
}

/// The whole body, if it is not longer than `most` bytes. One that arrived in one piece is not copied.
pub(crate) async fn read_body(mut body: Incoming, headers: &HeaderMap, most: usize) -> Result<Bytes, BodyFailure> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if declared.is_some_and(|length| length > most) {
        return Err(BodyFailure::TooLong);
    }
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(BodyFailure::Lost)?.into_data() else {
            continue;
        };
        if first.len() + rest.len() + data.len() > most {
            return Err(BodyFailure::TooLong);
        }
        if first.is_empty() && rest.is_empty() {
            if body.is_end_stream() {
                return Ok(data);
            }
            first = data;
        } else {
            if rest.is_empty() {
                rest.reserve(declared.unwrap_or(2 * first.len() + data.len()));
                rest.extend_from_slice(&first);
                first = Bytes::new();
            }
            rest.extend_from_slice(&data);
        }
    }
    Ok(if rest.is_empty() { first } else { rest.freeze() })
}
