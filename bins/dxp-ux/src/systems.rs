//! The billing systems that dxp-ux has views of. A further one is a line in each of these.

use backends_amdocs::AmdocsConfig;
use backends_aria::AriaConfig;
use backends_csg::CsgConfig;
use backends_salesforce::SalesforceConfig;
use bss_sandbox::{BssName, Sandbox};
use serde::Deserialize;
use ux_server::SystemId;

/// A billing system that dxp-ux can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// The Dutch and French Caribbean ("DC markets").
    Amdocs,
    /// Balances of Puerto Rico's mobile lines.
    Aria,
    /// Fixed line of Puerto Rico.
    Csg,
    /// Accounts of Puerto Rico's mobile lines.
    Salesforce,
}

impl SystemId for System {
    const ALL: &'static [Self] = &[Self::Amdocs, Self::Aria, Self::Csg, Self::Salesforce];

    fn name(self) -> &'static str {
        match self {
            Self::Amdocs => "amdocs",
            Self::Aria => "aria",
            Self::Csg => "csg",
            Self::Salesforce => "salesforce",
        }
    }
}

/// The section `[systems]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Systems {
    /// `[systems.amdocs]`
    pub amdocs: Option<AmdocsConfig>,
    /// `[systems.aria]`
    pub aria: Option<AriaConfig>,
    /// `[systems.csg]`
    pub csg: Option<CsgConfig>,
    /// `[systems.salesforce]`
    pub salesforce: Option<SalesforceConfig>,
}

impl Systems {
    pub(crate) fn has(&self, system: System) -> bool {
        match system {
            System::Amdocs => self.amdocs.is_some(),
            System::Aria => self.aria.is_some(),
            System::Csg => self.csg.is_some(),
            System::Salesforce => self.salesforce.is_some(),
        }
    }

    pub(crate) fn of_sandbox(sandbox: &Sandbox) -> Self {
        Self {
            amdocs: Some(AmdocsConfig::sandbox(sandbox.base_url(BssName::Amdocs))),
            aria: Some(AriaConfig::sandbox(sandbox.base_url(BssName::Aria))),
            csg: Some(CsgConfig::sandbox(sandbox.base_url(BssName::Csg))),
            salesforce: Some(SalesforceConfig::sandbox(sandbox.base_url(BssName::Salesforce))),
        }
    }
}
