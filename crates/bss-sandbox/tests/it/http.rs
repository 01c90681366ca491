//! A client that sees what is on the wire, broken answers included.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use bss_sandbox::{BssName, Options, Sandbox};

/// An answer that came whole, or at least its head.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&prefix))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Whether as many bytes came as the head announced.
    pub(crate) fn is_whole(&self) -> bool {
        let length = self.header("content-length").map(|length| length.parse().unwrap());
        length.unwrap_or(0) == self.body.len()
    }
}

/// A request to be sent on a connection of its own.
#[derive(Clone)]
pub(crate) struct Call {
    base: String,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Call {
    pub(crate) fn new(base: String, method: &'static str, path: impl Into<String>) -> Self {
        Self { base, method, path: path.into(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn start(&self) -> io::Result<TcpStream> {
        let address = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address)?;
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = self.body.len();
        write!(
            stream,
            "{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{}",
            self.method, self.path, self.body
        )?;
        Ok(stream)
    }

    pub(crate) fn send(&self) -> io::Result<Reply> {
        receive(self.start()?)
    }
}

pub(crate) fn receive(mut stream: TcpStream) -> io::Result<Reply> {
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else {
        end?;
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "no answer"));
    };
    let body = bytes.split_off(at + 4);
    let head = String::from_utf8(bytes).map_err(io::Error::other)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| io::Error::other("not HTTP"))?;
    Ok(Reply { status, head, body })
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {pair}")
}

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

/// CSG's exchange with a good head.
pub(crate) fn csg(sandbox: &Sandbox, operation: &str, request_id: &str, arguments: &str) -> Call {
    csg_raw(sandbox, &format!(r#"<CsgRequest Operation="{operation}" Sys="8211" RequestId="{request_id}">{arguments}</CsgRequest>"#))
}

pub(crate) fn csg_raw(sandbox: &Sandbox, xml: &str) -> Call {
    let authorization = basic(bss_sandbox::credentials::CSG_USER, bss_sandbox::credentials::CSG_PASSWORD);
    Call::new(sandbox.base_url(BssName::Csg), "POST", "/csg/v1/exchange")
        .header("content-type", "text/xml; charset=utf-8")
        .header("authorization", authorization)
        .body(xml)
}

/// The balance enquiry that the tests aim faults at.
pub(crate) fn enquiry(sandbox: &Sandbox) -> Call {
    csg(sandbox, "getBalanceEnquiry", "r-1", "<SUB_ACCT_NO>8211990010013290</SUB_ACCT_NO>")
}

/// Liberate's resource for a business unit, with a good head.
pub(crate) fn liberate(sandbox: &Sandbox, unit: &str, body: &str) -> Call {
    let authorization = basic(bss_sandbox::credentials::LIBERATE_USER, bss_sandbox::credentials::LIBERATE_PASSWORD);
    Call::new(sandbox.base_url(BssName::Liberate), "POST", format!("/liberate-customer-sys/v1/{unit}/billingAccount/"))
        .header("content-type", "application/json")
        .header("authorization", authorization)
        .body(body)
}
