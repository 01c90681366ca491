//! An access token shared by everyone who calls a system: fetched once, however many are waiting for it.

use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::error::{BackendError, Origin, Stage};

/// What a token endpoint gave.
#[derive(Debug)]
pub struct Issued<T> {
    /// What calls need of the token, such as its header.
    pub token: T,
    /// How long it is good from now on, of which a day is believed; `None` where the endpoint does not say.
    pub lifetime: Option<Duration>,
}

/// A token in use.
#[derive(Debug)]
pub struct Token<T> {
    token: T,
    /// Counts the tokens of this process.
    generation: u64,
    renew_at: Option<Instant>,
    ends_at: Option<Instant>,
}

/// The token of the process for one system. Workers run on threads of their own and share it through an `Arc`.
///
/// It is renewed before it ends, by one caller, while the others go on with the old one. A caller that meets a refused token
/// asks for a newer one ([`Tokens::newer`]); callers that do so at the same time share one fetch, and its failure.
#[derive(Debug)]
pub struct Tokens<T> {
    origin: Origin,
    current: ArcSwapOption<Token<T>>,
    /// How many fetches have come to an end.
    fetches: AtomicU64,
    /// Held by whoever fetches; keeps how the last fetch failed.
    gate: Mutex<Option<BackendError>>,
}

/// A token is renewed this long before its end, or when four fifths of its life are over if that is later.
const RENEW_BEFORE_END: Duration = Duration::from_secs(30);

/// Also keeps the arithmetic of an absurd answer within bounds.
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

impl<T> Deref for Token<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.token
    }
}

impl<T> Token<T> {
    fn is_usable(&self, now: Instant) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }

    fn is_due(&self, now: Instant) -> bool {
        self.renew_at.is_some_and(|due| due <= now)
    }
}

impl<T> Tokens<T> {
    /// No token yet; `origin` is the call that fetches one.
    pub fn new(origin: Origin) -> Self {
        Self { origin, current: ArcSwapOption::empty(), fetches: AtomicU64::new(0), gate: Mutex::new(None) }
    }

    /// The token; fetched with `fetch` if there is none or it ends soon.
    ///
    /// # Errors
    /// What `fetch` returned, for this caller or for the one it waited for; timed out if `deadline` passes while waiting.
    pub async fn current<F>(&self, deadline: Instant, fetch: impl FnOnce() -> F) -> Result<Arc<Token<T>>, BackendError>
    where
        F: Future<Output = Result<Issued<T>, BackendError>>,
    {
        let now = Instant::now();
        match self.current.load_full() {
            Some(token) if !token.is_due(now) => Ok(token),
            Some(token) if token.is_usable(now) => Ok(self.renewed(token, now + deadline.saturating_duration_since(now) / 2, fetch).await),
            _ => self.fetched(None, deadline, fetch).await,
        }
    }

    /// A token that is newer than `refused`: somebody else's, or one fetched with `fetch`.
    ///
    /// # Errors
    /// As for [`Tokens::current`].
    pub async fn newer<F>(&self, refused: &Token<T>, deadline: Instant, fetch: impl FnOnce() -> F) -> Result<Arc<Token<T>>, BackendError>
    where
        F: Future<Output = Result<Issued<T>, BackendError>>,
    {
        self.fetched(Some(refused.generation), deadline, fetch).await
    }

    /// A newer token, or the old one where somebody else is fetching already, or the fetch failed or took too long: as
    /// long as there is a good token, the endpoint's troubles must not cost a caller his answer.
    async fn renewed<F>(&self, old: Arc<Token<T>>, at_latest: Instant, fetch: impl FnOnce() -> F) -> Arc<Token<T>>
    where
        F: Future<Output = Result<Issued<T>, BackendError>>,
    {
        let Ok(mut last_failure) = self.gate.try_lock() else {
            return old;
        };
        let now = Instant::now();
        match self.current.load_full() {
            Some(token) if !token.is_due(now) => token,
            _ => match timeout_at(at_latest, self.fetch_now(&mut last_failure, fetch)).await {
                Ok(Ok(token)) => token,
                _ => old,
            },
        }
    }

    async fn fetched<F>(&self, refused: Option<u64>, deadline: Instant, fetch: impl FnOnce() -> F) -> Result<Arc<Token<T>>, BackendError>
    where
        F: Future<Output = Result<Issued<T>, BackendError>>,
    {
        let fetches_before = self.fetches.load(Ordering::Acquire);
        let Ok(mut last_failure) = timeout_at(deadline, self.gate.lock()).await else {
            return Err(BackendError::TimedOut { origin: self.origin, stage: Stage::Queue });
        };
        let now = Instant::now();
        let is_newer = |token: &Arc<Token<T>>| token.is_usable(now) && refused.is_none_or(|refused| token.generation > refused);
        if let Some(token) = self.current.load_full().filter(is_newer) {
            return Ok(token);
        }
        // A fetch that failed while this caller waited was made for this caller too.
        if self.fetches.load(Ordering::Acquire) != fetches_before
            && let Some(failure) = &*last_failure
        {
            return Err(failure.for_one_more_caller());
        }
        self.fetch_now(&mut last_failure, fetch).await
    }

    async fn fetch_now<F>(&self, last_failure: &mut Option<BackendError>, fetch: impl FnOnce() -> F) -> Result<Arc<Token<T>>, BackendError>
    where
        F: Future<Output = Result<Issued<T>, BackendError>>,
    {
        // The lifetime is counted from before the request, so that the token never ends earlier than thought.
        let asked_at = Instant::now();
        // On the heap, because every call's future has to have room for what few of them do.
        let outcome = Box::pin(fetch()).await;
        let generation = self.fetches.fetch_add(1, Ordering::AcqRel) + 1;
        match outcome {
            Ok(Issued { token, lifetime }) => {
                let lifetime = lifetime.map(|lifetime| lifetime.min(LONGEST_LIFETIME));
                let token = Arc::new(Token {
                    token,
                    generation,
                    renew_at: lifetime.map(|lifetime| asked_at + lifetime - RENEW_BEFORE_END.min(lifetime / 5)),
                    ends_at: lifetime.map(|lifetime| asked_at + lifetime),
                });
                self.current.store(Some(Arc::clone(&token)));
                *last_failure = None;
                Ok(token)
            }
            Err(failure) => {
                // The time of one caller was over; the next one may have more.
                let concerns_all = !matches!(failure, BackendError::TimedOut { .. });
                *last_failure = concerns_all.then(|| failure.for_one_more_caller());
                Err(failure)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::Outage;

    const ORIGIN: Origin = Origin { system: "test", operation: "token", method: "POST" };
    const LIFETIME: Duration = Duration::from_secs(300);

    /// An endpoint that numbers its tokens and takes a moment for each.
    #[derive(Default)]
    struct Endpoint {
        issued: Cell<u32>,
        is_down: Cell<bool>,
    }

    impl Endpoint {
        async fn fetch(&self) -> Result<Issued<u32>, BackendError> {
            self.issued.set(self.issued.get() + 1);
            tokio::task::yield_now().await;
            if self.is_down.get() {
                return Err(BackendError::Unavailable { origin: ORIGIN, outage: Outage::SystemDown, retry_after: None, cause: None });
            }
            Ok(Issued { token: self.issued.get(), lifetime: Some(LIFETIME) })
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test(start_paused = true)]
    async fn callers_share_one_fetch() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        let ask = || tokens.current(soon(), || endpoint.fetch());
        let (first, second, third) = tokio::join!(ask(), ask(), ask());
        assert_eq!([**first.unwrap(), **second.unwrap(), **third.unwrap()], [1, 1, 1]);
        assert_eq!(endpoint.issued.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_fetch_is_not_repeated_for_those_who_waited() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        endpoint.is_down.set(true);
        let ask = || tokens.current(soon(), || endpoint.fetch());
        let (first, second) = tokio::join!(ask(), ask());
        assert!(first.is_err() && second.is_err());
        assert_eq!(endpoint.issued.get(), 1);
        endpoint.is_down.set(false);
        assert_eq!(**ask().await.unwrap(), 2, "a later caller asks again");
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_renewed_before_its_end_by_one_while_others_go_on() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        let ask = || tokens.current(soon(), || endpoint.fetch());
        assert_eq!(**ask().await.unwrap(), 1);
        tokio::time::advance(LIFETIME - RENEW_BEFORE_END - Duration::from_secs(1)).await;
        assert_eq!(**ask().await.unwrap(), 1);
        tokio::time::advance(Duration::from_secs(2)).await;
        let (renewing, going_on) = tokio::join!(ask(), ask());
        assert_eq!((**renewing.unwrap(), **going_on.unwrap()), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_renewal_leaves_the_old_one_until_its_end() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        let ask = || tokens.current(soon(), || endpoint.fetch());
        assert_eq!(**ask().await.unwrap(), 1);
        endpoint.is_down.set(true);
        tokio::time::advance(LIFETIME - Duration::from_secs(1)).await;
        assert_eq!(**ask().await.unwrap(), 1);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(ask().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_renewal_costs_nobody_the_answer() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        tokens.current(soon(), || endpoint.fetch()).await.unwrap();
        tokio::time::advance(LIFETIME - Duration::from_secs(10)).await;
        let deadline = soon();
        let token = tokens.current(deadline, std::future::pending).await.unwrap();
        assert_eq!(**token, 1);
        assert!(Instant::now() < deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_replaced_once() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        let refused = tokens.current(soon(), || endpoint.fetch()).await.unwrap();
        let newer = || tokens.newer(&refused, soon(), || endpoint.fetch());
        let (first, second) = tokio::join!(newer(), newer());
        assert_eq!((**first.unwrap(), **second.unwrap()), (2, 2));
        assert_eq!(**newer().await.unwrap(), 2, "somebody else renewed it already");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_callers_own_deadline() {
        let (tokens, endpoint) = (Tokens::new(ORIGIN), Endpoint::default());
        let slow = tokens.current(soon(), || async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            endpoint.fetch().await
        });
        let hurried = tokens.current(Instant::now() + Duration::from_secs(1), || endpoint.fetch());
        let (slow, hurried) = tokio::join!(slow, hurried);
        assert_eq!(**slow.unwrap(), 1);
        assert!(matches!(hurried, Err(BackendError::TimedOut { stage: Stage::Queue, .. })));
    }
}
