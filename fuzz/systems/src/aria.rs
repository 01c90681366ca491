use backends_aria::translate::sfdc_by_id::{TaxFields, sum_of_credits};
use backends_aria::translate::{dxp_balance, sfdc_by_id};
use chrono::NaiveDate;

use crate::held::{read, view};
use crate::parts;

const TAX_FIELDS: TaxFields<'static> = TaxFields { certificate: "tax_exempt_certificate", reason: "tax_exempt_reason" };
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap year");

/// Aria's six answers (balance, details, billing groups, dunning groups, credits, statements), with both views.
pub fn aria(data: &[u8]) {
    let [balance, details, billing_groups, dunning_groups, credits, statements] = parts(data);
    view(data, || {
        let answers = sfdc_by_id::Answers {
            balance: read(balance)?,
            details: read(details)?,
            billing_groups: read(billing_groups)?,
            dunning_groups: read(dunning_groups)?,
            credits: sum_of_credits(&read(credits)?)?,
        };
        Some(vec![sfdc_by_id::billing_account(&answers, "123456-MA", TAX_FIELDS)])
    });
    view(data, || {
        let answers = dxp_balance::Answers { balance: read(balance)?, details: read(details)?, statements: read(statements)? };
        Some(vec![dxp_balance::billing_account(&answers, "123456-MA", "123456-MA", TODAY)])
    });
}
