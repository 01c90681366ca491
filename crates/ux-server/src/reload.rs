//! Taking in a changed configuration file without stopping: the clients, their secrets, permissions and quotas.
//!
//! A file with any mistake changes nothing. Requests in progress end as the client that they began as.
//!
//! | name | labels | what |
//! |---|---|---|
//! | `config_reloads_total` | outcome | files that were `applied`, and files that were `refused` for their mistakes |

use std::sync::Arc;

use arc_swap::ArcSwap;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::clients::Clients;

/// What of a running server can be exchanged.
#[derive(Debug)]
pub(crate) struct Reload {
    clients: Arc<ArcSwap<Clients>>,
    applied: Counter,
    refused: Counter,
}

impl Reload {
    pub(crate) fn register(registry: &mut Registry, clients: Arc<ArcSwap<Clients>>) -> Self {
        let reloads = Family::<[(&str, &str); 1], Counter>::default();
        let outcome = |outcome| reloads.get_or_create_owned(&[("outcome", outcome)]);
        let reload = Self { clients, applied: outcome("applied"), refused: outcome("refused") };
        registry.register("config_reloads", "Configuration files read again", reloads);
        reload
    }

    /// From the next request on, these clients may call.
    pub(crate) fn apply(&self, clients: Clients) {
        clients.go_on_from(&self.clients.load());
        self.clients.store(Arc::new(clients));
        self.applied.inc();
    }

    /// Everything stays as it is.
    pub(crate) fn refuse(&self) {
        self.refused.inc();
    }
}
