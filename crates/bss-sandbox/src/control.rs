//! The control interface: faults, changes, counts of calls, stopping and starting a system.

use std::sync::Arc;

use hyper::{Method, StatusCode};
use serde::Serialize;

use crate::BssName;
use crate::exchange::{Answer, Request};
use crate::faults::{Fault, FaultRule};
use crate::sandbox::{Desk, House};

pub(crate) async fn answer(house: &Arc<House>, request: &Request) -> Answer {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match (&request.method, segments.as_slice()) {
        (&Method::GET, ["systems"]) => systems(house),
        (&Method::POST, ["systems", name, action]) => switch(house, name, action).await,
        (&Method::GET, ["faults"]) => json(&house.faults.list()),
        (&Method::GET, ["faults", "examples"]) => fault_examples(),
        (&Method::POST, ["faults"]) => add_fault(house, &request.body),
        (&Method::DELETE, ["faults"]) => {
            house.faults.clear();
            done()
        }
        (&Method::GET, ["changes"]) => json(&house.ledger.changes()),
        (&Method::GET, ["calls"]) => json(&house.ledger.calls()),
        (&Method::GET, ["traces"]) => json(&house.ledger.traced_calls()),
        (&Method::DELETE, ["calls"]) => {
            house.ledger.forget_calls();
            done()
        }
        _ => refuse(StatusCode::NOT_FOUND, "no such control resource"),
    }
}

fn systems(house: &House) -> Answer {
    let urls: std::collections::BTreeMap<BssName, String> =
        BssName::ALL.iter().map(|&name| (name, house.url(Desk::System(name)))).collect();
    json(&urls)
}

fn fault_examples() -> Answer {
    let examples: std::collections::BTreeMap<BssName, Vec<Fault>> =
        BssName::ALL.iter().map(|&name| (name, Fault::examples(name))).collect();
    json(&examples)
}

async fn switch(house: &House, name: &str, action: &str) -> Answer {
    let Ok(name) = name.parse::<BssName>() else {
        return refuse(StatusCode::NOT_FOUND, "no such system");
    };
    match action {
        "stop" => {
            house.stop_system(name).await;
            done()
        }
        "start" => match house.start_system(name).await {
            Ok(()) => done(),
            Err(error) => refuse(StatusCode::CONFLICT, &error.to_string()),
        },
        _ => refuse(StatusCode::NOT_FOUND, "a system can stop and start"),
    }
}

fn add_fault(house: &House, body: &[u8]) -> Answer {
    match serde_json::from_slice::<FaultRule>(body) {
        Ok(rule) => {
            house.faults.add(rule);
            done()
        }
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn json(value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).expect("these values have text keys only");
    Answer::json("control", StatusCode::OK, body)
}

fn done() -> Answer {
    Answer::json("control", StatusCode::NO_CONTENT, "")
}

fn refuse(status: StatusCode, reason: &str) -> Answer {
    let body = serde_json::json!({ "error": reason }).to_string();
    Answer::json("control", status, body)
}
