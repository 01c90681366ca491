//! The billing systems that bot-ux has views of. A further one is a line in each of these.

use backends_cerillion::CerillionConfig;
use backends_csg::CsgConfig;
use backends_liberate::LiberateConfig;
use backends_tmf666::Tmf666Config;
use bss_sandbox::{BssName, Sandbox};
use serde::Deserialize;
use ux_server::SystemId;

/// A billing system that bot-ux can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Jamaica's cable customers (HFC).
    Cerillion,
    /// Fixed line of Puerto Rico.
    Csg,
    /// Jamaica's fibre customers (FTTH), Jamaica's mobile lines, Panama.
    Liberate,
    /// Chile: a server that speaks TMF666 itself.
    Tmf666,
}

impl SystemId for System {
    const ALL: &'static [Self] = &[Self::Cerillion, Self::Csg, Self::Liberate, Self::Tmf666];

    fn name(self) -> &'static str {
        match self {
            Self::Cerillion => "cerillion",
            Self::Csg => "csg",
            Self::Liberate => "liberate",
            Self::Tmf666 => "tmf666",
        }
    }
}

/// The section `[systems]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Systems {
    /// `[systems.cerillion]`
    pub cerillion: Option<CerillionConfig>,
    /// `[systems.csg]`
    pub csg: Option<CsgConfig>,
    /// `[systems.liberate]`
    pub liberate: Option<LiberateConfig>,
    /// `[systems.tmf666]`
    pub tmf666: Option<Tmf666Config>,
}

impl Systems {
    pub(crate) fn has(&self, system: System) -> bool {
        match system {
            System::Cerillion => self.cerillion.is_some(),
            System::Csg => self.csg.is_some(),
            System::Liberate => self.liberate.is_some(),
            System::Tmf666 => self.tmf666.is_some(),
        }
    }

    pub(crate) fn of_sandbox(sandbox: &Sandbox) -> Self {
        Self {
            cerillion: Some(CerillionConfig::sandbox(sandbox.base_url(BssName::Cerillion))),
            csg: Some(CsgConfig::sandbox(sandbox.base_url(BssName::Csg))),
            liberate: Some(LiberateConfig::sandbox(sandbox.base_url(BssName::Liberate))),
            tmf666: Some(Tmf666Config::sandbox(sandbox.base_url(BssName::Tmf666))),
        }
    }
}
