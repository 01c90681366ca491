use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::{Answer, Server};

/// A connection whose bytes a test writes itself, so that it can send what no client library sends.
pub struct Connection {
    reader: BufReader<TcpStream>,
    opened: Instant,
}

/// A test that would wait for ever fails instead.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Connection {
    /// Connects to a server.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn open(server: &Server) -> Self {
        let address = server.url().trim_start_matches("http://");
        let stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        stream.set_read_timeout(Some(LONGEST_WAIT)).expect("a time limit above zero");
        stream.set_write_timeout(Some(LONGEST_WAIT)).expect("a time limit above zero");
        Self { reader: BufReader::new(stream), opened: Instant::now() }
    }

    /// Sends bytes; false if the server has closed the connection before it had them all.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.reader.get_mut().write_all(bytes.as_ref()).is_ok()
    }

    /// Tells the server that nothing more comes, and goes on reading.
    pub fn end_sending(&self) {
        // Fails where the server has closed already.
        let _ = self.reader.get_ref().shutdown(Shutdown::Write);
    }

    /// The next answer of HTTP/1; `None` if the server has closed the connection instead.
    ///
    /// # Panics
    /// If what comes is no whole answer.
    pub fn receive(&mut self) -> Option<Answer> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status line: {line:?}"));
        let mut headers = Vec::new();
        loop {
            line.clear();
            self.reader.read_line(&mut line).expect("a whole head");
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.to_owned())),
                None => break,
            }
        }
        let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, length)| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.reader.read_exact(&mut body).expect("a whole body");
        let body = String::from_utf8(body).expect("an answer in UTF-8");
        Some(Answer { status, headers, body, took: self.opened.elapsed() })
    }

    /// Everything that comes until the server closes the connection, or cuts it.
    ///
    /// # Panics
    /// If it stays open.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        if let Err(error) = self.reader.read_to_end(&mut rest) {
            let is_open = matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
            assert!(!is_open, "the connection stays open");
        }
        rest
    }
}
