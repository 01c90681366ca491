//! dxp-ux by id: one account by its number, with its automatic payments.

use tmf666_model::{AccountBalance, BillingAccount, Characteristic, ContactMedium, MediumCharacteristic, PaymentPlan, Resource as _};

use super::FieldError;
use super::parts;
use crate::wire::Account;

/// The account with balances, addresses, phones, e-mail address and automatic payments.
///
/// # Errors
/// [`FieldError`] for the first element that does not fit its meaning.
pub fn translate(account: &Account<'_>) -> Result<BillingAccount, FieldError> {
    let mut media: Vec<_> = postal_address(account).into_iter().collect();
    parts::phones(account, &mut media);
    parts::email(account, &mut media);
    Ok(BillingAccount {
        account_balance: balances(account)?,
        contact: vec![parts::owner(account, media)],
        payment_plan: payment_plan(account).into_iter().collect(),
        characteristic: characteristics(account)?,
        ..parts::whole_account(account)?
    })
}

/// Nothing where CSG says neither how often nor that it is paid automatically.
fn payment_plan(account: &Account<'_>) -> Option<PaymentPlan> {
    PaymentPlan {
        payment_frequency: account.pay_freq().value(),
        // The example without automatic payments has no plan type, unlike the other views.
        plan_type: account.eft_flg().is_yes().then_some(parts::AUTOPAY_ON),
        ..PaymentPlan::default()
    }
    .unless_empty()
}

/// Only a balance that is overdue is shown as delinquent: the examples, of accounts in good standing, have none.
fn balances(account: &Account<'_>) -> Result<Vec<AccountBalance>, FieldError> {
    let receivable = parts::balance("ReceivableBalance", account.cur_bal(), parts::bill_period(account)?)?;
    let overdue = account.delinquency_amt();
    let delinquent = if parts::is_nonzero(overdue.amount()?.as_ref()) { parts::balance("DelinquentBalance", overdue, None)? } else { None };
    let last_payment = parts::balance("LastPaymentAmount", account.ls_pay_amt(), parts::period(None, account.ls_pay_dte().date_time()?))?;
    Ok([receivable, delinquent, last_payment].into_iter().flatten().collect())
}

/// Where the service address has the short post code, the same address is shown a second time with the nine digits that
/// the billing address has for it.
fn postal_address(account: &Account<'_>) -> Option<ContactMedium> {
    let mut medium = parts::postal_address(account)?;
    let short = account.postal_code().text;
    let long = parts::post_code(account.bil_postal_code()).filter(|long| short.len() == 5 && long.len() == 9 && long.starts_with(short));
    if let Some(long) = long {
        let with_long = medium.characteristic.clone().map(|shown| MediumCharacteristic { post_code: Some(long), ..shown });
        medium.ulm_characteristic = with_long.map(Box::new);
    }
    Some(medium)
}

fn characteristics(account: &Account<'_>) -> Result<Vec<Characteristic>, FieldError> {
    let mut list = Vec::with_capacity(6);
    parts::characteristic(&mut list, "DunningGroup", account.dun_grp().value());
    parts::characteristic(&mut list, "DelinquencyDays", parts::delinquency_days(account));
    parts::autopay(account, &mut list)?;
    parts::characteristic(&mut list, "CreditScore", account.credit_score().value());
    parts::characteristic(&mut list, "LocationId", account.loc_id().value());
    Ok(list)
}
