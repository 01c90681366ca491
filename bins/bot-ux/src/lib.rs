//! The chat bot's API: who is calling, and what do they owe? The binary serves it; what publishes the API reads it.

mod operations;
mod routing;
mod systems;

use std::sync::Arc;

use backends_cerillion::CerillionClient;
use backends_csg::CsgClient;
use backends_http::ConfigProblem;
use backends_liberate::LiberateClient;
use backends_tmf666::Tmf666Client;
use bss_sandbox::Sandbox;
use tmf666_model::Text;
use ux_server::{Channel, Endpoint, Routing, Setup};

pub use systems::{System, Systems};

/// What one worker answers with.
pub struct BotUx {
    routing: Arc<Routing<System>>,
    public_base_url: Text,
    cerillion: Option<CerillionClient>,
    csg: Option<CsgClient>,
    liberate: Option<LiberateClient>,
    tmf666: Option<Tmf666Client>,
}

impl Channel for BotUx {
    const NAME: &'static str = "bot-ux";
    const TITLE: &'static str = "BOT UX API: identifies a customer by account or phone number";
    const BASE_PATH: &'static str = "/bot-ux/v1";
    const SANDBOX_PORT: u16 = 8081;

    type System = System;
    type Systems = Systems;

    fn operations() -> Vec<Endpoint<Self>> {
        vec![Endpoint::of::<operations::balance_enquiry::BalanceEnquiry>(), Endpoint::of::<operations::accounts::Accounts>()]
    }

    fn routing() -> Routing<System> {
        routing::default_table()
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
        let csg = setup.client(setup.systems.csg.as_ref(), CsgClient::new, &mut problems);
        let liberate = setup.client(setup.systems.liberate.as_ref(), LiberateClient::new, &mut problems);
        let tmf666 = setup.client(setup.systems.tmf666.as_ref(), Tmf666Client::new, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let (routing, public_base_url) = (Arc::new(setup.routing.clone()), Text::from(setup.public_base_url));
        Ok(Self { routing, public_base_url, cerillion, csg, liberate, tmf666 })
    }

    fn for_worker(&self) -> Self {
        Self {
            routing: Arc::clone(&self.routing),
            public_base_url: self.public_base_url.clone(),
            cerillion: self.cerillion.as_ref().map(CerillionClient::for_worker),
            csg: self.csg.as_ref().map(CsgClient::for_worker),
            liberate: self.liberate.as_ref().map(LiberateClient::for_worker),
            tmf666: self.tmf666.as_ref().map(Tmf666Client::for_worker),
        }
    }
}
