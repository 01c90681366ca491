//! Which billing system answers the bot, unless the configuration says otherwise.

use tmf666_model::codes::{BusinessUnit, CodeTable as _, Lob};
use ux_server::{Route, Routing};

use crate::System;

pub(crate) fn default_table() -> Routing<System> {
    // Puerto Rico's mobile lines live in Aria and Salesforce, of which the bot has no view.
    let table = Routing::empty()
        .with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg))
        .with(&BusinessUnit::Jm, &Lob::Fixed, cable_or_fibre())
        .with(&BusinessUnit::Jm, &Lob::Postpaid, Route::System(System::Liberate))
        .with(&BusinessUnit::Pa, &Lob::Fixed, Route::System(System::Liberate))
        .with(&BusinessUnit::Pa, &Lob::Postpaid, Route::System(System::Liberate));
    Lob::known().iter().fold(table, |table, lob| table.with(&BusinessUnit::Cl, lob, Route::System(System::Tmf666)))
}

/// Jamaica's account numbers tell the network: cable customers have 8 digits, fibre customers 12.
fn cable_or_fibre() -> Route<System> {
    Route::ByAccountNumber {
        lengths: vec![(8, System::Cerillion), (12, System::Liberate)],
        otherwise: vec![System::Cerillion, System::Liberate],
    }
}
