#![doc = include_str!("../README.md")]

mod client;
mod config;
pub mod translate;
pub mod wire;

pub use client::{CerillionClient, Key};
pub use config::CerillionConfig;
