//! Runs fuzz targets without a fuzzer: their corpus, the same damage to it each time, and growth.
#![forbid(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use fastrand::Rng;

/// What a target is: it panics where the product breaks a promise about `data`.
pub type Run = fn(data: &[u8]);

/// Places of the corpus at which it is made to grow.
const PLACES: usize = 40;

/// How much a seed grows there, in bytes.
const GROWTH: usize = 200_000;

/// Runs a target over every file of its corpus, `damaged` damaged copies, and copies that grew by 200,000 bytes in one place.
/// What is done is the same each time.
///
/// # Panics
/// If the target does; then the input is named. Or if the folder is empty.
pub fn replay(corpus: &Path, run: Run, damaged: usize) {
    let seeds = seeds(corpus);
    assert!(!seeds.is_empty(), "{} is empty", corpus.display());
    let mut random = Rng::with_seed(1);
    seeds.iter().for_each(|seed| checked(run, seed));
    for _ in 0..damaged {
        let mut input = random.choice(&seeds).expect("not empty").clone();
        for _ in 0..=random.usize(..4) {
            damage(&mut input, &seeds, &mut random);
        }
        checked(run, &input);
    }
    for _ in 0..PLACES {
        let seed = random.choice(&seeds).expect("not empty");
        let place = place(seed, &mut random);
        GROWING.iter().for_each(|piece| checked(run, &grown(seed, place, piece)));
    }
}

fn seeds(corpus: &Path) -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir(corpus).unwrap_or_else(|error| panic!("{}: {error}", corpus.display()));
    let mut files: Vec<_> = folder.map(|entry| entry.expect("a readable folder").path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).expect("a readable file")).collect()
}

fn checked(run: Run, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| run(input))).is_err() {
        panic!("{} bytes: {:.4000}", input.len(), input.escape_ascii().to_string());
    }
}

/// What makes parsers stumble.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "-0",
    "1e400",
    "\"\"",
    "[]",
    "{}",
    "[{}]",
    ",",
    ":",
    "\\",
    "\"",
    "\\u0000",
    "\\ud800",
    "\u{FEFF}",
    "\0",
    "\r\n",
    "\n",
    "\r",
    " ",
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "&#0;",
    "&lt;",
    "<!--",
    "%00",
    "%",
    "%zz",
    "é",
    "99999999999999999999",
    "0.00",
    "2024-02-30",
    "0001-01-01",
];

fn damage(input: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Rng) {
    let at = random.usize(..=input.len());
    let end = (at + random.usize(..40)).min(input.len());
    match random.u8(..6) {
        0 if at < input.len() => input[at] = random.u8(..),
        1 => drop(input.drain(at..end)),
        2 => input.truncate(at),
        3 => {
            let piece = input[at..end].repeat(random.usize(1..60));
            input.splice(at..at, piece);
        }
        4 => {
            let other = random.choice(seeds).expect("not empty");
            let from = random.usize(..=other.len());
            let to = (from + random.usize(..200)).min(other.len());
            input.splice(at..end, other[from..to].iter().copied());
        }
        _ => drop(input.splice(at..at, random.choice(TOKENS).expect("not empty").bytes())),
    }
}

/// Of what an input can have too much.
const GROWING: &[&str] =
    &["[", "{\"a\":", "{},", "[],", "\"\",", "{\"a\":0},", "a", "\\n", "\\u0001", "0", " ", "\u{1}", "<X>", "<X/>", "&amp;"];

/// Somewhere behind one of the characters that separate things.
fn place(seed: &[u8], random: &mut Rng) -> usize {
    let places: Vec<usize> = (0..seed.len()).filter(|&at| b"[{\":>,= \n".contains(&seed[at])).collect();
    random.choice(&places).map_or(seed.len(), |at| at + 1)
}

fn grown(seed: &[u8], place: usize, piece: &str) -> Vec<u8> {
    let (before, behind) = seed.split_at(place);
    [before, piece.repeat(GROWTH / piece.len()).as_bytes(), behind].concat()
}
