//! The mobile app's API: accounts and balances, lists for a debt check, and changes of accounts. The binary serves it; what
//! publishes the API reads it.

mod operations;
mod routing;
mod systems;

use std::sync::Arc;

use backends_amdocs::AmdocsClient;
use backends_aria::AriaClient;
use backends_csg::CsgClient;
use backends_http::ConfigProblem;
use backends_salesforce::SalesforceClient;
use bss_sandbox::Sandbox;
use tmf666_model::codes::Lob;
use ux_server::tax_identifier::TaxIdentifiers;
use ux_server::{Channel, Endpoint, Param, Routing, Setup};

pub use systems::{System, Systems};

/// What one worker answers with.
pub struct DxpUx {
    routing: Arc<Routing<System>>,
    tax_identifiers: TaxIdentifiers,
    amdocs: Option<AmdocsClient>,
    aria: Option<AriaClient>,
    csg: Option<CsgClient>,
    salesforce: Option<SalesforceClient>,
}

impl Channel for DxpUx {
    const NAME: &'static str = "dxp-ux";
    const TITLE: &'static str = "DXP UX API: accounts, balances and their changes for the mobile app";
    const BASE_PATH: &'static str = "/dxp-ux/v1";
    const SANDBOX_PORT: u16 = 8083;
    const HAS_TAX_IDENTIFIERS: bool = true;
    const CORRELATION_ID: Param<()> = operations::CORRELATION_ID;

    type System = System;
    type Systems = Systems;

    fn operations() -> Vec<Endpoint<Self>> {
        vec![
            Endpoint::of::<operations::get_by_id::GetById>(),
            Endpoint::of::<operations::patch::Patch>(),
            Endpoint::of::<operations::list::List>(),
        ]
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
        let amdocs = setup.client(setup.systems.amdocs.as_ref(), AmdocsClient::new, &mut problems);
        let aria = setup.client(setup.systems.aria.as_ref(), AriaClient::new, &mut problems);
        let csg = setup.client(setup.systems.csg.as_ref(), CsgClient::new, &mut problems);
        let salesforce = setup.client(setup.systems.salesforce.as_ref(), SalesforceClient::new, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let (routing, tax_identifiers) = (Arc::new(setup.routing.clone()), setup.tax_identifiers.clone());
        Ok(Self { routing, tax_identifiers, amdocs, aria, csg, salesforce })
    }

    fn for_worker(&self) -> Self {
        Self {
            routing: Arc::clone(&self.routing),
            tax_identifiers: self.tax_identifiers.clone(),
            amdocs: self.amdocs.as_ref().map(AmdocsClient::for_worker),
            aria: self.aria.as_ref().map(AriaClient::for_worker),
            csg: self.csg.as_ref().map(CsgClient::for_worker),
            salesforce: self.salesforce.as_ref().map(SalesforceClient::for_worker),
        }
    }
}
