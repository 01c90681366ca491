use std::cell::OnceCell;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::{Control, Metrics, assert_no_leaks, binary, leaks, same_json};

/// Hash of the demo client's secret, as configuration files have it.
pub const DEMO_SECRET_HASH: &str =
    "sha256$000102030405060708090a0b0c0d0e0f$5ab00e4312bd84801b119de4264298f2119b9dba00407e9f48369c52d8837395";

/// The beginning of every configuration file: the demo client of sandbox mode, on a free port.
const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
public_base_url = "https://esb.example.com"
[[clients]]
id = "demo"
secrets = ["HASH"]
"#;

fn config_file(config: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(&file, CONFIG.replace("HASH", DEMO_SECRET_HASH) + config).expect("a temporary file");
    file
}

/// How long a binary may take to say that it listens; generous, because the machine may be busy.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A channel's real binary, running in sandbox mode on a port of its own; ended when dropped.
pub struct Server {
    child: Child,
    url: String,
    /// Said before the url, if there is an admin listener.
    admin: Receiver<String>,
    /// What was said.
    admin_url: OnceCell<String>,
    control: Receiver<String>,
    output: Option<JoinHandle<String>>,
    errors: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts a binary on a free loopback port and waits until it listens.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        Self::run(name, &[&["--listen", "127.0.0.1:0"], arguments].concat())
    }

    /// Starts a binary with a configuration file that holds `config` and the demo client, and waits until it listens.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_configured(name: &str, config: &str) -> Self {
        let file = config_file(config);
        Self::run(name, &["--config", file.path().to_str().expect("a path in UTF-8")])
    }

    /// Starts a binary with this configuration file, which may change while it runs, and waits until it listens.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_with_file(name: &str, file: &Path) -> Self {
        Self::run(name, &["--config", file.to_str().expect("a path in UTF-8")])
    }

    /// Starts a binary with a configuration file that it must refuse, and returns what it says about it.
    ///
    /// # Panics
    /// If it ends in any other way than by refusing.
    #[must_use]
    pub fn refuse_configured(name: &str, config: &str) -> String {
        let file = config_file(config);
        let output = Command::new(binary(name)).arg("check").arg("--config").arg(file.path()).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_no_leaks("a refusal", &said);
        said
    }

    fn run(name: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(binary(name))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let (found, url) = mpsc::channel();
        let (found_control, control) = mpsc::channel();
        let (found_admin, admin) = mpsc::channel();
        let found = Found { url: found, control: found_control, admin: found_admin };
        let stdout = child.stdout.take().expect("stdout is piped");
        let stderr = child.stderr.take().expect("stderr is piped");
        // In sandbox mode standard output says where it listens; with a configuration file that is for access lines.
        let output = std::thread::spawn({
            let found = found.clone();
            move || read_until_end(stdout, &found)
        });
        let errors = std::thread::spawn(move || read_until_end(stderr, &found));
        let mut server =
            Self { child, url: String::new(), admin, admin_url: OnceCell::new(), control, output: Some(output), errors: Some(errors) };
        match url.recv_timeout(START_LIMIT) {
            Ok(url) => server.url = url,
            Err(_) => {
                let (_, errors) = server.end("KILL");
                panic!("{name} did not say that it listens: {errors}");
            }
        }
        server
    }

    /// Base URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The control interface of the sandbox inside; to be asked for once.
    ///
    /// # Panics
    /// If the binary does not say where it is.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(self.control.recv_timeout(START_LIMIT).expect("the sandbox's control interface, once"))
    }

    /// Base URL of the admin listener, without a slash at the end.
    ///
    /// # Panics
    /// If the binary does not say where it is.
    #[must_use]
    pub fn admin(&self) -> String {
        self.admin_url.get_or_init(|| self.admin.recv_timeout(START_LIMIT).expect("the admin listener's address")).clone()
    }

    /// What the process counts.
    ///
    /// # Panics
    /// If the admin listener does not answer.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let answer = Self::get_url(format!("{}/metrics", self.admin())).send();
        assert_eq!(answer.status, 200, "{}", answer.body);
        Metrics::parse(&answer.body)
    }

    /// The process id, for signals.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Has it read its configuration file again (SIGHUP).
    ///
    /// # Panics
    /// If it cannot be told.
    pub fn read_config_again(&self) {
        let told = Command::new("kill").args(["-HUP", &self.pid().to_string()]).status().expect("kill runs");
        assert!(told.success(), "the process is gone");
    }

    /// A GET with the demo client's credentials; `path` begins with a slash and may have a query.
    #[must_use]
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// A GET without credentials of any address, such as one of the admin listener.
    #[must_use]
    pub fn get_url(url: String) -> Request {
        Request { method: "GET".to_owned(), url, headers: Vec::new(), body: None }
    }

    /// A PUT without credentials to any address, such as one of the admin listener.
    #[must_use]
    pub fn put_url(url: String, body: &str) -> Request {
        Request { method: "PUT".to_owned(), url, headers: Vec::new(), body: Some(body.to_owned()) }
    }

    /// A request of any method with the demo client's credentials.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::to(&self.url, method, path)
    }

    /// Asks the process to end and returns all it wrote: standard output and standard error.
    ///
    /// # Panics
    /// If it does not end cleanly.
    #[must_use]
    pub fn stop(self) -> (String, String) {
        self.stop_with(0)
    }

    /// Asks the process to end, as [`Self::stop`] does.
    ///
    /// # Panics
    /// If it does not end with this status.
    #[must_use]
    pub fn stop_with(mut self, expected: i32) -> (String, String) {
        let texts = self.end("TERM");
        let status = self.child.wait().expect("the process was started");
        assert_eq!(status.code(), Some(expected), "ended with {status}: {}", texts.1);
        texts
    }

    /// Ends the process as a power cut would.
    pub fn kill(mut self) {
        self.end("KILL");
    }

    /// Ends the process, if it has not ended, and searches all it told for what it must not tell.
    fn end(&mut self, signal: &str) -> (String, String) {
        let pages = self.admin_pages();
        let _ = Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status();
        let _ = self.child.wait();
        let join = |thread: Option<JoinHandle<String>>| thread.and_then(|thread| thread.join().ok()).unwrap_or_default();
        let (output, errors) = (join(self.output.take()), join(self.errors.take()));
        // A test that failed already says more than this would.
        if !std::thread::panicking() {
            assert_no_leaks("standard output", &output);
            assert_no_leaks("standard error", &errors);
            assert_no_leaks("the admin listener", &pages);
        }
        (output, errors)
    }

    /// What the admin listener tells, if there is one and it answers.
    fn admin_pages(&self) -> String {
        let Some(admin) = self.admin_url.get().cloned().or_else(|| self.admin.try_recv().ok()) else {
            return String::new();
        };
        let page = |path| ureq::get(format!("{admin}{path}")).call().and_then(|mut page| page.body_mut().read_to_string());
        ["/metrics", "/status"].into_iter().filter_map(|path| page(path).ok()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.output.is_some() {
            self.end("TERM");
        }
    }
}

/// Where the addresses go that a process prints.
#[derive(Clone)]
struct Found {
    url: mpsc::Sender<String>,
    admin: mpsc::Sender<String>,
    control: mpsc::Sender<String>,
}

/// Reads what the process prints, to the end, and reports the addresses when they come.
fn read_until_end(stdout: impl Read, found: &Found) -> String {
    let mut all = String::new();
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        for (before, found) in [("listening on ", &found.url), ("admin at ", &found.admin), ("sandbox control at ", &found.control)] {
            if let Some(url) = line.strip_prefix(before) {
                let _ = found.send(url.trim().to_owned());
            }
        }
        all.push_str(&line);
        all.push('\n');
    }
    all
}

/// One request, put together step by step.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Request {
    /// A request of any method with the demo client's credentials, to a channel at this base URL.
    #[must_use]
    pub fn to(url: &str, method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            url: format!("{url}{path}"),
            headers: vec![("client_id".into(), "demo".into()), ("client_secret".into(), "demo-secret".into())],
            body: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Takes a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        self
    }

    /// Adds a JSON body.
    #[must_use]
    pub fn json(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("Content-Type", "application/json")
    }

    /// Sends the request and waits for the answer.
    ///
    /// # Panics
    /// If there is no answer at all.
    #[must_use]
    pub fn send(self) -> Answer {
        let agent = agent();
        let (method, url) = (self.method.clone(), self.url.clone());
        self.send_by(&agent).unwrap_or_else(|error| panic!("{method} {url} got no answer: {error}"))
    }

    /// Sends the request on a connection of this agent's and waits for the answer.
    ///
    /// # Errors
    /// If there is no whole answer.
    ///
    /// # Panics
    /// If an error tells something confidential.
    pub fn send_by(self, agent: &ureq::Agent) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(self.method.as_str()).uri(&self.url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let started = Instant::now();
        let request = request.body(self.body.clone().unwrap_or_default()).expect("a valid request");
        let mut response = agent.run(request)?;
        let body = response.body_mut().read_to_string()?;
        if response.status().as_u16() >= 400 {
            assert_tells_no_more(&self, &body);
        }
        let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(header).collect(),
            body,
            took: started.elapsed(),
        })
    }
}

/// What sends requests and keeps connections: one for each caller.
#[must_use]
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().into()
}

/// An error may repeat what its caller sent, and nothing else that is confidential.
#[track_caller]
fn assert_tells_no_more(request: &Request, error: &str) {
    let url = percent_encoding::percent_decode_str(&request.url).decode_utf8_lossy();
    let sent = format!("{url} {:?} {:?}", request.headers, request.body);
    let told: Vec<String> = leaks(error).into_iter().filter(|text| !sent.contains(text)).collect();
    assert!(told.is_empty(), "an error tells {told:?}: {error}");
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers with their names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
    /// From sending the request to the end of the answer; for reports, never for a verdict.
    pub took: Duration,
}

impl Answer {
    /// Value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Asserts the status and the body, digit for digit.
    ///
    /// # Panics
    /// If one of them differs.
    #[track_caller]
    pub fn assert(&self, status: u16, body: &str) -> &Self {
        assert_eq!(self.status, status, "{:.2000}", self.body);
        assert_eq!(self.header("content-type"), Some("application/json"));
        same_json(&self.body, body);
        self
    }
}
