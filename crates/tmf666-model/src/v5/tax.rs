//! Tax exemptions.

use super::context::{Context, type_names};
use super::object::{Object, object};
use crate::resource::resource;
use crate::{Amount, Resource, Text, TimePeriod};

object! {
    /// Proof of freedom from a tax (version 4: `AccountTaxExemption`).
    #[derive(Default)]
    pub struct TaxExemptionCertificate {
        /// Id of the exemption among those of the account.
        id: Option<Text> => "id",
        /// Number of the certificate.
        certificate_number: Option<Text> => "certificateNumber",
        /// Who exempts from the tax.
        issuing_jurisdiction: Option<Text> => "issuingJurisdiction",
        /// Reason of the exemption.
        reason: Option<Text> => "reason",
        /// Taxes that the certificate covers.
        tax_definition: Vec<TaxDefinition> => "taxDefinition",
        /// The certificate as a document, by value or (`AttachmentRef`) by reference.
        attachment: Option<Attachment> => "attachment",
        /// When the exemption holds.
        valid_for: Option<TimePeriod> => "validFor",
    }
}

resource! {
    /// A tax (version 4.1.0 has it too, version 4.0.0 not).
    pub struct TaxDefinition {
        /// Name of the type.
        at_type: Option<Text> => "@type",
        /// Id of the tax.
        id: Option<Text> => "id",
        /// Name of the tax.
        name: Option<Text> => "name",
        /// Type of the tax.
        tax_type: Option<Text> => "taxType",
        /// Who levies the tax.
        jurisdiction_name: Option<Text> => "jurisdictionName",
        /// Level of that jurisdiction.
        jurisdiction_level: Option<Text> => "jurisdictionLevel",
        /// When the tax holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
    }
}

resource! {
    /// A document (version 4.1.0 has it too, version 4.0.0 not).
    pub struct Attachment {
        /// Name of the type: `Attachment`, or `AttachmentRef`, which always has an `id`.
        at_type: Option<Text> => "@type",
        /// Id of the document.
        id: Option<Text> => "id",
        /// Where the document's description is, a URI.
        href: Option<Text> => "href",
        /// Name of the document.
        name: Option<Text> => "name",
        /// Description of the document.
        description: Option<Text> => "description",
        /// Kind of document.
        attachment_type: Option<Text> => "attachmentType",
        /// Its media type.
        mime_type: Option<Text> => "mimeType",
        /// Where the document is, a URI.
        url: Option<Text> => "url",
        /// The document itself, base64.
        content: Option<Text> => "content",
        /// Its size.
        size: Option<Quantity> => "size",
        /// When the document holds.
        valid_for: Option<TimePeriod> => "validFor",
        /// Name of the type it specialises.
        at_base_type: Option<Text> => "@baseType",
        /// Where the specialised type's schema is, a URI.
        at_schema_location: Option<Text> => "@schemaLocation",
        /// Type of what is referred to.
        at_referred_type: Option<Text> => "@referredType",
    }
}

resource! {
    /// A quantity.
    pub struct Quantity {
        /// How much.
        amount: Option<Amount> => "amount",
        /// Of what unit.
        units: Option<Text> => "units",
    }
}

pub(super) fn tax_exemption(mut exemption: crate::TaxExemption, cx: &mut Context) -> Option<TaxExemptionCertificate> {
    let own = ["AccountTaxExemption", "TaxExemption", "TaxExemptionCertificate"];
    let (at_base_type, at_schema_location) = cx.type_names(type_names!(exemption), &own);
    let definitions = cx.take(&mut exemption.extra, "taxDefinition").unwrap_or_default();
    let attached = cx.take(&mut exemption.extra, "attachment");
    Some(TaxExemptionCertificate {
        id: cx.take(&mut exemption.extra, "id"),
        certificate_number: exemption.certificate_number,
        issuing_jurisdiction: exemption.issuing_jurisdiction,
        reason: exemption.reason,
        tax_definition: cx.list("taxDefinition", definitions, tax_definition),
        attachment: cx.object("attachment", attached, attachment),
        valid_for: cx.period(exemption.valid_for),
        at_base_type,
        at_schema_location,
        extra: cx.further::<crate::TaxExemption>(exemption.extra, &[TaxExemptionCertificate::MEMBERS]),
    })
}

fn tax_definition(mut tax: TaxDefinition, cx: &mut Context) -> Option<TaxDefinition> {
    (tax.at_base_type, tax.at_schema_location) = cx.type_names(type_names!(tax), &[TaxDefinition::NAME]);
    tax.at_type = Some(Text::fixed(TaxDefinition::NAME));
    tax.valid_for = cx.period(tax.valid_for);
    tax.extra = cx.further::<TaxDefinition>(tax.extra, &[]);
    Some(tax)
}

fn attachment(mut document: Attachment, cx: &mut Context) -> Option<Attachment> {
    const REFERENCE: &str = "AttachmentRef";
    let by_reference = document.id.is_some() && document.at_type.as_deref() == Some(REFERENCE);
    (document.at_base_type, document.at_schema_location) = cx.type_names(type_names!(document), &[Attachment::NAME, REFERENCE]);
    document.at_type = Some(Text::fixed(if by_reference { REFERENCE } else { Attachment::NAME }));
    document.valid_for = cx.period(document.valid_for);
    document.size = cx.object("size", document.size, |size, cx| {
        Some(Quantity { amount: size.amount.map(Amount::unquoted), units: size.units, extra: cx.further::<Quantity>(size.extra, &[]) })
    });
    document.extra = cx.further::<Attachment>(document.extra, &[]);
    Some(document)
}
