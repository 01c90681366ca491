//! Native records into TMF666 accounts: one file per view, pure functions without I/O. What both views show is here.

pub mod by_msisdn;
pub mod by_number;

use std::borrow::Cow;

use tmf666_model::{
    AnyValue, BillPresentationMedia, BillStructure, BillingAccount, Characteristic, Contact, ContactMedium, MediumCharacteristic,
    PaymentMethodRef, PaymentPlan, RelatedParty, Resource as _, Text,
};

use crate::names::{AccountNames, Names};
use crate::wire::{Misfit, Record, Rows};

/// What the org says about itself: names, values, and where its records are.
#[derive(Debug, Clone, Copy)]
pub struct Org<'o> {
    /// The org's names.
    pub names: &'o Names,
    /// The bill delivery method that means an electronic bill.
    pub ebill: &'o str,
    /// What an account's `href` begins with, without a slash at its end.
    pub href_base: &'o str,
}

/// A list that Salesforce did not send completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// The lines of the account.
    Lines,
    /// Its payment methods.
    PaymentMethods,
    /// Its contacts.
    Contacts,
}

/// An account, and where the rest of its lists is.
///
/// Take from [`Draft::missing`] until it is empty, read each page with [`Draft::page`], [`Draft::append`] it, then
/// [`Draft::finish`].
#[derive(Debug, Default)]
pub struct Draft {
    /// On the heap, because a draft changes hands a dozen times.
    account: Box<BillingAccount>,
    lines: Vec<Text>,
    /// How the payment plans look: where this is set they show the plan type, and are named after their record.
    plan_type: Option<&'static str>,
    /// The lists that go on elsewhere, with the path of their next page.
    pub missing: Vec<(Collection, String)>,
    /// Names of the tables that a code was not in.
    pub unknown_codes: Vec<&'static str>,
}

const BILLING_ACCOUNT: Text = Text::from_static("BillingAccount");

impl Draft {
    /// A further page of one of this account's lists.
    ///
    /// # Errors
    /// The first member that does not fit.
    pub fn page(&self, collection: Collection, page: &Record<'_>, org: Org<'_>) -> Result<Self, Misfit> {
        let mut draft = Self { plan_type: self.plan_type, ..Self::default() };
        draft.rows(collection, &Rows::of(page)?, org)?;
        Ok(draft)
    }

    /// Puts a further page behind what is there.
    pub fn append(&mut self, page: Self) {
        self.account.contact.extend(page.account.contact);
        self.account.payment_plan.extend(page.account.payment_plan);
        self.lines.extend(page.lines);
        self.missing.extend(page.missing);
        self.unknown_codes.extend(page.unknown_codes);
    }

    /// The account with all its lists.
    pub fn finish(mut self) -> Box<BillingAccount> {
        if !self.lines.is_empty() {
            let numbers = AnyValue::json(&self.lines).expect("texts can be written as JSON");
            let mut lines = Characteristic::new("msisdn", numbers);
            lines.value_type = Some(Text::from_static("array"));
            self.account.extended_characteristics.push(lines);
        }
        self.account
    }

    /// What both views show of a billing account: everything but its id, the customer's, and what tells about automatic payment.
    fn of_account(record: &Record<'_>, plan_type: Option<&'static str>, org: Org<'_>) -> Result<Self, Misfit> {
        let names = &org.names.account;
        let id = owned(record.text("Id")?).ok_or_else(|| Misfit::at("Id"))?;
        let account = BillingAccount {
            href: Some(Text::from(format!("{}/{id}", org.href_base))),
            rating_type: owned(record.text(&names.payment_type)?),
            name: owned(record.text(&names.name)?),
            state: owned(record.text(&names.status)?),
            contact: billing_contact(record, names)?.into_iter().collect(),
            ..unnamed_account(Some(id), record.text(&names.bill_delivery)?.as_deref() == Some(org.ebill))
        };
        let mut draft = Self { account: Box::new(account), plan_type, ..Self::default() };
        draft.count("SalesforceAccountStatus", &["Active", "Suspend", "Suspended", "Disconnected"], |account| account.state.as_deref());
        draft.count("SalesforcePaymentType", &["Prepaid", "Postpaid"], |account| account.rating_type.as_deref());
        Ok(draft)
    }

    fn lists(&mut self, record: &Record<'_>, org: Org<'_>) -> Result<(), Misfit> {
        let names = &org.names.account;
        for (collection, relation) in [
            (Collection::Contacts, &names.contacts),
            (Collection::PaymentMethods, &names.payment_methods),
            (Collection::Lines, &names.children),
        ] {
            self.rows(collection, &record.rows(relation)?, org).map_err(|misfit| misfit.within(relation))?;
        }
        Ok(())
    }

    fn rows(&mut self, collection: Collection, rows: &Rows<'_, '_>, org: Org<'_>) -> Result<(), Misfit> {
        match collection {
            Collection::Lines => self.lines.reserve(rows.len()),
            Collection::PaymentMethods => self.account.payment_plan.reserve(rows.len()),
            Collection::Contacts => self.account.contact.reserve(rows.len()),
        }
        rows.each(|record| {
            match collection {
                Collection::Lines => self.lines.extend(owned(record.text(&org.names.account.msisdn)?)),
                Collection::PaymentMethods => self.add_payment_method(record, org)?,
                Collection::Contacts => self.account.contact.push(contact(record, org)?),
            }
            Ok(())
        })?;
        self.missing.extend(rows.next().map(|path| (collection, path.to_owned())));
        Ok(())
    }

    fn add_payment_method(&mut self, record: &Record<'_>, org: Org<'_>) -> Result<(), Misfit> {
        let names = &org.names.payment_method;
        let method_type = record.text(&names.method_type)?;
        if method_type.as_deref().is_some_and(|code| !matches!(code, "BrainTreeToken" | "Bank Account")) {
            self.unknown_codes.push("SalesforcePaymentMethodType");
        }
        let external_id = record.text(&names.external_payment_method_id)?;
        let own_id = record.text("Id")?;
        // By number the method goes by its record, by MSISDN by what the payment provider calls it.
        let id = if self.plan_type.is_some() { own_id } else { external_id.clone().or(own_id) };
        let details = [
            ("methodType", method_type),
            ("externalCustomerIdentifier", record.text(&names.external_customer_id)?),
            ("token", record.text(&names.token)?),
            ("externalPaymentMethodIdentifier", external_id),
            ("isPrimary", record.flag(&names.is_primary)?.map(|flag| Cow::Borrowed(yes_or_no(flag)))),
        ];
        self.account.payment_plan.push(PaymentPlan {
            plan_type: self.plan_type.map(Text::from_static),
            payment_method: id.map(|id| PaymentMethodRef { id: Some(Text::from(id)), ..PaymentMethodRef::default() }),
            extended_characteristic: details
                .into_iter()
                .filter_map(|(name, value)| value.map(|value| Characteristic::new(name, Text::from(value))))
                .collect(),
            ..PaymentPlan::default()
        });
        Ok(())
    }

    fn count(&mut self, table: &'static str, known: &[&str], code: impl Fn(&BillingAccount) -> Option<&str>) {
        if code(&self.account).is_some_and(|code| !known.contains(&code)) {
            self.unknown_codes.push(table);
        }
    }
}

/// An account of which nothing is known but its record, if there is one.
fn unnamed_account(id: Option<Text>, has_ebill: bool) -> BillingAccount {
    let media = if has_ebill { "eBill enabled" } else { "eBill disabled" };
    BillingAccount {
        bill_structure: Some(BillStructure {
            presentation_media: vec![BillPresentationMedia { name: Some(Text::from_static(media)), ..BillPresentationMedia::default() }],
            ..BillStructure::default()
        }),
        related_party: vec![RelatedParty {
            id,
            at_type: Some(Text::from_static("SalesforceBillingAccountRef")),
            ..RelatedParty::default()
        }],
        at_type: Some(BILLING_ACCOUNT),
        ..BillingAccount::default()
    }
}

/// Where the bills go, if anything is known of it.
fn billing_contact(record: &Record<'_>, names: &AccountNames) -> Result<Option<Contact>, Misfit> {
    let place = MediumCharacteristic { email_address: owned(record.text(&names.email)?), ..address(record, names)? };
    Ok(medium(place).map(|medium| Contact {
        contact_type: Some(Text::from_static("BillingAddress")),
        contact_medium: vec![medium],
        ..Contact::default()
    }))
}

/// The customer above the billing account; `id_field` is what the view shows as its id.
fn customer_contact(customer: &Record<'_>, id_field: &str, names: &AccountNames) -> Result<Contact, Misfit> {
    Ok(Contact {
        contact_type: Some(Text::from_static("customerAccount")),
        contact_medium: medium(address(customer, names)?).into_iter().collect(),
        related_party: Some(RelatedParty {
            id: owned(customer.text(id_field)?),
            name: owned(customer.text(&names.name)?),
            at_type: Some(Text::from_static("CustomerAccountRef")),
            ..RelatedParty::default()
        }),
        ..Contact::default()
    })
}

/// A person of the account.
fn contact(record: &Record<'_>, org: Org<'_>) -> Result<Contact, Misfit> {
    let names = &org.names.contact;
    let text = |field: &str| record.text(field).map(owned);
    let place = MediumCharacteristic {
        city: text(&names.city)?,
        country: text(&names.country)?,
        post_code: text(&names.post_code)?,
        state_or_province: text(&names.state_or_province)?,
        street1: text(&names.street)?,
        phone_number: text(&names.phone)?,
        email_address: text(&names.email)?,
        ..MediumCharacteristic::default()
    };
    Ok(Contact {
        name: text(&names.name)?,
        contact_type: text(&names.role)?,
        contact_medium: medium(place).into_iter().collect(),
        ..Contact::default()
    })
}

fn address(record: &Record<'_>, names: &AccountNames) -> Result<MediumCharacteristic, Misfit> {
    let text = |field: &str| record.text(field).map(owned);
    Ok(MediumCharacteristic {
        city: text(&names.city)?,
        country: text(&names.country)?,
        post_code: text(&names.post_code)?,
        state_or_province: text(&names.state_or_province)?,
        street1: text(&names.street)?,
        ..MediumCharacteristic::default()
    })
}

/// The documents mark every medium as the preferred one.
fn medium(characteristic: MediumCharacteristic) -> Option<ContactMedium> {
    let characteristic = characteristic.unless_empty()?;
    Some(ContactMedium { preferred: Some(true), characteristic: Some(characteristic), ..ContactMedium::default() })
}

fn owned(text: Option<Cow<'_, str>>) -> Option<Text> {
    text.map(Text::from)
}

fn yes_or_no(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}
