//! The field technicians' API: whose line is this, and how are they reached? The binary serves it; what publishes the API
//! reads it.

mod operations;
mod routing;
mod systems;

use std::sync::Arc;

use backends_cerillion::CerillionClient;
use backends_http::ConfigProblem;
use backends_liberate::LiberateClient;
use bss_sandbox::Sandbox;
use tmf666_model::Text;
use tmf666_model::codes::Lob;
use ux_server::{Channel, Endpoint, Routing, Setup};

pub use systems::{System, Systems};

/// What one worker answers with.
pub struct WfmUx {
    routing: Arc<Routing<System>>,
    public_base_url: Text,
    cerillion: Option<CerillionClient>,
    liberate: Option<LiberateClient>,
}

impl Channel for WfmUx {
    const NAME: &'static str = "wfm-ux";
    const TITLE: &'static str = "WFM UX API: accounts with every contact, for field technicians";
    const BASE_PATH: &'static str = "/wfm-ux/v1";
    const SANDBOX_PORT: u16 = 8084;

    type System = System;
    type Systems = Systems;

    fn operations() -> Vec<Endpoint<Self>> {
        vec![Endpoint::of::<operations::get_by_id::GetById>()]
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
        let cerillion = setup.client(setup.systems.cerillion.as_ref(), CerillionClient::new, &mut problems);
        let liberate = setup.client(setup.systems.liberate.as_ref(), LiberateClient::new, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { routing: Arc::new(setup.routing.clone()), public_base_url: Text::from(setup.public_base_url), cerillion, liberate })
    }

    fn for_worker(&self) -> Self {
        Self {
            routing: Arc::clone(&self.routing),
            public_base_url: self.public_base_url.clone(),
            cerillion: self.cerillion.as_ref().map(CerillionClient::for_worker),
            liberate: self.liberate.as_ref().map(LiberateClient::for_worker),
        }
    }
}
