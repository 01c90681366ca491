//! How many times the hand-written floor a translation costs, in the same process and in turns, so that whatever else the machine
//! does is in both.

use std::time::{Duration, Instant};

use divan::black_box;

const TURNS: usize = 400;

/// Translations in one turn; a turn is a fraction of what the kernel lets a thread run at a time.
const IN_A_TURN: u32 = 20;

/// Prints the ratio beside the greatest that it is meant to be.
pub(crate) fn print(what: &str, native: &[u8], product: fn(&[u8]) -> Vec<u8>, floor: fn(&[u8]) -> Vec<u8>, most: f64) {
    let turn = |translate: fn(&[u8]) -> Vec<u8>| -> Duration {
        let begun = Instant::now();
        for _ in 0..IN_A_TURN {
            black_box(translate(black_box(native)));
        }
        begun.elapsed()
    };
    // The first ones find nothing in the caches.
    let cold = TURNS / 10;
    let pairs = (0..TURNS + cold).map(|_| turn(product).as_secs_f64() / turn(floor).as_secs_f64());
    let mut ratios: Vec<f64> = pairs.skip(cold).collect();
    ratios.sort_by(f64::total_cmp);
    let [lower, median, upper] = [1, 2, 3].map(|quarters| ratios[TURNS * quarters / 4]);
    let verdict = if median <= most { "ok    " } else { "MISSED" };
    println!("{verdict} {what}: {median:.2} ({lower:.2}–{upper:.2}) times the floor, meant to be at most {most}");
}
