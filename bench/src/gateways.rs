//! The channels beside nginx, HAProxy and a Node service: paired slices under full load.

use std::io;
use std::path::Path;

use crate::figures::Quartiles;
use crate::latencies;
use crate::machine::{MEASURED, Process, stay_off_measured};
use crate::scenario::{CONNECTIONS, Contestant, NodeService, Plan, SCENARIOS, Scenario};
use crate::stage::{Gateway, Places, Rivals, Upstreams, rehearse};
use crate::wrk::{Slice, saturate};

/// Those that are only there for comparison get fewer rounds.
const ROUNDS_OF_RIVALS: usize = 5;

const MANY_CONNECTIONS: u32 = 256;

/// Measures every scenario, or that of one channel, and prints a table for each.
///
/// # Errors
/// Something cannot be started, or a contestant fails a request.
pub(crate) fn run(plan: Plan, channels: Option<&Path>, only: Option<&str>) -> io::Result<()> {
    stay_off_measured()?;
    let places = Places::new(channels)?;
    let _upstreams = Upstreams::start(&places)?;
    let rivals = Rivals::start(&places)?;
    for scenario in SCENARIOS.iter().filter(|scenario| only.is_none_or(|channel| scenario.channel == channel)) {
        // Both for the whole time, to take turns; the one that nobody asks sleeps.
        let gateway = Gateway::with_one_worker(&places, scenario, MEASURED)?;
        let gateway_of_two = Gateway::with_two_workers(&places, scenario)?;
        Comparison { scenario, rivals: &rivals, gateway, gateway_of_two, plan }.run()?;
    }
    Ok(())
}

struct Comparison<'a> {
    scenario: &'a Scenario,
    rivals: &'a Rivals,
    gateway: Gateway,
    gateway_of_two: Gateway,
    plan: Plan,
}

/// A contestant's slices, each with the ratio of its processor time to that of the nginx slices before and after it.
#[derive(Default)]
struct Paired {
    slices: Vec<Slice>,
    ratios: Vec<f64>,
}

impl Plan {
    fn of_rivals(self) -> Self {
        Self { rounds: self.rounds.min(ROUNDS_OF_RIVALS), ..self }
    }
}

impl Comparison<'_> {
    /// Prints all figures.
    fn run(&self) -> io::Result<()> {
        let others = self.others();
        let everybody = [&[Contestant::Nginx, Contestant::Gateway], &*others].concat();
        let idle = self.memory_before(&everybody)?;
        let always = [Contestant::Nginx, Contestant::NginxOfTwo, Contestant::GatewayOfTwo];
        rehearse(self.scenario, &[&always[..], &others].concat())?;
        let short = self.plan.of_rivals();
        println!("\n## {}\n", self.scenario.title);
        println!(
            "| | CPU ÷ nginx, quartiles | CPU µs per request | requests/s on one core | p50 / p99 / p99.9 µs, {CONNECTIONS} connections |"
        );
        println!("|---|---|---|---|---|");
        let (gateway, nginx) = self.paired(Contestant::Gateway, self.plan, CONNECTIONS)?;
        self.print_row(Contestant::Nginx, &nginx);
        self.print_row(Contestant::Gateway, &gateway);
        for other in &others {
            let (paired, _) = self.paired(*other, short, CONNECTIONS)?;
            self.print_row(*other, &paired);
        }
        print!("\nAt {MANY_CONNECTIONS} connections, CPU ÷ nginx:");
        for (contestant, plan) in [(Contestant::Gateway, self.plan)].into_iter().chain(others.iter().map(|other| (*other, short))) {
            let (many, _) = self.paired(contestant, plan, MANY_CONNECTIONS)?;
            print!(" {} {},", contestant.name(self.scenario), Quartiles::of(many.ratios));
        }
        println!(" their quartiles in brackets.");
        self.print_memory(&everybody, &idle)?;
        latencies::compare(self.scenario, &others, self.plan)?;
        self.two_workers()
    }

    /// What each holds, in MiB; from now on the most is kept.
    fn memory_before(&self, contestants: &[Contestant]) -> io::Result<Vec<f64>> {
        let idle = |contestant: &Contestant| {
            let process = self.process(*contestant);
            process.forget_peak()?;
            process.resident_mib()
        };
        contestants.iter().map(idle).collect()
    }

    fn print_memory(&self, contestants: &[Contestant], idle: &[f64]) -> io::Result<()> {
        println!("\n| resident, MiB | idle | ÷ nginx | most under load | ÷ nginx |");
        println!("|---|---|---|---|---|");
        let nginx = self.process(Contestant::Nginx).peak_mib()?;
        for (contestant, own) in contestants.iter().zip(idle) {
            let peak = self.process(*contestant).peak_mib()?;
            println!("| {} | {own:.1} | {:.2} | {peak:.1} | {:.2} |", contestant.name(self.scenario), own / idle[0], peak / nginx);
        }
        Ok(())
    }

    /// Prints what two workers can do beside one, by the processor time that a request takes, in turns; and what nginx's two can, because
    /// the second core is also the load's.
    fn two_workers(&self) -> io::Result<()> {
        let pairs = [(Contestant::Gateway, Contestant::GatewayOfTwo), (Contestant::Nginx, Contestant::NginxOfTwo)];
        let mut times_the_work = [Vec::new(), Vec::new()];
        for _ in 0..self.plan.rounds {
            for ((one, two), figures) in pairs.iter().zip(&mut times_the_work) {
                let cpu = |contestant: &Contestant| Ok::<_, io::Error>(self.slice(*contestant, CONNECTIONS)?.cpu_us);
                figures.push(2.0 * cpu(one)? / cpu(two)?);
            }
        }
        let [own, nginx] = times_the_work.map(Quartiles::of);
        println!("\nTwo workers do {own} times the work of one; nginx's do {nginx}.");
        Ok(())
    }

    /// Who is compared beside the channel.
    fn others(&self) -> Vec<Contestant> {
        let mut others = vec![Contestant::Haproxy];
        if self.scenario.has_node && !self.rivals.node.is_empty() {
            others.extend(NodeService::ALL.map(Contestant::Node));
        }
        others
    }

    fn process(&self, contestant: Contestant) -> &Process {
        match contestant {
            Contestant::Nginx => &self.rivals.nginx,
            Contestant::Haproxy => &self.rivals.haproxy,
            Contestant::Node(service) => &self.rivals.node[service as usize],
            Contestant::Gateway => &self.gateway.process,
            Contestant::NginxOfTwo => &self.rivals.nginx_of_two,
            Contestant::GatewayOfTwo => &self.gateway_of_two.process,
        }
    }

    fn slice(&self, contestant: Contestant, connections: u32) -> io::Result<Slice> {
        let port = contestant.port(self.scenario);
        let slice = saturate(self.scenario, self.process(contestant), port, connections, self.plan.seconds)?;
        self.gateway.forget_log()?;
        self.gateway_of_two.forget_log()?;
        Ok(slice)
    }

    /// Slices of a contestant between slices of nginx, and the latter.
    fn paired(&self, contestant: Contestant, plan: Plan, connections: u32) -> io::Result<(Paired, Paired)> {
        let mut measured = Paired::default();
        let mut nginx = Paired { slices: vec![self.slice(Contestant::Nginx, connections)?], ratios: vec![1.0] };
        for round in 0..plan.rounds {
            let slice = self.slice(contestant, connections)?;
            nginx.slices.push(self.slice(Contestant::Nginx, connections)?);
            let around = (nginx.slices[round].cpu_us + nginx.slices[round + 1].cpu_us) / 2.0;
            measured.ratios.push(slice.cpu_us / around);
            measured.slices.push(slice);
        }
        Ok((measured, nginx))
    }

    fn print_row(&self, contestant: Contestant, paired: &Paired) {
        let median = |figure: fn(&Slice) -> f64| Quartiles::of(paired.slices.iter().map(figure)).median;
        let busy = median(|slice| slice.busy);
        let unsaturated = if busy < 0.95 { format!(" ({:.0} % busy)", busy * 100.0) } else { String::new() };
        println!(
            "| {} | {} | {:.1} | {:.0}{unsaturated} | {:.0} / {:.0} / {:.0} |",
            contestant.name(self.scenario),
            Quartiles::of(paired.ratios.iter().copied()),
            median(|slice| slice.cpu_us),
            median(|slice| slice.requests_per_second),
            median(|slice| slice.p50_us),
            median(|slice| slice.p99_us),
            median(|slice| slice.p999_us),
        );
    }
}
