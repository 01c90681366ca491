//! Native answers into TMF666 accounts: one file per view, pure functions without I/O.

pub mod dxp_balance;
pub mod sfdc_by_id;

use tmf666_model::Text;

use crate::wire::{AccountDetails, MasterPlan};

const BILLING_ACCOUNT: Text = Text::from_static("BillingAccount");

/// Aria serves Puerto Rico only, so an answer that names no currency means this one.
const CURRENCY: &str = "usd";

/// The master plan instance that a request is about.
fn master_plan<'a>(details: &'a AccountDetails, plan_instance: &str) -> Option<&'a MasterPlan> {
    details.master_plans_info.0.iter().find(|plan| plan.client_master_plan_instance_id.0.as_deref() == Some(plan_instance))
}
