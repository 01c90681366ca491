//! What a channel binary brings: its names, its operations, its routing table and its billing systems.

use backends_http::{ConfigProblem, UpstreamMetrics};
use bss_sandbox::Sandbox;
use serde::de::DeserializeOwned;
use tmf666_model::codes::Lob;

use crate::operation::Endpoint;
use crate::param::{CORRELATION_ID, Param};
use crate::routing::{Routing, SystemId};
use crate::tax_identifier::TaxIdentifiers;

/// A channel: the value is what one worker serves with, so each worker has its own connections to the billing systems.
pub trait Channel: Sized + Send + Sync + 'static {
    /// Name of the binary, in log lines and in `--help`.
    const NAME: &'static str;
    /// Title of the published API.
    const TITLE: &'static str;
    /// What every path begins with, as in `/bot-ux/v1`.
    const BASE_PATH: &'static str;
    /// Port of sandbox mode, on loopback.
    const SANDBOX_PORT: u16;
    /// The correlation id header, where the channel's document binds a pattern to it.
    const CORRELATION_ID: Param<()> = CORRELATION_ID;

    /// Whether the configuration file may have a section `[tax_identifier]`.
    const HAS_TAX_IDENTIFIERS: bool = false;

    /// The billing systems that the channel has views of.
    type System: SystemId;
    /// The `[systems]` section of the configuration file: one optional member per system.
    type Systems: DeserializeOwned + Default + Send;

    /// The operations.
    fn operations() -> Vec<Endpoint<Self>>;

    /// Which system answers for which unit and line of business, unless the configuration says otherwise.
    fn routing() -> Routing<Self::System>;

    /// Whether the operations have a view of `system` that answers a line of business, so that a cell may name it.
    fn has_view(_system: Self::System, _lob: &Lob) -> bool {
        true
    }

    /// Whether `[systems]` has a section for `system`.
    fn is_configured(systems: &Self::Systems, system: Self::System) -> bool;

    /// The sections that reach the simulated systems, with the sandbox's own credentials.
    fn sandbox_systems(sandbox: &Sandbox) -> Self::Systems;

    /// Makes the channel for the first worker. Connects to nothing yet.
    ///
    /// # Errors
    /// Every mistake in the systems' sections.
    fn build(setup: Setup<'_, Self>) -> Result<Self, Vec<ConfigProblem>>;

    /// The same channel for another worker: connection pools of its own, everything else shared.
    #[must_use]
    fn for_worker(&self) -> Self;
}

/// What [`Channel::build`] works with.
pub struct Setup<'a, C: Channel> {
    /// The checked `[systems]` section.
    pub systems: &'a C::Systems,
    /// The table in force.
    pub routing: &'a Routing<C::System>,
    /// What every `href` begins with, without a slash at its end.
    pub public_base_url: &'a str,
    /// For the calls to the systems.
    pub metrics: &'a UpstreamMetrics,
    /// How tax identifiers are read and written.
    pub tax_identifiers: &'a TaxIdentifiers,
}

impl<C: Channel> Setup<'_, C> {
    /// The client of one system, if it has a section; mistakes in the section are added to `problems`.
    pub fn client<S, T>(
        &self,
        section: Option<&S>,
        make: impl FnOnce(&S, &UpstreamMetrics) -> Result<T, Vec<ConfigProblem>>,
        problems: &mut Vec<ConfigProblem>,
    ) -> Option<T> {
        let made = section.map(|section| make(section, self.metrics))?;
        made.map_err(|mistakes| problems.extend(mistakes)).ok()
    }
}
