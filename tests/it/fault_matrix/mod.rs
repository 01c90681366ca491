//! Every fault of the simulated systems, in every native call that a published request makes.

mod cases;
mod expected;
mod table;

use std::collections::BTreeSet;

use contract_tests::{Control, Request, Sandbox, Server, assert_fits};
use serde_json::{Value, json};

use cases::{CHANNELS, Case, NativeCall};

const ABANDONED: &str = "abandoned";

/// One request in one place of the matrix.
struct Cell {
    fault: Value,
    call: NativeCall,
    /// Status and outcome, as the table shows them.
    shown: String,
}

/// A case with a process of its own, so that what its metrics count is what it did.
struct Bench<'a> {
    case: &'a Case,
    number: usize,
    server: Server,
    cells: Vec<Cell>,
}

#[test]
fn fault_matrix() {
    let sandbox = Sandbox::start();
    let control = sandbox.control();
    let cases: Vec<Case> = CHANNELS.into_iter().flat_map(|channel| cases::of_channel(channel, &sandbox)).collect();
    let mut benches: Vec<Bench<'_>> = std::thread::scope(|scope| {
        let bench = |(number, case)| {
            let (sandbox, control, cases) = (&sandbox, &control, &cases);
            scope.spawn(move || {
                let mut bench = Bench { case, number, server: cases::start(case.channel, sandbox), cells: Vec::new() };
                // What a process fetches once, such as tokens.
                assert_eq!(case.request(&bench.server, &format!("beginning-{number:08}")).send().status, 200);
                for call in case.calls.keys() {
                    for fault in control.fault_examples(&call.0) {
                        bench.strike(control, call, fault, cases);
                    }
                }
                if let Some(call) = &case.token {
                    for fault in control.fault_examples(&call.0) {
                        bench.server = cases::start(case.channel, sandbox);
                        bench.strike(control, call, fault, cases);
                    }
                }
                bench
            })
        };
        let threads: Vec<_> = cases.iter().enumerate().map(bench).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    control.clear_faults();
    // A system is away for everybody, so this one is for one system at a time.
    let systems: BTreeSet<&str> = cases.iter().flat_map(Case::systems).collect();
    for system in systems {
        control.stop(system);
        for bench in benches.iter_mut().filter(|bench| bench.case.systems().contains(system)) {
            bench.refuse(system, &sandbox, &cases);
        }
        control.start(system);
    }
    table::compare(&benches);
}

impl Bench<'_> {
    /// One request meets a fault, aimed at it by its correlation id.
    fn strike(&mut self, control: &Control, call: &NativeCall, fault: Value, cases: &[Case]) {
        let id = self.next_id();
        control.fault(&json!({ "system": call.0, "operation": call.1, "correlationId": id, "fault": fault }));
        let shown = self.ask(&id, call, &fault, cases);
        self.cells.push(Cell { fault, call: call.clone(), shown });
        // The system is well, and so is the way to it: nothing of the faulty answer is left on a connection.
        let answer = self.case.request(&self.server, &self.next_id()).send();
        answer.assert(200, &self.case.usual);
    }

    /// The request meets a closed port, in each of its native calls.
    fn refuse(&mut self, system: &str, sandbox: &Sandbox, cases: &[Case]) {
        let calls: Vec<NativeCall> = self.case.calls.keys().filter(|call| call.0 == system).cloned().collect();
        let fault = json!({ "kind": expected::REFUSE });
        let shown = self.ask(&self.next_id(), &calls[0], &fault, cases);
        self.cells.extend(calls.into_iter().map(|call| Cell { fault: fault.clone(), call, shown: shown.clone() }));
        if let Some(call) = self.case.token.clone().filter(|call| call.0 == system) {
            self.server = cases::start(self.case.channel, sandbox);
            let shown = self.ask(&self.next_id(), &call, &fault, cases);
            self.cells.push(Cell { fault, call, shown });
        }
    }

    /// Sends the request and a neighbour's at the same time, and checks everything that follows from the fault.
    fn ask(&self, id: &str, call: &NativeCall, fault: &Value, cases: &[Case]) -> String {
        let what = format!("{} {} with {fault} from {} {}", self.case.channel, self.case.operation, call.0, call.1);
        let before = self.server.metrics();
        let (struck, beside) = (self.case.request(&self.server, id), self.neighbour(&call.0, cases));
        let beside = std::thread::spawn(move || beside.map(|(request, usual)| request.send().assert(200, &usual).status));
        let answer = struck.send();
        assert!(beside.join().unwrap_or_else(|_| panic!("{what}: another system's traffic suffers")).is_some(), "{what}: no neighbour");
        let counted = self.server.metrics().since(&before);

        let ended = cases::native_calls(&counted);
        // Of calls that are made at once to a port that is closed, the first to fail ends the others.
        let call =
            ended.keys().find(|other| other.0 == call.0 && fault["kind"] == expected::REFUSE && ended[other] != ABANDONED).unwrap_or(call);
        let outcome = ended.get(call).unwrap_or_else(|| panic!("{what}: not counted in {counted:?}"));
        expected::assert_outcome(outcome, fault, self.case.usually(call), &what);
        let harmless = outcome == self.case.usually(call) || self.others_may_answer(&call.0);
        let status = if harmless && answer.status == 200 { 200 } else { expected::status(outcome, self.case.is_change()) };
        assert_eq!(answer.status, status, "{what}: {} {counted:?}", answer.body);
        assert_eq!(answer.header("x-correlation-id"), Some(id), "{what}");
        let schema = self.case.documented.get(&status).unwrap_or_else(|| panic!("{what}: {status} is not documented"));
        assert_fits(schema, &answer.body, &what);
        if status == 200 {
            answer.assert(200, &self.case.usual);
        } else {
            expected::assert_error(&answer, &call.0, fault, id);
        }
        let (operation, status_label) = (format!("operation=\"{}\"", self.case.operation), format!("status=\"{status}\""));
        assert!(counted.sum("http_requests_total", &[&operation, &status_label]) >= 1, "{what}: {counted:?}");
        format!("{status} {outcome}")
    }

    /// Whether another system is asked for the same account, whose answer may be enough.
    fn others_may_answer(&self, system: &str) -> bool {
        self.case.systems().into_iter().any(|other| other != system)
    }

    /// A request of the same channel that the struck system has no part in.
    fn neighbour(&self, system: &str, cases: &[Case]) -> Option<(Request, String)> {
        let mut others = cases.iter().filter(|case| case.channel == self.case.channel && !case.is_change());
        let other = others.find(|case| !case.systems().contains(system))?;
        Some((other.request(&self.server, &format!("{}-beside", self.next_id())), other.usual.clone()))
    }

    fn next_id(&self) -> String {
        format!("matrix-{:04}-{:08}", self.number, self.cells.len())
    }
}
