use serde_json::{Value, json};

/// The control interface of the sandbox inside a channel's binary: faults on and off, and what the systems have seen.
#[derive(Debug, Clone)]
pub struct Control {
    url: String,
    agent: ureq::Agent,
}

impl Control {
    pub(crate) fn new(url: String) -> Self {
        Self { url, agent: ureq::Agent::new_with_defaults() }
    }

    /// Switches a fault on; `rule` is a rule as `docs/sandbox.md` describes it.
    ///
    /// # Panics
    /// If the sandbox refuses it.
    pub fn fault(&self, rule: &Value) {
        self.send("POST", "/faults", &rule.to_string());
    }

    /// Switches on a fault for one operation of a system, for so many requests.
    ///
    /// # Panics
    /// If the sandbox refuses it.
    pub fn fault_times(&self, system: &str, operation: &str, kind: &str, times: u32) {
        self.fault(&json!({ "system": system, "operation": operation, "fault": { "kind": kind }, "times": times }));
    }

    /// Switches all faults off and lets held answers go.
    ///
    /// # Panics
    /// If the sandbox refuses it.
    pub fn clear_faults(&self) {
        self.send("DELETE", "/faults", "");
    }

    /// One fault of every kind and form that a system can have.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    #[must_use]
    pub fn fault_examples(&self, system: &str) -> Vec<Value> {
        let examples: Value = serde_json::from_str(&self.send("GET", "/faults/examples", "")).expect("faults by system");
        examples[system].as_array().unwrap_or_else(|| panic!("no system {system}")).clone()
    }

    /// Opens a system's port again.
    ///
    /// # Panics
    /// If there is no such system.
    pub fn start(&self, system: &str) {
        self.send("POST", &format!("/systems/{system}/start"), "");
    }

    /// Closes a system's port.
    ///
    /// # Panics
    /// If there is no such system.
    pub fn stop(&self, system: &str) {
        self.send("POST", &format!("/systems/{system}/stop"), "");
    }

    /// Every change that the systems applied, in order.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    #[must_use]
    pub fn changes(&self) -> Vec<Value> {
        serde_json::from_str(&self.send("GET", "/changes", "")).expect("a list of changes")
    }

    /// How often a system's operation was called.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    #[must_use]
    pub fn calls(&self, system: &str, operation: &str) -> u64 {
        let calls: Value = serde_json::from_str(&self.send("GET", "/calls", "")).expect("counts of calls");
        calls[system][operation].as_u64().unwrap_or(0)
    }

    /// The calls that carried a trace context, in order.
    ///
    /// # Panics
    /// If the sandbox does not answer.
    #[must_use]
    pub fn traces(&self) -> Vec<Value> {
        serde_json::from_str(&self.send("GET", "/traces", "")).expect("a list of calls")
    }

    fn send(&self, method: &str, path: &str, body: &str) -> String {
        let url = format!("{}{path}", self.url);
        let request = ureq::http::Request::builder().method(method).uri(&url).body(body).expect("a valid request");
        let mut response = self.agent.run(request).unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        response.body_mut().read_to_string().expect("an answer in UTF-8")
    }
}
