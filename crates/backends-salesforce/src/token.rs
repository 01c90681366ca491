//! The access token: one for all callers of the process, fetched once however many are waiting for it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use backends_http::{BackendError, Origin, Stage};
use http::{HeaderName, HeaderValue, header};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

/// A token, ready to be sent.
#[derive(Debug)]
pub(crate) struct Token {
    /// Authorization, and what every request to the API carries beside it.
    pub(crate) headers: [(HeaderName, HeaderValue); 3],
    /// What the `href` of an account begins with.
    pub(crate) href_base: String,
    /// Counts the tokens of this process.
    generation: u64,
}

impl Token {
    /// `None` if the token holds what no header can hold.
    pub(crate) fn new(access_token: &str, href_base: String) -> Option<Self> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {access_token}")).ok()?;
        authorization.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        Some(Self {
            headers: [(header::AUTHORIZATION, authorization), (header::ACCEPT, json.clone()), (header::CONTENT_TYPE, json)],
            href_base,
            generation: 0,
        })
    }
}

/// The token of the process. Workers run on threads of their own and share it.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    current: ArcSwapOption<Token>,
    /// How many fetches have come to an end.
    fetches: AtomicU64,
    /// Held by whoever fetches; keeps how the last fetch failed.
    gate: Mutex<Option<BackendError>>,
}

impl Tokens {
    /// The token, fetched with `fetch` if there is none.
    pub(crate) async fn current<F>(&self, deadline: Instant, fetch: impl FnOnce() -> F) -> Result<Arc<Token>, BackendError>
    where
        F: Future<Output = Result<Token, BackendError>>,
    {
        match self.current.load_full() {
            Some(token) => Ok(token),
            None => self.fetched(None, deadline, fetch).await,
        }
    }

    /// A token that is newer than `ended`: somebody else's, or one fetched with `fetch`.
    pub(crate) async fn newer<F>(&self, ended: &Token, deadline: Instant, fetch: impl FnOnce() -> F) -> Result<Arc<Token>, BackendError>
    where
        F: Future<Output = Result<Token, BackendError>>,
    {
        self.fetched(Some(ended.generation), deadline, fetch).await
    }

    async fn fetched<F>(&self, ended: Option<u64>, deadline: Instant, fetch: impl FnOnce() -> F) -> Result<Arc<Token>, BackendError>
    where
        F: Future<Output = Result<Token, BackendError>>,
    {
        let fetches_before = self.fetches.load(Ordering::Acquire);
        let Ok(mut last_failure) = timeout_at(deadline, self.gate.lock()).await else {
            return Err(BackendError::TimedOut { origin: ORIGIN, stage: Stage::Queue });
        };
        if let Some(token) = self.current.load_full().filter(|token| Some(token.generation) != ended) {
            return Ok(token);
        }
        // A fetch that failed while this caller waited was made for this caller too.
        let fetches = self.fetches.load(Ordering::Acquire);
        if fetches != fetches_before
            && let Some(failure) = &*last_failure
        {
            return Err(same_failure(failure));
        }
        let outcome = fetch().await;
        self.fetches.store(fetches + 1, Ordering::Release);
        match outcome {
            Ok(token) => {
                let token = Arc::new(Token { generation: fetches + 1, ..token });
                self.current.store(Some(Arc::clone(&token)));
                *last_failure = None;
                Ok(token)
            }
            Err(failure) => {
                // The time of one caller was over; the next one may have more.
                let concerns_all = !matches!(failure, BackendError::TimedOut { .. });
                *last_failure = concerns_all.then(|| same_failure(&failure));
                Err(failure)
            }
        }
    }
}

/// The operation that fetches a token.
pub(crate) const TOKEN: &str = "token";

const ORIGIN: Origin = Origin { system: "salesforce", operation: TOKEN, method: "POST" };

/// A failure for one more caller; what lies below it is told to the first one only.
fn same_failure(failure: &BackendError) -> BackendError {
    match failure {
        BackendError::NotFound { origin } => BackendError::NotFound { origin: *origin },
        BackendError::Rejected { origin, reason } => BackendError::Rejected { origin: *origin, reason: reason.clone() },
        BackendError::Misconfigured { origin, reason } => BackendError::Misconfigured { origin: *origin, reason: reason.clone() },
        BackendError::Unavailable { origin, outage, retry_after, .. } => {
            BackendError::Unavailable { origin: *origin, outage: *outage, retry_after: *retry_after, cause: None }
        }
        BackendError::TimedOut { origin, stage } => BackendError::TimedOut { origin: *origin, stage: *stage },
        BackendError::Malformed { origin, path, .. } => BackendError::Malformed { origin: *origin, path: path.clone(), cause: None },
    }
}
