//! Which billing system answers the app, unless the configuration says otherwise.

use tmf666_model::codes::{BusinessUnit, Lob};
use ux_server::{Route, Routing};

use crate::System;

/// The Dutch and French Caribbean.
const DC_MARKETS: [BusinessUnit; 6] =
    [BusinessUnit::Cw, BusinessUnit::Sx, BusinessUnit::Bo, BusinessUnit::Sa, BusinessUnit::Se, BusinessUnit::Mf];

pub(crate) fn default_table() -> Routing<System> {
    let table = Routing::empty()
        .with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg))
        .with(&BusinessUnit::Pr, &Lob::Postpaid, Route::System(System::Salesforce))
        .with(&BusinessUnit::Pr, &Lob::Prepaid, Route::System(System::Salesforce));
    DC_MARKETS.iter().fold(table, |table, unit| {
        let amdocs = || Route::System(System::Amdocs);
        table.with(unit, &Lob::Fixed, amdocs()).with(unit, &Lob::Postpaid, amdocs())
    })
}

/// Whether a unit has accounts in a system that the caller names itself, whatever the line of business.
///
/// Aria stands in no cell: it holds the balances of those postpaid accounts that Salesforce describes.
pub(crate) fn has_accounts_in(routing: &Routing<System>, unit: &BusinessUnit, system: System) -> bool {
    let in_cell = |lob| routing.route(unit, &lob).mentions(system);
    let billed_by_aria = system == System::Aria && routing.route(unit, &Lob::Postpaid).mentions(System::Salesforce);
    billed_by_aria || [Lob::Fixed, Lob::Postpaid, Lob::Prepaid].into_iter().any(in_cell)
}

/// Salesforce's accounts are mobile ones. Aria's balances are for callers that name Aria, so it stands in no cell.
pub(crate) fn has_view(system: System, lob: &Lob) -> bool {
    match system {
        System::Amdocs => true,
        System::Aria => false,
        System::Csg => *lob == Lob::Fixed,
        System::Salesforce => *lob != Lob::Fixed,
    }
}
