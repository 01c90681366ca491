#![doc = include_str!("../README.md")]

mod control;
pub mod credentials;
mod data;
mod exchange;
mod faults;
mod index;
mod ledger;
mod sandbox;
mod server;
mod systems;
mod value;

pub use data::DataError;
pub use faults::{Fault, FaultRule};
pub use ledger::{Calls, Change};
pub use sandbox::{Options, Sandbox, StartError};
pub use systems::{BssName, UnknownBss};
