//! The simulated systems. Adding one means: a file here, a directory under `data/`, and its lines in this file.

pub(crate) mod csg;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::data::DataError;
use crate::exchange::{Answer, Request};
use crate::faults::{Aim, FaultRule};
use crate::ledger::Ledger;

/// A billing system that the sandbox simulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BssName {
    /// CSG: XML over POST, Basic authentication. The interface is this project's own.
    Csg,
}

impl BssName {
    /// Every simulated system, in the order of their fixed ports.
    pub const ALL: &'static [Self] = &[Self::Csg];

    /// The name in paths, configuration and the control interface: lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csg => "csg",
        }
    }

    /// Loads the system's accounts and makes it ready to answer.
    pub(crate) fn open(self, directory: Option<&Path>) -> Result<Opened, DataError> {
        match self {
            Self::Csg => csg::open(directory),
        }
    }
}

impl fmt::Display for BssName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No simulated system has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no simulated billing system has this name")]
pub struct UnknownBss;

impl FromStr for BssName {
    type Err = UnknownBss;

    fn from_str(text: &str) -> Result<Self, UnknownBss> {
        let known = Self::ALL.iter().find(|name| name.as_str() == text);
        known.copied().ok_or(UnknownBss)
    }
}

/// A system with its accounts, and the faults that its account files ask for.
pub(crate) struct Opened {
    pub(crate) system: Box<dyn BillingSystem>,
    pub(crate) faults: Vec<FaultRule>,
}

/// What the framework needs of a simulated system.
pub(crate) trait BillingSystem: Send + Sync {
    /// What a request is about. Asked only while there are faults to aim; changes nothing.
    fn aim(&self, request: &Request) -> Aim;

    /// Carries the request out; changes are noted in the ledger.
    fn answer(&self, request: &Request, ledger: &Ledger) -> Answer;

    /// The system's own failure with the given native code, to this request.
    fn failure(&self, request: &Request, code: &str) -> Answer;
}
