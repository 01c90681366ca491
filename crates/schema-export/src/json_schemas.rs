//! JSON Schema 2020-12 of the model, the error body and the request bodies.

use schemars::JsonSchema;
use tmf666_model::BillingAccount;
use tmf666_model::codes::{
    BarringOffer, BusinessUnit, CerillionContactMethod, DelinquencyStatus, LiberateAccountStatus, LiberateContactMethod, Lob, MediumType,
    PaymentStatus, RefId,
};
use ux_server::openapi::json_schema;
use ux_server::{Channel, ErrorBody};

pub(crate) fn files() -> Vec<(String, String)> {
    let mut files = vec![
        file::<BillingAccount>(),
        file::<ErrorBody<'static>>(),
        file::<BarringOffer>(),
        file::<BusinessUnit>(),
        file::<CerillionContactMethod>(),
        file::<DelinquencyStatus>(),
        file::<LiberateAccountStatus>(),
        file::<LiberateContactMethod>(),
        file::<Lob>(),
        file::<MediumType>(),
        file::<PaymentStatus>(),
        file::<RefId>(),
    ];
    files.extend(request_bodies::<dxp_ux::DxpUx>());
    files
}

fn file<T: JsonSchema>() -> (String, String) {
    named(&T::schema_name(), &json_schema::<T>())
}

fn request_bodies<C: Channel>() -> Vec<(String, String)> {
    let operations = C::operations();
    let bodies = operations.iter().filter_map(|endpoint| Some((endpoint.spec().name, endpoint.body_schema()?)));
    bodies.map(|(name, schema)| named(&format!("{}.{name}.request", C::NAME), &schema)).collect()
}

fn named(name: &str, schema: &schemars::Schema) -> (String, String) {
    let text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    (format!("json/{name}.json"), text + "\n")
}
