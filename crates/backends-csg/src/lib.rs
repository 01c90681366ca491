#![doc = include_str!("../README.md")]

mod client;
mod config;
mod scan;
pub mod translate;
pub mod wire;

pub use client::{BillMedia, CsgClient, TaxSearch};
pub use config::CsgConfig;
