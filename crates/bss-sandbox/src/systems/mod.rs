//! The simulated systems. Adding one means: a file here, a directory under `data/`, and its lines in this file.

mod amdocs;
mod aria;
mod cerillion;
mod csg;
mod liberate;
mod salesforce;
mod tmf666;

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
    /// Aria's core API: JSON over POST, credentials in the body. The interface is Aria's public one.
    Aria,
    /// Salesforce's REST API with OAuth tokens. The platform's interface is public, the org's names are this project's own.
    Salesforce,
    /// Liberate: JSON over POST, Basic authentication. The interface is this project's own.
    Liberate,
    /// Cerillion: JSON over GET, bearer tokens from a token endpoint. The interface is this project's own.
    Cerillion,
    /// Amdocs: JSON over GET, an API key. The interface is this project's own.
    Amdocs,
    /// A TMF666 Account Management v4.0.0 server with a fixed bearer token. The interface is TM Forum's.
    Tmf666,
}

impl BssName {
    /// Every simulated system.
    pub const ALL: &'static [Self] =
        &[Self::Csg, Self::Aria, Self::Salesforce, Self::Liberate, Self::Cerillion, Self::Amdocs, Self::Tmf666];

    /// Its place among the fixed ports, counted from the first one.
    pub(crate) fn port_offset(self) -> u16 {
        match self {
            Self::Csg => 0,
            Self::Aria => 1,
            Self::Salesforce => 2,
            Self::Liberate => 3,
            Self::Cerillion => 4,
            Self::Amdocs => 5,
            Self::Tmf666 => 6,
        }
    }

    /// The name in paths, configuration and the control interface: lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csg => "csg",
            Self::Aria => "aria",
            Self::Salesforce => "salesforce",
            Self::Liberate => "liberate",
            Self::Cerillion => "cerillion",
            Self::Amdocs => "amdocs",
            Self::Tmf666 => "tmf666",
        }
    }

    /// The native code by which it says that it cannot serve.
    pub(crate) fn down(self) -> &'static str {
        match self {
            Self::Csg => "9001",
            Self::Aria => "1001",
            Self::Salesforce => "SERVER_UNAVAILABLE",
            Self::Liberate => "LIB-0500",
            Self::Cerillion | Self::Amdocs | Self::Tmf666 => "503",
        }
    }

    /// Loads the system's accounts and makes it ready to answer.
    pub(crate) fn open(self, directory: Option<&Path>) -> Result<Opened, DataError> {
        match self {
            Self::Csg => csg::open(directory),
            Self::Aria => aria::open(directory),
            Self::Salesforce => salesforce::open(directory),
            Self::Liberate => liberate::open(directory),
            Self::Cerillion => cerillion::open(directory),
            Self::Amdocs => amdocs::open(directory),
            Self::Tmf666 => tmf666::open(directory),
        }
    }
}

impl fmt::Display for BssName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
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
