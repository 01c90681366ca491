//! The chat bot's API: who is calling, and what do they owe? The binary serves it; what publishes the API reads it.

mod operations;
mod routing;
mod systems;

use std::sync::Arc;

use backends_csg::CsgClient;
use backends_http::ConfigProblem;
use bss_sandbox::Sandbox;
use tmf666_model::Text;
use ux_server::{Channel, Endpoint, Routing, Setup};

pub use systems::{System, Systems};

/// What one worker answers with.
pub struct BotUx {
    routing: Arc<Routing<System>>,
    public_base_url: Text,
    csg: Option<CsgClient>,
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
        let csg = setup.systems.csg.as_ref().map(|config| CsgClient::new(config, setup.metrics)).transpose()?;
        Ok(Self { routing: Arc::new(setup.routing.clone()), public_base_url: Text::from(setup.public_base_url), csg })
    }

    fn for_worker(&self) -> Self {
        Self {
            routing: Arc::clone(&self.routing),
            public_base_url: self.public_base_url.clone(),
            csg: self.csg.as_ref().map(CsgClient::for_worker),
        }
    }
}
