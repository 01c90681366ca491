//! Asking several billing systems at once, where the number alone does not tell which one has the account.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use http::StatusCode;

use crate::error::ApiError;

/// Asks every system at once for one account. If several know it, the first of `systems` wins, and nobody waits for those
/// after it.
///
/// # Errors
/// `nobody`'s where there is no system to ask. The first failure that leaves it open whether a system knows the account,
/// provided that no other system has it; otherwise that the account is unknown.
pub async fn first_to_know<S: Copy, T, F>(systems: &[S], nobody: impl FnOnce() -> ApiError, ask: impl Fn(S) -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    if let [one] = systems {
        return ask(*one).await;
    }
    let mut answers: FuturesOrdered<F> = systems.iter().map(|system| ask(*system)).collect();
    let mut failure = None;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(account) => return Ok(account),
            Err(error) => failure = Some(weightier(failure, error)),
        }
    }
    Err(failure.unwrap_or_else(nobody))
}

/// Asks every system at once for a list. The answer has the lists one after the other, in the order of `systems`.
///
/// A list that silently lacks the accounts of one system would be taken for the whole, so every system has to answer;
/// that some of them know nothing is no failure.
///
/// # Errors
/// As for [`first_to_know`].
pub async fn all_that_know<S: Copy, T, F>(
    systems: &[S],
    nobody: impl FnOnce() -> ApiError,
    ask: impl Fn(S) -> F,
) -> Result<Vec<T>, ApiError>
where
    F: Future<Output = Result<Vec<T>, ApiError>>,
{
    if let [one] = systems {
        return ask(*one).await;
    }
    let mut answers: FuturesOrdered<F> = systems.iter().map(|system| ask(*system)).collect();
    let mut all = Vec::new();
    let mut failure = None;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(list) => all.extend(list),
            Err(error) if weight(&error) == Weight::Open => return Err(error),
            Err(error) => failure = Some(weightier(failure, error)),
        }
    }
    match failure {
        Some(error) if all.is_empty() => Err(error),
        None if systems.is_empty() => Err(nobody()),
        _ => Ok(all),
    }
}

/// What a failure says about whether the system knows the account.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It has no numbers of this form.
    Refused,
    /// It does not know it.
    Unknown,
    /// It could not be asked, or its answer not be understood.
    Open,
}

fn weight(error: &ApiError) -> Weight {
    match error.status() {
        StatusCode::BAD_REQUEST => Weight::Refused,
        StatusCode::NOT_FOUND => Weight::Unknown,
        _ => Weight::Open,
    }
}

fn weightier(so_far: Option<ApiError>, next: ApiError) -> ApiError {
    match so_far {
        Some(error) if weight(&error) >= weight(&next) => error,
        _ => next,
    }
}

#[cfg(test)]
mod tests {
    use backends_http::{BackendError, Origin, Outage};
    use tokio::sync::Notify;

    use super::*;

    #[derive(Debug, Clone, Copy)]
    enum Says {
        Yes,
        No,
        NotMyKind,
        Down,
        Nonsense,
    }

    fn answer(says: Says) -> Result<Says, ApiError> {
        let origin = Origin { system: "any", operation: "get", method: "GET" };
        Err(match says {
            Says::Yes => return Ok(says),
            Says::No => BackendError::NotFound { origin },
            Says::NotMyKind => BackendError::Rejected { origin, reason: "".into() },
            Says::Down => BackendError::Unavailable { origin, outage: Outage::SystemDown, retry_after: None, cause: None },
            Says::Nonsense => BackendError::Malformed { origin, path: "$".into(), cause: None },
        }
        .into())
    }

    fn nobody() -> ApiError {
        ApiError::not_implemented("nobody to ask")
    }

    async fn one(systems: &[Says]) -> u16 {
        let answer = first_to_know(systems, nobody, |says| async move { answer(says) }).await;
        answer.map_or_else(|error| error.status().as_u16(), |_| 200)
    }

    async fn list(systems: &[Says]) -> u16 {
        let answer = all_that_know(systems, nobody, |says| async move { answer(says).map(|says| vec![says]) }).await;
        answer.map_or_else(|error| error.status().as_u16(), |_| 200)
    }

    #[tokio::test]
    async fn what_two_answers_make() {
        use Says::{Down, No, Nonsense, NotMyKind, Yes};
        for (systems, account, accounts) in [
            (&[][..], 501, 501),
            (&[Down], 503, 503),
            (&[Yes, Down], 200, 503),
            (&[Down, Yes], 200, 503),
            (&[Yes, No], 200, 200),
            (&[NotMyKind, Yes], 200, 200),
            (&[No, No], 404, 404),
            (&[No, Down], 503, 503),
            (&[Nonsense, No], 500, 500),
            (&[Nonsense, Down], 500, 500),
            (&[Down, Nonsense], 503, 503),
            (&[No, NotMyKind], 404, 404),
            (&[NotMyKind, No], 404, 404),
            (&[NotMyKind, NotMyKind], 400, 400),
        ] {
            assert_eq!(one(systems).await, account, "{systems:?}");
            assert_eq!(list(systems).await, accounts, "{systems:?}");
        }
    }

    #[tokio::test]
    async fn all_are_asked_before_any_has_answered() {
        let second_was_asked = Notify::new();
        let ask = async |system| {
            match system {
                1 => second_was_asked.notified().await,
                _ => second_was_asked.notify_one(),
            }
            Ok(vec![system])
        };
        assert_eq!(first_to_know(&[1, 2], nobody, ask).await.unwrap(), [1]);
        assert_eq!(all_that_know(&[1, 2], nobody, ask).await.unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn the_winner_waits_for_nobody_after_it() {
        let ask = async |system| if system == 1 { Ok(system) } else { std::future::pending().await };
        assert_eq!(first_to_know(&[1, 2], nobody, ask).await.unwrap(), 1);
    }
}
