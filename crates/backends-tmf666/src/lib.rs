#![doc = include_str!("../README.md")]

mod client;
mod config;
mod search;
mod views;
mod wire;

pub use client::{Filter, Tmf666Client};
pub use config::Tmf666Config;
pub use search::{NumberSearch, UnknownSearch};
pub use views::{Number, Reference};
