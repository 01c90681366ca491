//! The billing address, the e-mail address that bills go to, or both.

use backends_salesforce::changes::{Address, ContactChange, Source};
use serde::Deserialize;
use tmf666_model::Text;
use ux_server::{ApiError, JsonBody, Object, OnlyOne};

use super::members::{Checked, EmailAddress, Limited, SourceSystem};
use super::parties::{Parties, Party};

/// The change, checked: an address, an e-mail address, or both.
pub(super) struct Contact {
    address: Option<WholeAddress>,
    email: Option<Text>,
    msisdn: Text,
    channel: SourceSystem,
}

/// Half an address would leave the other half of the old one behind, so it comes whole.
struct WholeAddress {
    street: Text,
    city: Text,
    state_or_province: Text,
    post_code: Text,
    country: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow)]
    related_party: Vec<Object<Party<'a>>>,
    contact: OnlyOne<Object<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    contact_medium: OnlyOne<Object<Medium>>,
}

#[derive(Deserialize)]
struct Medium {
    characteristic: Object<Characteristic>,
    /// The type of the account; it changes nothing.
    #[serde(rename = "@referredType")]
    _referred_type: Option<Checked<Limited<70>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Characteristic {
    email_address: Option<Checked<EmailAddress>>,
    street1: Option<Checked<Limited<70>>>,
    city: Option<Checked<Limited<70>>>,
    state_or_province: Option<Checked<Limited<70>>>,
    post_code: Option<Checked<Limited<30>>>,
    country: Option<Checked<Limited<70>>>,
}

const PLACE: &str = "$.contact[0].contactMedium[0].characteristic";

impl Contact {
    pub(super) fn read(body: &JsonBody<'_>) -> Result<Self, ApiError> {
        let body: Body<'_> = body.read()?;
        let OnlyOne(Object(Entry { contact_medium: OnlyOne(Object(medium)) })) = body.contact;
        let Object(mut characteristic) = medium.characteristic;
        let email = characteristic.email_address.take().map(|Checked(EmailAddress(email))| email);
        let address = characteristic.whole_address()?;
        if email.is_none() && address.is_none() {
            return Err(JsonBody::refuse(PLACE, "an emailAddress or a whole address"));
        }
        let parties = Parties::read(&body.related_party)?;
        Ok(Self { address, email, msisdn: parties.required_msisdn()?, channel: parties.required_channel()? })
    }

    pub(super) fn change(&self) -> ContactChange<'_> {
        ContactChange {
            address: self.address.as_ref().map(WholeAddress::borrowed).unwrap_or_default(),
            email: self.email.as_deref(),
            source: Source { system: self.channel.as_str(), msisdn: Some(&self.msisdn) },
        }
    }
}

impl Characteristic {
    fn has_address(&self) -> bool {
        self.street1.is_some()
            || self.city.is_some()
            || self.state_or_province.is_some()
            || self.post_code.is_some()
            || self.country.is_some()
    }

    fn whole_address(self) -> Result<Option<WholeAddress>, ApiError> {
        if !self.has_address() {
            return Ok(None);
        }
        Ok(Some(WholeAddress {
            street: required(self.street1, "street1")?,
            city: required(self.city, "city")?,
            state_or_province: required(self.state_or_province, "stateOrProvince")?,
            post_code: required(self.post_code, "postCode")?,
            country: required(self.country, "country")?,
        }))
    }
}

fn required<const MAX: usize>(part: Option<Checked<Limited<MAX>>>, name: &str) -> Result<Text, ApiError> {
    part.map(|Checked(Limited(text))| text).ok_or_else(|| JsonBody::missing(&format!("{PLACE}.{name}")))
}

impl WholeAddress {
    fn borrowed(&self) -> Address<'_> {
        Address {
            street: Some(&self.street),
            city: Some(&self.city),
            state_or_province: Some(&self.state_or_province),
            post_code: Some(&self.post_code),
            country: Some(&self.country),
        }
    }
}
