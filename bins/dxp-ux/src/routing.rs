//! Which billing system answers the app, unless the configuration says otherwise.

use tmf666_model::codes::{BusinessUnit, Lob};
use ux_server::{Route, Routing};

use crate::System;

pub(crate) fn default_table() -> Routing<System> {
    Routing::empty()
        .with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg))
        .with(&BusinessUnit::Pr, &Lob::Postpaid, Route::System(System::Salesforce))
        .with(&BusinessUnit::Pr, &Lob::Prepaid, Route::System(System::Salesforce))
}

/// Whether a unit has accounts in a system that the caller names itself, whatever the line of business.
///
/// Aria stands in no cell: it holds the balances of those postpaid accounts that Salesforce describes.
pub(crate) fn has_accounts_in(routing: &Routing<System>, unit: &BusinessUnit, system: System) -> bool {
    let in_cell = |lob| routing.route(unit, &lob).mentions(system);
    let billed_by_aria = system == System::Aria && routing.route(unit, &Lob::Postpaid).mentions(System::Salesforce);
    billed_by_aria || [Lob::Fixed, Lob::Postpaid, Lob::Prepaid].into_iter().any(in_cell)
}
