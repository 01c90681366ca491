//! The Salesforce agents' API: what is due and whether it is in dunning, whose fixed line it is, who the customer is. The
//! binary serves it; what publishes the API reads it.

mod operations;
mod routing;
mod systems;

use std::sync::Arc;

use backends_aria::AriaClient;
use backends_csg::CsgClient;
use backends_http::ConfigProblem;
use bss_sandbox::Sandbox;
use tmf666_model::Text;
use tmf666_model::codes::Lob;
use ux_server::tax_identifier::TaxIdentifiers;
use ux_server::{Channel, Endpoint, Routing, Setup};

pub use systems::{System, Systems};

/// What one worker answers with.
pub struct SfdcUx {
    routing: Arc<Routing<System>>,
    public_base_url: Text,
    tax_identifiers: TaxIdentifiers,
    aria: Option<AriaClient>,
    csg: Option<CsgClient>,
}

impl Channel for SfdcUx {
    const NAME: &'static str = "sfdc-ux";
    const TITLE: &'static str = "Salesforce UX API: balances, accounts and customers for agents";
    const BASE_PATH: &'static str = "/sfdc-ux/v1";
    const SANDBOX_PORT: u16 = 8082;
    const HAS_TAX_IDENTIFIERS: bool = true;

    type System = System;
    type Systems = Systems;

    fn operations() -> Vec<Endpoint<Self>> {
        vec![Endpoint::of::<operations::get_by_id::GetById>(), Endpoint::of::<operations::list::List>()]
    }

    fn routing() -> Routing<System> {
        routing::default_table()
    }

    fn has_view(system: System, lob: &Lob) -> bool {
        routing::has_view(system, lob)
    }

    fn is_configured(systems: &Systems, system: System) -> bool {
        systems.has(system)
    }

    fn sandbox_systems(sandbox: &Sandbox) -> Systems {
        Systems::of_sandbox(sandbox)
    }

    fn build(setup: Setup<'_, Self>) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let aria = setup.client(setup.systems.aria.as_ref(), AriaClient::new, &mut problems);
        let csg = setup.client(setup.systems.csg.as_ref(), CsgClient::new, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            routing: Arc::new(setup.routing.clone()),
            public_base_url: Text::from(setup.public_base_url),
            tax_identifiers: setup.tax_identifiers.clone(),
            aria,
            csg,
        })
    }

    fn for_worker(&self) -> Self {
        Self {
            routing: Arc::clone(&self.routing),
            public_base_url: self.public_base_url.clone(),
            tax_identifiers: self.tax_identifiers.clone(),
            aria: self.aria.as_ref().map(AriaClient::for_worker),
            csg: self.csg.as_ref().map(CsgClient::for_worker),
        }
    }
}
