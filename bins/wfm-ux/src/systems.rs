//! The billing systems that wfm-ux has views of. A further one is a line in each of these.

use backends_cerillion::CerillionConfig;
use backends_liberate::LiberateConfig;
use bss_sandbox::{BssName, Sandbox};
use serde::Deserialize;
use ux_server::SystemId;

/// A billing system that wfm-ux can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Jamaica's cable customers (HFC).
    Cerillion,
    /// Jamaica's fibre customers (FTTH).
    Liberate,
}

impl SystemId for System {
    const ALL: &'static [Self] = &[Self::Cerillion, Self::Liberate];

    fn name(self) -> &'static str {
        match self {
            Self::Cerillion => "cerillion",
            Self::Liberate => "liberate",
        }
    }
}

/// The section `[systems]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Systems {
    /// `[systems.cerillion]`
    pub cerillion: Option<CerillionConfig>,
    /// `[systems.liberate]`
    pub liberate: Option<LiberateConfig>,
}

impl Systems {
    pub(crate) fn has(&self, system: System) -> bool {
        match system {
            System::Cerillion => self.cerillion.is_some(),
            System::Liberate => self.liberate.is_some(),
        }
    }

    pub(crate) fn of_sandbox(sandbox: &Sandbox) -> Self {
        Self {
            cerillion: Some(CerillionConfig::sandbox(sandbox.base_url(BssName::Cerillion))),
            liberate: Some(LiberateConfig::sandbox(sandbox.base_url(BssName::Liberate))),
        }
    }
}
