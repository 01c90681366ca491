//! Parts of an account that several views have.

use std::fmt::Write as _;

use tmf666_model::{
    AccountBalance, AccountRef, AccountRelationship, Amount, BillPresentationMedia, BillStructure, BillingAccount,
    BillingCycleSpecification, Characteristic, Contact, ContactMedium, FinancialAccountRef, MediumCharacteristic, Money, PaymentMethodRef,
    RelatedParty, Text, TimePeriod,
};

use super::element::FieldError;
use super::status;
use crate::wire::{Account, Element};

type Result<T, E = FieldError> = std::result::Result<T, E>;

/// CSG serves Puerto Rico and does not name the currency.
const CURRENCY: Text = Text::from_static("USD");

const BILLING_ACCOUNT: Text = Text::from_static("BillingAccount");

/// What the addresses in `href` begin with.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// The deployment's public address, without a slash at its end.
    pub base: &'a str,
    /// The business unit, `PR`.
    pub unit: &'a str,
}

impl Links<'_> {
    pub(super) fn account(&self, id: &str) -> Text {
        self.link(&["billingAccount/individual/", id])
    }

    pub(super) fn individual(&self, id: &str) -> Text {
        self.link(&["individual/", id])
    }

    fn link(&self, rest: &[&str]) -> Text {
        const ROOT: &str = "/tmf-api/account-management-ux/v4/";
        let mut link = String::with_capacity(self.base.len() + ROOT.len() + 64);
        for part in [self.base, ROOT, self.unit, "/"].iter().chain(rest) {
            link.push_str(part);
        }
        Text::from(link)
    }
}

pub(super) fn money(element: Element<'_>) -> Result<Option<Money>> {
    Ok(element.amount()?.map(|amount| Money::new(CURRENCY, amount)))
}

pub(super) fn billing_account() -> Option<Text> {
    Some(BILLING_ACCOUNT)
}

/// A balance that has an amount.
pub(super) fn balance(kind: &'static str, amount: Element<'_>, valid_for: Option<TimePeriod>) -> Result<Option<AccountBalance>> {
    Ok(money(amount)?.map(|amount| AccountBalance {
        balance_type: Some(Text::fixed(kind)),
        amount: Some(amount),
        valid_for,
        ..AccountBalance::default()
    }))
}

pub(super) fn period(start: Option<Text>, end: Option<Text>) -> Option<TimePeriod> {
    if start.is_none() && end.is_none() {
        return None;
    }
    Some(TimePeriod { start_date_time: start, end_date_time: end, ..TimePeriod::default() })
}

pub(super) fn bill_period(account: &Account<'_>) -> Result<Option<TimePeriod>> {
    Ok(period(account.bill_from_dte().date_time()?, account.bill_thru_dte().date_time()?))
}

/// What bot-ux balanceEnquiry and dxp-ux by id have in common: all but balances, payment plan and characteristics.
pub(super) fn whole_account(account: &Account<'_>) -> Result<BillingAccount> {
    let name = account.res_name().value();
    Ok(BillingAccount {
        id: Some(account.sub_acct_no().required()?),
        account_type: account.cust_typ().value(),
        description: name.clone(),
        last_modified: account.last_chg_dte().date_time()?,
        payment_status: Some(status::delinquency_or_empty(account)),
        state: Some(status::words(account)),
        account_relationship: vec![itself(account)?],
        bill_structure: Some(bill_structure(account)?),
        credit_limit: money(account.credit_limit())?,
        default_payment_method: Some(default_payment_method(account)),
        financial_account: financial_account(account)?,
        related_party: vec![RelatedParty {
            id: account.cust_acct_no().value(),
            name: name.clone(),
            role: Some(Text::fixed("Customer")),
            at_referred_type: Some(Text::fixed("Customer")),
            ..RelatedParty::default()
        }],
        name,
        at_type: billing_account(),
        ..BillingAccount::default()
    })
}

/// The account contains itself, for its first bill period.
fn itself(account: &Account<'_>) -> Result<AccountRelationship> {
    Ok(AccountRelationship {
        relationship_type: Some(Text::fixed("contains")),
        account: Some(AccountRef {
            id: account.sub_acct_no().value(),
            description: joined(account.cust_typ(), account.res_name()),
            name: account.res_name().value(),
            at_type: billing_account(),
            ..AccountRef::default()
        }),
        valid_for: period(account.first_bill_from_dte().date_time()?, account.first_bill_thru_dte().date_time()?),
        ..AccountRelationship::default()
    })
}

/// dxp-ux documents two frequencies; CSG's payment frequency is what tells them apart.
fn bill_structure(account: &Account<'_>) -> Result<BillStructure> {
    let (name, frequency) =
        if account.pay_freq().text == "02" { ("bi-monthly billing", "bi-monthly billing") } else { ("monthly Billing", "monthly") };
    Ok(BillStructure {
        cycle_specification: Some(BillingCycleSpecification {
            name: Some(Text::fixed(name)),
            date_shift: account.cyc_cde().small_number()?,
            frequency: Some(Text::fixed(frequency)),
            ..BillingCycleSpecification::default()
        }),
        presentation_media: account
            .bill_media()
            .value()
            .map(|name| BillPresentationMedia { name: Some(name), ..BillPresentationMedia::default() })
            .into_iter()
            .collect(),
        ..BillStructure::default()
    })
}

/// The names are those that dxp-ux documents; `""` is how the examples show that there is no method.
fn default_payment_method(account: &Account<'_>) -> PaymentMethodRef {
    let kind = account.eft_type();
    let name = match kind.text {
        "" => " ",
        "C" => "Credit Card",
        "E" => "EFT",
        _ => "Non Default Payment Method",
    };
    PaymentMethodRef { id: Some(Text::from(kind.text)), name: Some(Text::fixed(name)), ..PaymentMethodRef::default() }
}

/// Account 2063 of the ledger. The value of its balance is the cycle's day, not money: so it has always been shown.
fn financial_account(account: &Account<'_>) -> Result<Option<FinancialAccountRef>> {
    let balance = balance("ReceivableBalance", account.cyc_cde(), bill_period(account)?)?;
    Ok(balance.map(|balance| FinancialAccountRef {
        id: Some(Text::fixed("2063")),
        account_balance: Some(balance),
        at_referred_type: Some(Text::fixed("financialAccount")),
        ..FinancialAccountRef::default()
    }))
}

/// The holder of the account, reached through `media`.
pub(super) fn owner(account: &Account<'_>, media: Vec<ContactMedium>) -> Contact {
    Contact {
        contact_name: account.res_name().value(),
        contact_type: Some(Text::fixed("Primary")),
        party_role_type: Some(Text::fixed("Owner")),
        contact_medium: media,
        related_party: Some(RelatedParty {
            id: account.ssn_last4().value(),
            name: account.res_name().value(),
            role: Some(Text::fixed("Owner")),
            at_type: Some(Text::fixed("relatedParty")),
            ..RelatedParty::default()
        }),
        ..Contact::default()
    }
}

/// The service address on one street line, with the post code as CSG has it, where there is an address.
pub(super) fn postal_address(account: &Account<'_>) -> Option<ContactMedium> {
    let address = Address::of_service(account)?;
    let mut medium = medium(
        "PostalAddress",
        MediumCharacteristic {
            city: address.city.value(),
            country: Some(Text::fixed("USA")),
            post_code: post_code(address.post_code),
            street1: joined(address.street, address.unit),
            ..MediumCharacteristic::default()
        },
    );
    medium.preferred = Some(true);
    Some(medium)
}

/// Home and business phone, each where there is one.
pub(super) fn phones(account: &Account<'_>, media: &mut Vec<ContactMedium>) {
    for (kind, number) in [("Home", account.home_phone()), ("Business", account.bus_phone())] {
        if let Some(number) = number.value() {
            media.push(medium(
                "Phone",
                MediumCharacteristic {
                    contact_type: Some(Text::fixed(kind)),
                    phone_number: Some(number),
                    ..MediumCharacteristic::default()
                },
            ));
        }
    }
}

/// The e-mail address, where there is one.
pub(super) fn email(account: &Account<'_>, media: &mut Vec<ContactMedium>) {
    if let Some(address) = account.email().value() {
        media.push(medium("Email", MediumCharacteristic { email_address: Some(address), ..MediumCharacteristic::default() }));
    }
}

pub(super) fn medium(kind: &'static str, characteristic: MediumCharacteristic) -> ContactMedium {
    ContactMedium { medium_type: Some(Text::fixed(kind)), characteristic: Some(characteristic), ..ContactMedium::default() }
}

/// A postal address of CSG, whichever of the two it is.
#[derive(Clone, Copy)]
pub(super) struct Address<'a> {
    pub(super) street: Element<'a>,
    pub(super) unit: Element<'a>,
    pub(super) city: Element<'a>,
    pub(super) state: Element<'a>,
    pub(super) post_code: Element<'a>,
}

impl<'a> Address<'a> {
    /// Where the connection is.
    pub(super) fn of_service(account: &'a Account<'_>) -> Option<Self> {
        Self {
            street: account.addr1_hse(),
            unit: account.res_addr_2_hse(),
            city: account.res_city_hse(),
            state: account.state_hse(),
            post_code: account.postal_code(),
        }
        .if_given()
    }

    /// Where the customer wants bills to go, if elsewhere.
    pub(super) fn of_billing(account: &'a Account<'_>) -> Option<Self> {
        Self {
            street: account.bil_addr1(),
            unit: account.bil_addr2(),
            city: account.bil_city(),
            state: account.bil_state(),
            post_code: account.bil_postal_code(),
        }
        .if_given()
    }

    /// Where bills go: without a billing address, to the service address.
    pub(super) fn for_bills(account: &'a Account<'_>) -> Option<Self> {
        Self::of_billing(account).or_else(|| Self::of_service(account))
    }

    /// A state alone is no address.
    fn if_given(self) -> Option<Self> {
        let parts = [self.street, self.unit, self.city, self.post_code];
        parts.iter().any(|part| !part.text.is_empty()).then_some(self)
    }
}

/// The post code's digits: ZIP+4 is shown without its dash.
pub(super) fn post_code(element: Element<'_>) -> Option<Text> {
    match element.text.split_once('-') {
        Some((five, four)) => {
            let mut code = Text::from(five);
            // Writing into a `Text` cannot fail.
            let _ = code.write_str(four);
            Some(code)
        }
        None => element.value(),
    }
}

/// Two texts with a space between, or the one that there is.
pub(super) fn joined(first: Element<'_>, second: Element<'_>) -> Option<Text> {
    if first.text.is_empty() || second.text.is_empty() {
        return first.value().or_else(|| second.value());
    }
    let mut text = String::with_capacity(first.text.len() + 1 + second.text.len());
    text.push_str(first.text);
    text.push(' ');
    text.push_str(second.text);
    Some(Text::from(text))
}

/// Adds a characteristic whose value is text, where there is a value.
pub(super) fn characteristic(list: &mut Vec<Characteristic>, name: &'static str, value: Option<Text>) {
    if let Some(value) = value {
        list.push(Characteristic::new(name, value));
    }
}

/// Days of delinquency; an account that is not delinquent has none or zero, and neither is shown.
pub(super) fn delinquency_days(account: &Account<'_>) -> Option<Text> {
    account.delinquency_days().value().filter(|days| days.bytes().any(|b| b != b'0'))
}

/// Date and day of the automatic payments, only while they are on.
pub(super) fn autopay(account: &Account<'_>, list: &mut Vec<Characteristic>) -> Result<()> {
    if account.eft_flg().is_yes() {
        characteristic(list, "autoPayDate", account.autopay_dte().date_time()?);
        characteristic(list, "DebitDay", account.debit_day().value());
    }
    Ok(())
}

pub(super) const AUTOPAY_ON: Text = Text::from_static("Auto Pay Enable");
pub(super) const AUTOPAY_OFF: Text = Text::from_static("Auto Pay Disable");

/// Whether an amount is there and not zero.
pub(super) fn is_nonzero(amount: Option<&Amount>) -> bool {
    amount.is_some_and(|amount| {
        amount.as_str().split(['e', 'E']).next().is_some_and(|digits| digits.bytes().any(|b| matches!(b, b'1'..=b'9')))
    })
}
