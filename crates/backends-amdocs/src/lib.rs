#![doc = include_str!("../README.md")]

mod client;
mod config;
pub mod translate;
pub mod wire;

pub use client::AmdocsClient;
pub use config::AmdocsConfig;
