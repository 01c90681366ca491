use backends_cerillion::translate::{Context, bot_accounts, bot_balance_enquiry, wfm_by_id};
use backends_cerillion::wire::{Account, Accounts, Balances, TokenAnswer};
use tmf666_model::codes::BusinessUnit;

use crate::held::{held, read, view};
use crate::parts;

/// Cerillion's two answers (account or list of accounts, balances), with the three views; and its token answer.
pub fn cerillion(data: &[u8]) {
    let [account, balances] = parts(data);
    let context = Context { unit: &BusinessUnit::Jm, public_base_url: "https://esb.example.com", unknown_code: &|_| () };
    let both = || Some((read::<Account>(account)?, read::<Balances>(balances)?));
    view(data, || both().map(|(account, balances)| vec![wfm_by_id::translate(account, balances, context)]));
    view(data, || both().map(|(account, balances)| vec![bot_balance_enquiry::translate(account, balances, context)]));
    view(data, || Some(read::<Accounts>(account)?.0.into_iter().map(|account| bot_accounts::translate(account, context)).collect()));
    held(data, || drop(read::<TokenAnswer>(data)));
}
