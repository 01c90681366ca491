//! A channel whose only operation does what its `id` says.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backends_http::{BackendError, CallContext, ConfigProblem, Origin, Outage, Stage};
use bss_sandbox::Sandbox;
use tmf666_model::Text;
use tmf666_model::codes::{BusinessUnit, Lob, RefId};
use tokio::sync::Notify;
use ux_server::{
    ACCOUNT_UNKNOWN, ApiError, BUSINESS_ID, Channel, Endpoint, Json, LOB, Operation, OperationSpec, Param, Place, Request, Route, Routing,
    Running, Setup, SystemId, Verb,
};

pub(crate) struct Fake {
    routing: Routing<System>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Csg,
    Liberate,
}

impl SystemId for System {
    const ALL: &'static [Self] = &[Self::Csg, Self::Liberate];

    fn name(self) -> &'static str {
        match self {
            Self::Csg => "csg",
            Self::Liberate => "liberate",
        }
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Systems {
    csg: Option<toml::Table>,
    liberate: Option<toml::Table>,
}

impl Channel for Fake {
    const NAME: &'static str = "fake-ux";
    const TITLE: &'static str = "A channel for tests";
    const BASE_PATH: &'static str = "/fake-ux/v1";
    const SANDBOX_PORT: u16 = 0;

    type System = System;
    type Systems = Systems;

    fn operations() -> Vec<Endpoint<Self>> {
        vec![Endpoint::of::<GetThing>(), Endpoint::of::<ChangeThing>()]
    }

    fn routing() -> Routing<System> {
        Routing::empty().with(&BusinessUnit::Pr, &Lob::Fixed, Route::System(System::Csg)).with(
            &BusinessUnit::Jm,
            &Lob::Fixed,
            Route::System(System::Liberate),
        )
    }

    fn is_configured(systems: &Systems, system: System) -> bool {
        match system {
            System::Csg => systems.csg.is_some(),
            System::Liberate => systems.liberate.is_some(),
        }
    }

    fn sandbox_systems(_: &Sandbox) -> Systems {
        Systems::default()
    }

    fn build(setup: Setup<'_, Self>) -> Result<Self, Vec<ConfigProblem>> {
        Ok(Self { routing: setup.routing.clone() })
    }

    fn for_worker(&self) -> Self {
        Self { routing: self.routing.clone() }
    }
}

const ID: Param<Text> = Param::text(Place::Path, "id");
const DETAIL: Param<Text> = Param::text(Place::Query, "detail").optional();
const REFID: Param<RefId> = Param::code(Place::Header, "refid").optional();

struct GetThing;

impl Operation<Fake> for GetThing {
    const SPEC: OperationSpec = OperationSpec {
        name: "getThing",
        method: Verb::Get,
        path: "/{businessId}/thing/{id}",
        summary: "Does what the id says",
        params: &[&BUSINESS_ID, &ID, &DETAIL, &LOB, &REFID],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400, 401, 403, 404, 405, 500, 501, 503],
        examples: &[],
    };

    type Contract = (Lob, Text, Option<Text>);
    type Answer = Json<serde_json::Value>;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, Self::Contract), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        let id = request.path(&ID)?;
        let detail = request.query()?.optional(&DETAIL)?;
        let headers = request.headers()?;
        let lob = headers.required(&LOB)?;
        headers.optional(&REFID)?;
        Ok((unit, (lob, id, detail)))
    }

    async fn run(fake: &Fake, context: &CallContext, unit: BusinessUnit, contract: Self::Contract) -> Result<Self::Answer, ApiError> {
        let (lob, id, detail) = contract;
        if fake.routing.route(&unit, &lob).all_systems().is_empty() {
            return Err(ApiError::not_implemented(format!("nothing for {unit}")));
        }
        act(&id).await?;
        let correlation = context.correlation_id.as_str();
        Ok(Json(serde_json::json!({ "id": id.as_str(), "detail": detail.as_deref(), "correlation": correlation })))
    }
}

const ORIGIN: Origin = Origin { system: "csg", operation: "getBalanceEnquiry", method: "POST" };

/// Requests for "wait" meet here: the test lets them go when it has seen what it waits for.
pub(crate) static WAITING: Notify = Notify::const_new();
pub(crate) static GO: Notify = Notify::const_new();

async fn act(id: &str) -> Result<(), ApiError> {
    let failure = match id {
        "panic" => panic!("the secret of the panic"),
        "forever" => std::future::pending().await,
        "wait" => {
            let go = GO.notified();
            WAITING.notify_one();
            go.await;
            return Ok(());
        }
        "broken" => return Err(ApiError::internal(std::io::Error::other("the cause"))),
        "not-found" => BackendError::NotFound { origin: ORIGIN },
        "rejected" => BackendError::Rejected { origin: ORIGIN, reason: "1002".into() },
        "misconfigured" => BackendError::Misconfigured { origin: ORIGIN, reason: "1003".into() },
        "unavailable" => unavailable(None),
        "busy" => unavailable(Some(Duration::from_millis(1500))),
        "timed-out" => BackendError::TimedOut { origin: ORIGIN, stage: Stage::Answer },
        "malformed" => BackendError::Malformed { origin: ORIGIN, path: "CsgResponse/Account/CUR_BAL".into(), cause: None },
        _ => return Ok(()),
    };
    Err(failure.into())
}

fn unavailable(retry_after: Option<Duration>) -> BackendError {
    let cause = Some(Box::new(std::io::Error::other("connection refused")) as _);
    BackendError::Unavailable { origin: ORIGIN, outage: Outage::ConnectFailed, retry_after, cause }
}

struct ChangeThing;

impl Operation<Fake> for ChangeThing {
    const SPEC: OperationSpec = OperationSpec {
        name: "changeThing",
        method: Verb::Patch,
        path: "/{businessId}/thing/{id}",
        summary: "Says how long the body is",
        params: &[&BUSINESS_ID, &ID],
        account_unknown: ACCOUNT_UNKNOWN,
        errors: &[400],
        examples: &[],
    };

    type Contract = usize;
    type Answer = Json<usize>;

    fn contract(request: &Request<'_>) -> Result<(BusinessUnit, usize), ApiError> {
        let unit = request.path(&BUSINESS_ID)?;
        request.headers()?;
        let body = request.body();
        if body.is_empty() { Err(ApiError::bad_request("a body is expected")) } else { Ok((unit, body.len())) }
    }

    async fn run(_: &Fake, _: &CallContext, _: BusinessUnit, length: usize) -> Result<Json<usize>, ApiError> {
        Ok(Json(length))
    }
}

/// `all` may do everything; `pr` one operation for one unit; `slow` one request in an hour. Their secrets are their names
/// with `-secret` behind.
pub(crate) const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
workers = 2
public_base_url = "https://esb.example.com"
request_timeout_ms = 300
drain_timeout_ms = 5000
[server.limits]
max_uri_bytes = 1000
max_head_bytes = 8192
max_body_bytes = 1000
head_timeout_ms = 300
body_timeout_ms = 300
idle_timeout_ms = 60000

[[clients]]
id = "all"
secrets = ["sha256$0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a$ALL"]

[[clients]]
id = "pr"
secrets = ["sha256$0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a$PR"]
units = ["PR"]
operations = ["getThing"]

[[clients]]
id = "slow"
secrets = ["sha256$0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a$SLOW"]
quota = { requests = 1, per_ms = 3600000 }

[systems.csg]
"#;

/// A server with its access log in memory.
pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) log: Memory,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(|config| config)
    }

    /// A server whose configuration `change` has worked on.
    pub(crate) fn with(change: impl Fn(String) -> String) -> Self {
        let log = Memory::default();
        let running = ux_server::start::<Fake>(&change(config()), Box::new(log.clone())).unwrap();
        Self { running, log }
    }

    /// Stops it and returns every access log line.
    pub(crate) fn stop(self) -> Vec<serde_json::Value> {
        assert_eq!(self.running.stop(), 0, "nothing had to be cut");
        self.log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// [`CONFIG`] with the real hashes.
pub(crate) fn config() -> String {
    let hash = |secret: &str| {
        use sha2::{Digest as _, Sha256};
        let digest = Sha256::new().chain_update([10; 16]).chain_update(secret).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    CONFIG
        .replace("$ALL", &format!("${}", hash("all-secret")))
        .replace("$PR", &format!("${}", hash("pr-secret")))
        .replace("$SLOW", &format!("${}", hash("slow-secret")))
}

#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
