//! One token for all callers, fetched once however many wait for it.

use std::future::Future;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use backends_http::{BackendError, CallContext, CorrelationId};
use backends_salesforce::{Ban, JwtConfig};
use bss_sandbox::{Fault, credentials};
use secrecy::SecretString;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::bench::{Bench, context};

const ACCOUNT: &str = "31515070-31513558";
const CALLERS: usize = 50;

/// So many callers at once; how each of them fared.
async fn crowd(bench: &Arc<Bench>) -> Vec<Result<(), BackendError>> {
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let bench = Arc::clone(bench);
        callers.spawn(async move { bench.by_number(ACCOUNT).await.map(|_| ()) });
    }
    callers.join_all().await
}

#[tokio::test]
async fn many_callers_fetch_one_token() {
    let bench = Arc::new(Bench::new());
    assert!(crowd(&bench).await.iter().all(Result::is_ok));
    assert!(crowd(&bench).await.iter().all(Result::is_ok));
    assert_eq!(bench.calls("token"), 1);
}

#[tokio::test]
async fn a_token_that_ends_under_many_callers_is_renewed_once() {
    let bench = Arc::new(Bench::new());
    bench.by_number(ACCOUNT).await.unwrap();
    // Whoever comes first meets the end of the session; it has ended for all the others too.
    bench.native("query", "INVALID_SESSION_ID", 1);
    assert!(crowd(&bench).await.iter().all(Result::is_ok));
    assert_eq!(bench.calls("token"), 2);
}

#[test]
fn workers_on_threads_of_their_own_share_the_token() {
    let bench = Bench::new();
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let client = bench.client.for_worker();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    for _ in 0..5 {
                        client.account_by_number(&context(), Ban::new(ACCOUNT).unwrap()).await.unwrap();
                    }
                });
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    assert_eq!((bench.calls("token"), bench.calls("query")), (1, 20));
}

#[tokio::test]
async fn a_token_that_is_refused_at_once_is_our_fault() {
    let bench = Bench::new();
    bench.native("query", "INVALID_SESSION_ID", 9);
    let failure = bench.by_number(ACCOUNT).await.unwrap_err();
    assert!(matches!(failure, BackendError::Misconfigured { .. }), "{failure:?}");
    assert_eq!((bench.calls("token"), bench.calls("query")), (2, 2), "renewed once, repeated once");
}

#[tokio::test]
async fn a_write_with_an_ended_token_is_applied_once() {
    let bench = Bench::new();
    bench.by_number(ACCOUNT).await.unwrap();
    bench.native("composite", "INVALID_SESSION_ID", 1);
    crate::changes::autopay(&bench, "31516278-31514752", "correlation-id-0001").await.unwrap();
    assert_eq!(bench.changes().len(), 1);
}

#[tokio::test]
async fn a_failed_fetch_fails_all_who_waited_for_it() {
    let bench = Arc::new(Bench::with(|config| config.http.retries = 0));
    bench.fault("token", Fault::Html { code: 503 }, 1);
    let outcomes = crowd(&bench).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(|failure| failure.class() == "system_down")));
    assert_eq!(bench.calls("token"), 1);
    bench.by_number(ACCOUNT).await.unwrap();
}

#[tokio::test]
async fn who_gives_up_while_fetching_leaves_it_to_the_next() {
    let bench = Bench::new();
    bench.fault("token", Fault::Hold, 1);
    {
        let mut caller = Box::pin(bench.by_number(ACCOUNT));
        std::future::poll_fn(|context| {
            assert!(caller.as_mut().poll(context).is_pending());
            // Asked again at once until the request has arrived.
            context.waker().wake_by_ref();
            if bench.calls("token") == 1 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    bench.by_number(ACCOUNT).await.unwrap();
    assert_eq!(bench.calls("token"), 2);
}

#[tokio::test]
async fn waiting_for_a_token_ends_with_the_callers_time() {
    let bench = Bench::new();
    bench.fault("token", Fault::Hold, 1);
    let impatient = CallContext::new(CorrelationId::new("impatient").unwrap(), Instant::now() + Duration::from_millis(20));
    let ban = Ban::new(ACCOUNT).unwrap();
    let patient = context();
    let (first, second) = tokio::join!(bench.client.account_by_number(&impatient, ban), bench.client.account_by_number(&patient, ban));
    assert_eq!(first.unwrap_err().class(), "timed_out");
    second.unwrap();
}

#[tokio::test]
async fn refusals_of_the_token_endpoint() {
    let bench = Bench::with(|config| config.client_secret = Some(SecretString::from("not-the-secret")));
    let failure = bench.by_number(ACCOUNT).await.unwrap_err();
    assert!(matches!(&failure, BackendError::Misconfigured { reason, .. } if reason == "invalid_client"), "{failure:?}");
    for (fault, class) in [
        (Fault::Native { code: "rate_limit_exceeded".to_owned() }, "rate_limited"),
        (Fault::Native { code: "temporarily_unavailable".to_owned() }, "system_down"),
        (Fault::Native { code: "inactive_user".to_owned() }, "misconfigured"),
        (Fault::PlainText { code: 502 }, "system_down"),
        (Fault::RateLimited { retry_after: 3 }, "rate_limited"),
        (Fault::Absurd, "malformed"),
        (Fault::Garbage, "malformed"),
    ] {
        let bench = Bench::new();
        bench.fault("token", fault.clone(), 9);
        let failure = bench.by_number(ACCOUNT).await.unwrap_err();
        assert_eq!((failure.class(), failure.origin().operation), (class, "token"), "{fault:?}");
    }
}

pub(crate) fn jwt(key: &str) -> JwtConfig {
    let path = format!("{}/tests/fixtures/jwt-key.{key}.pem", env!("CARGO_MANIFEST_DIR"));
    JwtConfig {
        user: credentials::SALESFORCE_USER.to_owned(),
        private_key: SecretString::from(std::fs::read_to_string(path).unwrap()),
        audience: "https://login.salesforce.com".to_owned(),
    }
}

#[tokio::test]
async fn an_assertion_is_as_good_as_a_secret() {
    for key in ["pkcs1", "pkcs8"] {
        let bench = Bench::with(|config| {
            config.client_secret = None;
            config.jwt = Some(jwt(key));
        });
        bench.by_number(ACCOUNT).await.unwrap();
    }
    let bench = Bench::with(|config| {
        config.client_secret = None;
        config.jwt = Some(JwtConfig { user: "somebody@example.com".to_owned(), ..jwt("pkcs8") });
    });
    let failure = bench.by_number(ACCOUNT).await.unwrap_err();
    assert!(matches!(&failure, BackendError::Misconfigured { reason, .. } if reason == "invalid_grant"), "{failure:?}");
}
