use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Listens on a free loopback port and runs a script for each connection, with the connection's number from 0 on.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// One accepted connection.
pub(crate) struct Peer {
    stream: TcpStream,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start<F: Future<Output = ()> + Send + 'static>(script: impl Fn(usize, Peer) -> F + Send + 'static) -> Self {
        Self::listen("127.0.0.1:0", script).await
    }

    pub(crate) async fn listen<F: Future<Output = ()> + Send + 'static>(
        address: &str,
        script: impl Fn(usize, Peer) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(script(number, Peer { stream, requests: Arc::clone(&log) }));
            }
        });
        Self { address, requests }
    }

    /// A server that answers every request with these bytes and keeps its connections.
    pub(crate) async fn answering(answer: impl Into<String>) -> Self {
        let answer: String = answer.into();
        Self::start(move |_, mut peer| {
            let answer = answer.clone();
            async move {
                while peer.request().await.is_some() {
                    peer.send(&answer).await;
                }
            }
        })
        .await
    }

    /// The requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Peer {
    /// Reads one request; `None` when the client has closed.
    pub(crate) async fn request(&mut self) -> Option<String> {
        let mut request = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let count = self.stream.read(&mut piece).await.unwrap_or(0);
            if count == 0 {
                return None;
            }
            request.extend_from_slice(&piece[..count]);
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length =
                    head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
                if body.len() >= length {
                    self.requests.lock().unwrap().push(text.clone());
                    return Some(text);
                }
            }
        }
    }

    pub(crate) async fn send(&mut self, answer: &str) {
        let _ = self.stream.write_all(answer.as_bytes()).await;
    }

    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Closes with a reset instead of an end.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

/// Gives way often enough for the runtime to look at its sockets.
pub(crate) async fn let_sockets_be_looked_at() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// A complete answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// A server on a runtime of its own, so that its end closes its connections and its port.
pub(crate) struct OwnThread {
    pub(crate) server: Server,
    end: tokio::sync::oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl OwnThread {
    pub(crate) fn start(listen: impl Future<Output = Server> + Send + 'static) -> Self {
        let (end, ended) = tokio::sync::oneshot::channel();
        let (started, server) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                started.send(listen.await).unwrap();
                let _ = ended.await;
            });
        });
        Self { server: server.recv().unwrap(), end, thread }
    }

    pub(crate) fn stop(self) {
        drop(self.end);
        self.thread.join().unwrap();
    }
}
