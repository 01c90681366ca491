//! Black-box contract tests: every documented request and error against the real binaries.
#![allow(missing_docs, clippy::unwrap_used)]

mod architecture;
mod bot_ux;
mod bot_ux_markets;
mod changes;
mod changes_under_kills;
mod config_examples;
mod documents;
mod dxp_ux;
mod dxp_ux_dc;
mod dxp_ux_patch;
mod fault_matrix;
mod hostile;
mod leaks;
mod mistakes;
mod monitoring;
mod operations;
mod permissions;
mod reload;
mod restarts;
mod routing;
mod sfdc_ux;
mod status;
mod tax_identifier;
mod tracing;
mod wfm_ux;
