//! How long answers take while the core has little to do.

use std::io;
use std::time::Duration;

use crate::client::{Latencies, Pace, in_turns};
use crate::figures::Quartiles;
use crate::scenario::{CONNECTIONS, Contestant, Plan, Scenario};
use crate::wrk::micros;

/// Requests a second at which latencies are compared: about a twentieth of what nginx can do on one core.
const RATE: u32 = 2_000;

/// By how much slices at the fixed rate are shorter than those under full load. A virtual machine pauses now and then, which makes ten
/// requests late at once, whoever answers them, and has noisy minutes and quiet ones: most of such short slices have no pause in them,
/// and what is asked close together meets the same.
const SHORTER: u32 = 4;

/// How many times as many rounds there are.
const TIMES_AS_MANY: usize = 20;

/// Prints a table of nginx, the channel and the others.
///
/// # Errors
/// A contestant fails a request.
pub(crate) fn compare(scenario: &Scenario, others: &[Contestant], plan: Plan) -> io::Result<()> {
    println!("\n| {RATE} requests/s | p50 ÷ nginx | p99 ÷ nginx | p50 / p99 / p99.9 µs, all slices as one |");
    println!("|---|---|---|---|");
    let (node, others): (Vec<_>, Vec<_>) = others.iter().partition(|other| matches!(other, Contestant::Node(_)));
    let quick = [&[Contestant::Nginx, Contestant::Gateway], &*others].concat();
    let slice = Duration::from_secs(plan.seconds.into());
    print_rows(scenario, &quick, &quick, plan.rounds * TIMES_AS_MANY, slice / SHORTER)?;
    // On their own and longer, because they may still be collecting garbage when it is somebody else's turn.
    if !node.is_empty() {
        print_rows(scenario, &[&[Contestant::Nginx], &*node].concat(), &node, plan.rounds, slice)?;
    }
    Ok(())
}

/// Asks all of them in turns and prints a row for some.
fn print_rows(scenario: &Scenario, contestants: &[Contestant], shown: &[Contestant], rounds: usize, slice: Duration) -> io::Result<()> {
    let turns: Vec<Contestant> = contestants.iter().copied().cycle().take(contestants.len() * rounds + 1).collect();
    let ports: Vec<u16> = turns.iter().map(|contestant| contestant.port(scenario)).collect();
    let pace = Pace { rate: RATE, connections: CONNECTIONS, slice };
    let slices = in_turns(&ports, &scenario.requests(), &pace)?;
    for contestant in shown {
        let ratio = |share: f64| Quartiles::of(paired_ratios(&turns, *contestant, |turn| micros(slices[turn].percentile(share))));
        let own = turns.iter().zip(&slices).filter(|(turn, _)| *turn == contestant);
        let all = Latencies::of(own.map(|(_, slice)| slice));
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| micros(all.percentile(share)));
        println!("| {} | {} | {} | {p50:.0} / {p99:.0} / {p999:.0} |", contestant.name(scenario), ratio(0.5), ratio(0.99));
    }
    Ok(())
}

/// What `figure` is in each of a contestant's turns, as ratios to nginx's turns before and after: two of them, because the mean of two
/// is more than one of them usually is where some are many times as much, as those that met a pause.
fn paired_ratios(turns: &[Contestant], contestant: Contestant, figure: impl Fn(usize) -> f64) -> Vec<f64> {
    let is_nginx = |turn: &usize| turns[*turn] == Contestant::Nginx;
    let own = (0..turns.len()).filter(|turn| turns[*turn] == contestant);
    own.flat_map(|turn| {
        let around = [(0..turn).rev().find(is_nginx), (turn + 1..turns.len()).find(is_nginx)];
        around.into_iter().flatten().map(move |nginx| (turn, nginx))
    })
    .map(|(turn, nginx)| figure(turn) / figure(nginx))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{Contestant, paired_ratios};

    #[test]
    fn each_turn_is_held_against_nginx_before_and_after() {
        let turns = [Contestant::Nginx, Contestant::Gateway, Contestant::Haproxy, Contestant::Nginx];
        let took = [1.0, 3.0, 4.0, 2.0];
        assert_eq!(paired_ratios(&turns, Contestant::Gateway, |turn| took[turn]), [3.0, 1.5]);
        assert_eq!(paired_ratios(&turns, Contestant::Haproxy, |turn| took[turn]), [4.0, 2.0]);
        assert_eq!(paired_ratios(&turns, Contestant::Nginx, |turn| took[turn]), [0.5, 2.0]);
    }
}
