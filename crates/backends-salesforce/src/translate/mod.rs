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
        let href = Text::from(format!("{}/{id}", org.href_base));
        let mut account = unnamed_account(Some(id), record.text(&names.bill_delivery)?.as_deref() == Some(org.ebill));
        account.href = Some(href);
        account.rating_type = owned(record.text(&names.payment_type)?);
        account.name = owned(record.text(&names.name)?);
        account.state = owned(record.text(&names.status)?);
        add_billing_contact(record, names, &mut account.contact)?;
        let mut draft = Self { account, plan_type, ..Self::default() };
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
                Collection::Contacts => add_contact(record, org, &mut self.account.contact)?,
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
        let plan = PaymentPlan::added_to(&mut self.account.payment_plan);
        plan.plan_type = self.plan_type.map(Text::from_static);
        plan.payment_method = id.map(|id| PaymentMethodRef { id: Some(Text::from(id)), ..PaymentMethodRef::default() });
        plan.extended_characteristic.reserve_exact(details.len());
        for (name, value) in details {
            if let Some(value) = value {
                Characteristic::add(&mut plan.extended_characteristic, name, Text::from(value));
            }
        }
        Ok(())
    }

    fn count(&mut self, table: &'static str, known: &[&str], code: impl Fn(&BillingAccount) -> Option<&str>) {
        if code(&self.account).is_some_and(|code| !known.contains(&code)) {
            self.unknown_codes.push(table);
        }
    }
}

/// An account of which nothing is known but its record, if there is one.
fn unnamed_account(id: Option<Text>, has_ebill: bool) -> Box<BillingAccount> {
    let media = if has_ebill { "eBill enabled" } else { "eBill disabled" };
    let mut account = Box::<BillingAccount>::default();
    account.bill_structure = Some(BillStructure {
        presentation_media: vec![BillPresentationMedia { name: Some(Text::from_static(media)), ..BillPresentationMedia::default() }],
        ..BillStructure::default()
    });
    account.related_party =
        vec![RelatedParty { id, at_type: Some(Text::from_static("SalesforceBillingAccountRef")), ..RelatedParty::default() }];
    account.at_type = Some(BILLING_ACCOUNT);
    account
}

/// Where the bills go, if anything is known of it.
fn add_billing_contact(record: &Record<'_>, names: &AccountNames, contacts: &mut Vec<Contact>) -> Result<(), Misfit> {
    let mut media = Vec::new();
    add_medium(&mut media, |place| {
        place.email_address = owned(record.text(&names.email)?);
        read_address(record, names, place)
    })?;
    if !media.is_empty() {
        let contact = Contact::added_to(contacts);
        contact.contact_type = Some(Text::from_static("BillingAddress"));
        contact.contact_medium = media;
    }
    Ok(())
}

/// The customer above the billing account; `id_field` is what the view shows as its id.
fn add_customer_contact(customer: &Record<'_>, id_field: &str, names: &AccountNames, contacts: &mut Vec<Contact>) -> Result<(), Misfit> {
    let contact = Contact::added_to(contacts);
    contact.contact_type = Some(Text::from_static("customerAccount"));
    add_medium(&mut contact.contact_medium, |place| read_address(customer, names, place))?;
    let party = contact.related_party.insert(RelatedParty::default());
    party.id = owned(customer.text(id_field)?);
    party.name = owned(customer.text(&names.name)?);
    party.at_type = Some(Text::from_static("CustomerAccountRef"));
    Ok(())
}

/// A person of the account.
fn add_contact(record: &Record<'_>, org: Org<'_>, contacts: &mut Vec<Contact>) -> Result<(), Misfit> {
    let names = &org.names.contact;
    let text = |field: &str| record.text(field).map(owned);
    let contact = Contact::added_to(contacts);
    contact.name = text(&names.name)?;
    contact.contact_type = text(&names.role)?;
    add_medium(&mut contact.contact_medium, |place| {
        place.city = text(&names.city)?;
        place.country = text(&names.country)?;
        place.post_code = text(&names.post_code)?;
        place.state_or_province = text(&names.state_or_province)?;
        place.street1 = text(&names.street)?;
        place.phone_number = text(&names.phone)?;
        place.email_address = text(&names.email)?;
        Ok(())
    })
}

fn read_address(record: &Record<'_>, names: &AccountNames, place: &mut MediumCharacteristic) -> Result<(), Misfit> {
    let text = |field: &str| record.text(field).map(owned);
    place.city = text(&names.city)?;
    place.country = text(&names.country)?;
    place.post_code = text(&names.post_code)?;
    place.state_or_province = text(&names.state_or_province)?;
    place.street1 = text(&names.street)?;
    Ok(())
}

/// Adds the medium that `read` fills, unless nothing is known of it. The documents mark every medium as the preferred one.
fn add_medium(media: &mut Vec<ContactMedium>, read: impl FnOnce(&mut MediumCharacteristic) -> Result<(), Misfit>) -> Result<(), Misfit> {
    media.reserve_exact(1);
    let medium = ContactMedium::added_to(media);
    medium.preferred = Some(true);
    let characteristic = medium.characteristic.insert(MediumCharacteristic::default());
    read(characteristic)?;
    if characteristic.is_empty() {
        media.pop();
    }
    Ok(())
}

fn owned(text: Option<Cow<'_, str>>) -> Option<Text> {
    text.map(Text::from)
}

fn yes_or_no(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}
