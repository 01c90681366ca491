//! dxp-ux list by tax identifier: the accounts of a person, for a check of their debts.

use tmf666_model::{
    AccountBalance, BillingAccount, Characteristic, Contact, ContactMedium, MediumCharacteristic, PaymentPlan, RelatedParty, Text,
};

use super::FieldError;
use super::parts::{self, Address};
use super::status;
use crate::wire::Account;

/// One entry of the list; without balances where the caller does not want them.
///
/// # Errors
/// [`FieldError`] for the first element that does not fit its meaning.
pub fn translate(account: &Account<'_>, with_balance: bool) -> Result<BillingAccount, FieldError> {
    let autopay = account.eft_flg().is_yes();
    Ok(BillingAccount {
        id: Some(account.sub_acct_no().required()?),
        name: account.res_name().value(),
        at_type: parts::billing_account(),
        account_type: account.cust_typ().value(),
        state: Some(status::delinquency(account)),
        payment_status: Some(status::delinquency(account)),
        payment_plan: vec![PaymentPlan {
            plan_type: Some(if autopay { parts::AUTOPAY_ON } else { parts::AUTOPAY_OFF }),
            ..PaymentPlan::default()
        }],
        account_balance: if with_balance { balances(account)? } else { Vec::new() },
        credit_limit: parts::money(account.credit_limit())?,
        contact: vec![Contact {
            contact_name: account.res_name().value(),
            contact_medium: address_and_phones(account),
            ..Contact::default()
        }],
        related_party: vec![RelatedParty {
            id: account.cust_acct_no().value(),
            name: account.res_name().value(),
            role: Some(Text::fixed("Customer")),
            at_referred_type: Some(Text::fixed("Individual")),
            ..RelatedParty::default()
        }],
        characteristic: characteristics(account)?,
        ..BillingAccount::default()
    })
}

/// This view shows the period as dates, without a time.
fn balances(account: &Account<'_>) -> Result<Vec<AccountBalance>, FieldError> {
    let period = parts::period(account.bill_from_dte().date()?, account.bill_thru_dte().date()?);
    let balance = parts::balance("AccountBalance", account.cur_bal(), period)?;
    let delinquent = parts::balance("DelinquentBalance", account.delinquency_amt(), None)?;
    Ok([balance, delinquent].into_iter().flatten().collect())
}

fn address_and_phones(account: &Account<'_>) -> Vec<ContactMedium> {
    let mut media: Vec<_> = Address::for_bills(account).map(billing_address).into_iter().collect();
    parts::phones(account, &mut media);
    media
}

fn billing_address(address: Address<'_>) -> ContactMedium {
    let mut medium = parts::medium(
        "Address",
        MediumCharacteristic {
            contact_type: Some(Text::fixed("BillingAddress")),
            state_or_province: address.state.value(),
            city: address.city.value(),
            street1: address.street.value(),
            street2: address.unit.value(),
            post_code: parts::post_code(address.post_code),
            ..MediumCharacteristic::default()
        },
    );
    medium.preferred = Some(true);
    medium
}

fn characteristics(account: &Account<'_>) -> Result<Vec<Characteristic>, FieldError> {
    let mut list = Vec::with_capacity(4);
    parts::autopay(account, &mut list)?;
    parts::characteristic(&mut list, "CreditScore", account.credit_score().value());
    parts::characteristic(&mut list, "LocationId", account.loc_id().value());
    Ok(list)
}
