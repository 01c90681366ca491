//! The sandbox over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod control;
mod csg;
mod data_files;
mod faults;
mod http;
mod json_systems;
mod program;
mod salesforce;
mod tables;
