//! Native records into TMF666 accounts: one file per view, pure functions without I/O. What both views show is here.

pub mod by_msisdn;
pub mod by_number;

use std::mem::take;

use tmf666_model::{
    AnyValue, BillPresentationMedia, BillStructure, BillingAccount, Characteristic, Contact, ContactMedium, MediumCharacteristic,
    PaymentMethodRef, PaymentPlan, RelatedParty, Resource as _, Text,
};

use crate::records::{AccountRecord, ContactRecord, CustomerRecord, LineRecord, PaymentMethodRecord};
use crate::select::Rows;
use crate::wire::Misfit;

/// What the org says about itself: values, and where its records are.
#[derive(Debug, Clone, Copy)]
pub struct Org<'o> {
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

/// A page of one of the lists.
pub enum Page {
    /// See [`Collection::Lines`].
    Lines(Rows<LineRecord>),
    /// See [`Collection::PaymentMethods`].
    PaymentMethods(Rows<PaymentMethodRecord>),
    /// See [`Collection::Contacts`].
    Contacts(Rows<ContactRecord>),
}

/// An account, and where the rest of its lists is.
///
/// Take from [`Draft::missing`] until it is empty, [`Draft::add`] each page, then [`Draft::finish`].
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

/// Moves the address that every record has in members of its own.
macro_rules! move_address {
    ($record:ident, $place:ident) => {
        $place.city = $record.city.take();
        $place.country = $record.country.take();
        $place.post_code = $record.post_code.take();
        $place.state_or_province = $record.state_or_province.take();
        $place.street1 = $record.street.take();
    };
}

const BILLING_ACCOUNT: Text = Text::from_static("BillingAccount");

impl Draft {
    /// Puts a page behind what is there.
    pub fn add(&mut self, page: Page) {
        let (collection, next) = match page {
            Page::Lines(rows) => {
                self.lines.extend(rows.records.into_iter().filter_map(|line| line.msisdn));
                (Collection::Lines, rows.next)
            }
            Page::PaymentMethods(rows) => {
                self.account.payment_plan.reserve(rows.records.len());
                rows.records.into_iter().for_each(|method| self.add_payment_method(method));
                (Collection::PaymentMethods, rows.next)
            }
            Page::Contacts(rows) => {
                self.account.contact.reserve(rows.records.len());
                rows.records.into_iter().for_each(|contact| add_contact(contact, &mut self.account.contact));
                (Collection::Contacts, rows.next)
            }
        };
        self.missing.extend(next.map(|path| (collection, path)));
    }

    /// The account with all its lists.
    pub fn finish(mut self) -> Box<BillingAccount> {
        if !self.lines.is_empty() {
            let numbers = AnyValue::json(&self.lines).expect("texts can be written as JSON");
            let mut lines = Characteristic::new("msisdn", numbers);
            lines.value_type = Some(Text::fixed("array"));
            self.account.extended_characteristics.push(lines);
        }
        self.account
    }

    /// What both views show of a billing account: everything but its id, the customer's, and what tells about automatic payment.
    fn of_account(record: &mut AccountRecord, plan_type: Option<&'static str>, org: Org<'_>) -> Result<Self, Misfit> {
        let id = record.id.take().ok_or_else(|| Misfit::at("Id"))?;
        let href = Text::from_iter([org.href_base, "/", &id]);
        let mut account = unnamed_account(Some(id), record.bill_delivery.as_deref() == Some(org.ebill));
        account.href = Some(href);
        account.rating_type = record.payment_type.take();
        account.name = record.name.take();
        account.state = record.status.take();
        add_billing_contact(record, &mut account.contact);
        let mut draft = Self { account, plan_type, ..Self::default() };
        draft.count("SalesforceAccountStatus", &["Active", "Suspend", "Suspended", "Disconnected"], |account| account.state.as_deref());
        draft.count("SalesforcePaymentType", &["Prepaid", "Postpaid"], |account| account.rating_type.as_deref());
        Ok(draft)
    }

    fn add_lists(&mut self, record: &mut AccountRecord) {
        self.add(Page::Contacts(take(&mut record.contacts)));
        self.add(Page::PaymentMethods(take(&mut record.payment_methods)));
        self.add(Page::Lines(take(&mut record.lines)));
    }

    fn add_payment_method(&mut self, record: PaymentMethodRecord) {
        if record.method_type.as_deref().is_some_and(|code| !matches!(code, "BrainTreeToken" | "Bank Account")) {
            self.unknown_codes.push("SalesforcePaymentMethodType");
        }
        // By number the method goes by its record, by MSISDN by what the payment provider calls it.
        let id = if self.plan_type.is_some() { record.id } else { record.external_payment_method_id.clone().or(record.id) };
        let details = [
            ("methodType", record.method_type),
            ("externalCustomerIdentifier", record.external_customer_id),
            ("token", record.token),
            ("externalPaymentMethodIdentifier", record.external_payment_method_id),
            ("isPrimary", record.is_primary.map(|flag| Text::fixed(yes_or_no(flag)))),
        ];
        let plan = PaymentPlan::added_to(&mut self.account.payment_plan);
        plan.plan_type = self.plan_type.map(Text::fixed);
        plan.payment_method = id.map(|id| PaymentMethodRef { id: Some(id), ..PaymentMethodRef::default() });
        plan.extended_characteristic.reserve_exact(details.len());
        for (name, value) in details {
            if let Some(value) = value {
                Characteristic::add(&mut plan.extended_characteristic, name, value);
            }
        }
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
        presentation_media: vec![BillPresentationMedia { name: Some(Text::fixed(media)), ..BillPresentationMedia::default() }],
        ..BillStructure::default()
    });
    account.related_party = vec![RelatedParty { id, at_type: Some(Text::fixed("SalesforceBillingAccountRef")), ..RelatedParty::default() }];
    account.at_type = Some(BILLING_ACCOUNT);
    account
}

/// Where the bills go, if anything is known of it.
fn add_billing_contact(record: &mut AccountRecord, contacts: &mut Vec<Contact>) {
    let mut media = Vec::new();
    add_medium(&mut media, |place| {
        place.email_address = record.email.take();
        move_address!(record, place);
    });
    if !media.is_empty() {
        let contact = Contact::added_to(contacts);
        contact.contact_type = Some(Text::fixed("BillingAddress"));
        contact.contact_medium = media;
    }
}

/// The customer above the billing account; `id` is what the view shows as its id.
fn add_customer_contact(customer: &mut CustomerRecord, id: Option<Text>, contacts: &mut Vec<Contact>) {
    let contact = Contact::added_to(contacts);
    contact.contact_type = Some(Text::fixed("customerAccount"));
    add_medium(&mut contact.contact_medium, |place| {
        move_address!(customer, place);
    });
    let party = contact.related_party.insert(RelatedParty::default());
    party.id = id;
    party.name = customer.name.take();
    party.at_type = Some(Text::fixed("CustomerAccountRef"));
}

/// A person of the account.
fn add_contact(mut record: ContactRecord, contacts: &mut Vec<Contact>) {
    let contact = Contact::added_to(contacts);
    contact.name = record.name;
    contact.contact_type = record.role;
    add_medium(&mut contact.contact_medium, |place| {
        move_address!(record, place);
        place.phone_number = record.phone;
        place.email_address = record.email;
    });
}

/// Adds the medium that `fill` fills, unless nothing is known of it. The documents mark every medium as the preferred one.
fn add_medium(media: &mut Vec<ContactMedium>, fill: impl FnOnce(&mut MediumCharacteristic)) {
    media.reserve_exact(1);
    let medium = ContactMedium::added_to(media);
    medium.preferred = Some(true);
    let characteristic = medium.characteristic.insert(MediumCharacteristic::default());
    fill(characteristic);
    if characteristic.is_empty() {
        media.pop();
    }
}

fn yes_or_no(flag: bool) -> &'static str {
    if flag { "Y" } else { "N" }
}
