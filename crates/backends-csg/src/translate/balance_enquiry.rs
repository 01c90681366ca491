//! bot-ux balanceEnquiry: one account by its number.

use tmf666_model::{AccountBalance, BillingAccount, Characteristic, PaymentPlan, Text, TimePeriod};

use super::FieldError;
use super::parts;
use crate::wire::Account;

/// The account with balances, address, phones and e-mail address.
///
/// # Errors
/// [`FieldError`] for the first element that does not fit its meaning.
pub fn translate(account: &Account<'_>) -> Result<BillingAccount, FieldError> {
    let mut media: Vec<_> = parts::postal_address(account).into_iter().collect();
    parts::phones(account, &mut media);
    parts::email(account, &mut media);
    Ok(BillingAccount {
        account_balance: balances(account)?,
        contact: vec![parts::owner(account, media)],
        payment_plan: vec![payment_plan(account)?],
        characteristic: characteristics(account),
        ..parts::whole_account(account)?
    })
}

fn balances(account: &Account<'_>) -> Result<Vec<AccountBalance>, FieldError> {
    let receivable = parts::balance("ReceivableBalance", account.cur_bal(), parts::bill_period(account)?)?;
    let delinquent = parts::balance("DelinquentBalance", account.delinquency_amt(), Some(shown_period(None)))?;
    let last_payment = parts::balance("LastPaymentAmount", account.ls_pay_amt(), Some(shown_period(account.ls_pay_dte().date_time()?)))?;
    Ok([receivable, delinquent, last_payment].into_iter().flatten().collect())
}

/// This view's example shows the ends that CSG has no date for as `""`.
fn shown_period(end: Option<Text>) -> TimePeriod {
    TimePeriod { start_date_time: Some(Text::default()), end_date_time: Some(end.unwrap_or_default()), ..TimePeriod::default() }
}

/// `totalAmount` is what was paid (TMF666), hence the last payment.
fn payment_plan(account: &Account<'_>) -> Result<PaymentPlan, FieldError> {
    let autopay = account.eft_flg().is_yes();
    Ok(PaymentPlan {
        payment_frequency: account.pay_freq().value(),
        total_amount: parts::money(account.ls_pay_amt())?,
        plan_type: Some(if autopay { parts::AUTOPAY_ON } else { parts::AUTOPAY_OFF }),
        ..PaymentPlan::default()
    })
}

fn characteristics(account: &Account<'_>) -> Vec<Characteristic> {
    let mut list = Vec::with_capacity(3);
    parts::characteristic(&mut list, "LocationId", account.loc_id().value());
    parts::characteristic(&mut list, "DunningGroup", account.dun_grp().value());
    parts::characteristic(&mut list, "DelinquencyDays", parts::delinquency_days(account));
    list
}
