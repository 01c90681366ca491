//! One call for identical reads at the same time (single flight).
//!
//! The first read of its kind leads, the others follow: they wait for the answer that comes to it and read it themselves. A
//! leader that goes away takes nobody with it: one of its followers leads then. What is no answer is not shared: followers
//! of a read that failed each make their own call, as they would have done.
//!
//! Flights belong to one worker, because a request never changes threads.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use foldhash::fast::RandomState;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method};
use tokio::sync::Notify;

use crate::call::{Call, Reply};

/// The reads of one worker that are under way.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    /// By the hash of what is asked. Of two different reads with one hash, the second flies alone.
    under_way: Mutex<BTreeMap<u64, Arc<Flight>>>,
    hashes: RandomState,
}

#[derive(Debug)]
struct Flight {
    question: Question,
    /// How many changes had been acknowledged when it began.
    changes: u64,
    landing: OnceLock<Landing>,
    landed: Notify,
}

/// How a flight ended.
#[derive(Debug, Clone)]
pub(crate) enum Landing {
    /// With this answer.
    Reply(Reply),
    /// Without one.
    Failed,
    /// Its leader went away.
    Left,
}

/// What a read does.
#[derive(Debug)]
pub(crate) enum Role<'a> {
    Leads(Leader<'a>),
    Follows(Follower),
    FliesAlone,
}

#[derive(Debug)]
pub(crate) struct Leader<'a> {
    flights: &'a Flights,
    hash: u64,
    /// None once it has ended.
    flight: Option<Arc<Flight>>,
}

#[derive(Debug)]
pub(crate) struct Follower(Arc<Flight>);

/// Everything that makes one call the same as another.
#[derive(Debug)]
struct Question {
    operation: &'static str,
    method: Method,
    target: PathAndQuery,
    words: Words,
}

#[derive(Debug)]
enum Words {
    Request { headers: Box<[(HeaderName, HeaderValue)]>, body: Bytes },
    Identity(Vec<(String, String)>),
}

impl Flights {
    /// Joins the read to one like it that is under way, unless a change was acknowledged since that began: what a caller has
    /// changed it must read.
    pub(crate) fn join(&self, call: &Call<'_>, changes: u64) -> Role<'_> {
        let hash = self.hash(call);
        let flight = |call| Arc::new(Flight { question: Question::of(call), changes, landing: OnceLock::new(), landed: Notify::new() });
        let flight = match self.under_way().entry(hash) {
            Entry::Vacant(free) => Arc::clone(free.insert(flight(call))),
            Entry::Occupied(taken) if !taken.get().question.is_of(call) => return Role::FliesAlone,
            Entry::Occupied(taken) if taken.get().changes == changes => return Role::Follows(Follower(Arc::clone(taken.get()))),
            Entry::Occupied(mut outdated) => {
                outdated.insert(flight(call));
                Arc::clone(outdated.get())
            }
        };
        Role::Leads(Leader { flights: self, hash, flight: Some(flight) })
    }

    fn hash(&self, call: &Call<'_>) -> u64 {
        let mut hasher = self.hashes.build_hasher();
        call.target.as_str().hash(&mut hasher);
        match call.identity {
            Some(identity) => identity.hash(&mut hasher),
            None => hasher.write(&call.body),
        }
        hasher.finish()
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Flight>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leader<'_> {
    /// The answer is there: whoever follows gets it.
    pub(crate) fn land(mut self, reply: &Reply) {
        self.end(|| Landing::Reply(reply.clone()));
    }

    /// There is no answer.
    pub(crate) fn fail(mut self) {
        self.end(|| Landing::Failed);
    }

    /// Nobody joins from now on, and who did is told.
    fn end(&mut self, landing: impl FnOnce() -> Landing) {
        let Some(flight) = self.flight.take() else { return };
        let mut under_way = self.flights.under_way();
        if under_way.get(&self.hash).is_some_and(|listed| Arc::ptr_eq(listed, &flight)) {
            under_way.remove(&self.hash);
        }
        drop(under_way);
        if Arc::strong_count(&flight) > 1 {
            // Nobody else ends it.
            let _ = flight.landing.set(landing());
            flight.landed.notify_waiters();
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.end(|| Landing::Left);
    }
}

impl Follower {
    /// Waits for the end of the flight.
    pub(crate) async fn landing(&self) -> Landing {
        loop {
            let landed = self.0.landed.notified();
            if let Some(landing) = self.0.landing.get() {
                return landing.clone();
            }
            landed.await;
        }
    }
}

impl Question {
    fn of(call: &Call<'_>) -> Self {
        let words = match call.identity {
            Some(identity) => Words::Identity(identity.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()),
            None => Words::Request { headers: call.headers.into(), body: call.body.clone() },
        };
        Self { operation: call.operation, method: call.method.clone(), target: call.target.clone(), words }
    }

    fn is_of(&self, call: &Call<'_>) -> bool {
        let same_words = match (&self.words, call.identity) {
            (Words::Identity(pairs), Some(identity)) => pairs.iter().map(|(name, value)| (&**name, &**value)).eq(identity.iter().copied()),
            (Words::Request { headers, body }, None) => **headers == *call.headers && *body == call.body,
            _ => false,
        };
        same_words && self.operation == call.operation && self.method == call.method && self.target == call.target
    }
}
