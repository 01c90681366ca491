#![doc = include_str!("../README.md")]

mod client;
mod codes;
mod config;
pub mod translate;
pub mod wire;

pub use client::AriaClient;
pub use config::AriaConfig;
