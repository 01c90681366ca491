use backends_liberate::translate::{self, Context, bot_accounts, bot_balance_enquiry, wfm_by_id};
use backends_liberate::wire::{Answer, Record};
use tmf666_model::BillingAccount;
use tmf666_model::codes::BusinessUnit;

use crate::held::{read, view};

/// Liberate's JSON, with its three views.
pub fn liberate(data: &[u8]) {
    let context = Context { unit: &BusinessUnit::Jm, unknown_code: &|_| () };
    each(data, |record| {
        let _ = translate::migrated_to(record);
        wfm_by_id::translate(record, context)
    });
    each(data, |record| bot_balance_enquiry::translate(record, context));
    each(data, |record| bot_accounts::translate(record, "https://esb.example.com", context));
}

fn each(data: &[u8], translate: impl Fn(&mut Record) -> Box<BillingAccount>) {
    view(data, || Some(read::<Answer>(data)?.0.iter_mut().map(|record| *translate(record)).collect()));
}
