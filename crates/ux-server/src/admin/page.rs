//! `/status` for people: one page without anything from elsewhere, which works without scripts and reloads itself.

use std::borrow::Borrow;
use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::access_log::Timestamp;
use crate::admin::status::{Interval, Status};

const STYLE: &str = include_str!("status.css");

/// Nothing but the page's own style sheet may be used.
pub(crate) static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
});

/// The page. Values are escaped by the template.
#[derive(Template)]
#[template(path = "status.html")]
struct Page<'a> {
    status: &'a Status,
    style: &'static str,
}

/// # Errors
/// None that could happen: writing to memory does not fail.
pub(crate) fn render(status: &Status) -> askama::Result<String> {
    Page { status, style: STYLE }.render()
}

/// The picture's measures; the style sheet stretches it.
const WIDTH: u64 = 600;
const HEIGHT: u64 = 100;

impl Page<'_> {
    fn uptime(&self) -> String {
        let seconds = self.status.uptime_seconds;
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        match (days, hours, minutes) {
            (0, 0, 0) => format!("{seconds} s"),
            (0, 0, _) => format!("{minutes} min"),
            (0, ..) => format!("{hours} h {minutes} min"),
            _ => format!("{days} d {hours} h"),
        }
    }

    fn requests_per_second(&self) -> String {
        tenths(self.status.recent.requests * 10 / self.status.recent.seconds.max(1))
    }

    fn percent_of_requests(&self, part: &u64) -> String {
        match self.status.recent.requests {
            0 => "–".to_owned(),
            all => format!("{} %", tenths(part * 1000 / all)),
        }
    }

    fn clock(&self, at: &Timestamp) -> String {
        let text = at.text().to_string();
        text.get(..19).unwrap_or(&text).replace('T', " ")
    }

    fn time(&self, microseconds: impl Borrow<Option<u64>>) -> String {
        match *microseconds.borrow() {
            None => "–".to_owned(),
            Some(time @ ..10_000) => format!("{} ms", tenths(time / 100)),
            Some(time @ ..1_000_000) => format!("{} ms", time / 1000),
            Some(time) => format!("{} s", tenths(time / 100_000)),
        }
    }

    /// The slowest interval, which is the height of the picture.
    fn most(&self, latency: &[Interval]) -> Option<u64> {
        latency.iter().filter_map(|interval| interval.p99_us).max()
    }

    fn line_of_half(&self, latency: &[Interval]) -> String {
        self.line(latency, |interval| interval.p50_us)
    }

    fn line_of_99(&self, latency: &[Interval]) -> String {
        self.line(latency, |interval| interval.p99_us)
    }

    /// An SVG path from left to right, the newest interval at the right edge; with a gap where nothing was called.
    fn line(&self, latency: &[Interval], time: impl Fn(&Interval) -> Option<u64>) -> String {
        let most = self.most(latency).unwrap_or(1).max(1);
        let mut path = String::new();
        let mut pen_is_down = false;
        for (at, interval) in latency.iter().rev().enumerate() {
            let Some(time) = time(interval) else {
                pen_is_down = false;
                continue;
            };
            let x = WIDTH.saturating_sub(at as u64 * 10);
            // By the root, so that a short time is seen beside a long one.
            let y = HEIGHT - (time * HEIGHT * HEIGHT / most).isqrt();
            // A point of its own is drawn too: the line to itself has round ends.
            let step = if pen_is_down { format!("L{x} {y}") } else { format!("M{x} {y}h0") };
            path.push_str(&step);
            pen_is_down = true;
        }
        path
    }

    /// How much of a bar of a hundred is filled.
    fn bar<N: Copy + TryInto<u64>>(&self, used: &N, limit: &N) -> u64 {
        let limit = (*limit).try_into().unwrap_or(0).max(1);
        ((*used).try_into().unwrap_or(0) * 100 / limit).min(100)
    }
}

/// A number of tenths, as in `12.5`.
fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}
