//! An upstream that costs next to nothing: it asks the sandbox once for each account and repeats the answer from then on.
//!
//! The sandbox parses what it is asked and builds an answer; at the rate of a proxy that does neither it would be what
//! is measured. Only answers of status 200 are kept.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use memchr::memmem::find;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::message::body;

/// What stands before the account's number in the requests of the systems and of the proxies in front of them.
const MARKS: [&[u8]; 5] = [b"x-account: ", b"<SUB_ACCT_NO>", b"\"accountNo\":\"", b"Billing_Account_Number__c%20%3D%20%27", b"<PHONE>"];

/// Serves `listen` with what the sandbox at `origin` answers, until the process ends.
///
/// # Errors
/// The port cannot be had.
pub(crate) fn run(listen: SocketAddr, origin: SocketAddr) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let answers = Rc::new(Answers { origin, known: Mutex::default() });
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let listener = TcpListener::bind(listen).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            let answers = Rc::clone(&answers);
            tokio::task::spawn_local(async move {
                // A connection that breaks off is the other side's affair.
                let _ = answers.serve(stream).await;
            });
        }
    })
}

struct Answers {
    origin: SocketAddr,
    known: Mutex<BTreeMap<Vec<u8>, Rc<[u8]>>>,
}

impl Answers {
    async fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::with_capacity(16 * 1024);
        loop {
            let Some(length) = message(&mut stream, &mut buffer).await? else { return Ok(()) };
            let answer = self.answer(&buffer[..length]).await?;
            stream.write_all(&answer).await?;
            buffer.drain(..length);
        }
    }

    async fn answer(&self, request: &[u8]) -> io::Result<Rc<[u8]>> {
        let key = key(request);
        if let Some(known) = self.known().get(key.as_slice()) {
            return Ok(Rc::clone(known));
        }
        let answer: Rc<[u8]> = self.ask(request).await?.into();
        if answer.starts_with(b"HTTP/1.1 200") {
            self.known().insert(key, Rc::clone(&answer));
        }
        Ok(answer)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<Vec<u8>, Rc<[u8]>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.origin).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        message(&mut stream, &mut answer).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(answer)
    }
}

/// The path up to its query, and the account.
fn key(request: &[u8]) -> Vec<u8> {
    let path = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
    let account = MARKS.iter().find_map(|mark| {
        let at = find(request, mark)? + mark.len();
        request[at..].split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-').next()
    });
    [path, b" ", account.unwrap_or_default()].concat()
}

/// Reads until a whole message is there: its length, or nothing if the other side has closed.
async fn message(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
    loop {
        if let Some(length) = length(buffer)
            && buffer.len() >= length
        {
            return Ok(Some(length));
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// The length of the message at the beginning, once its head is there.
fn length(bytes: &[u8]) -> Option<usize> {
    let (begin, length) = body(bytes)?;
    Some(begin + length.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_path_and_account() {
        let csg = b"POST /csg/v1/exchange HTTP/1.1\r\nhost: x\r\n\r\n<CsgRequest><SUB_ACCT_NO>8211</SUB_ACCT_NO></CsgRequest>";
        assert_eq!(key(csg), b"/csg/v1/exchange 8211");
        let proxied = b"GET /csg/v1/exchange HTTP/1.1\r\nx-account: 8211\r\n\r\n";
        assert_eq!(key(proxied), key(csg));
        assert_eq!(key(b"GET /a?b=c HTTP/1.1\r\n\r\n"), b"/a ");
    }

    #[test]
    fn a_message_ends_where_its_head_says() {
        assert_eq!(length(b"GET / HTTP/1.1\r\n\r\nGET"), Some(18));
        assert_eq!(length(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), Some(41));
        assert_eq!(length(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n"), None);
    }
}
