//! What goes to standard error: everything that is not an access or audit line, by a level that can change while the
//! process runs.
//!
//! A level is for our own code. Lines of other people's crates are written from `warn` on, whatever the level: deeper ones
//! may quote what was sent.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, reload};

use crate::access_log::LogFormat;

/// What is written in which part of the program, as in `info,backends_http=debug`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogLevel {
    text: String,
    filter: Targets,
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Our own code by the beginning of its module paths; the channel's own crate comes to it.
const OURS: [&str; 3] = ["ux_server", "backends_", "bss_sandbox"];

/// What is known, for whoever made a mistake.
pub(crate) const EXPECTED: &str = "error, warn, info, debug, trace or off is expected, and for parts of the program MODULE=LEVEL behind commas, as in info,backends_http=debug";

impl LogLevel {
    /// Reads a level, and levels of modules behind it. `None` if one of them is not known.
    pub(crate) fn parse(text: &str, channel: &str) -> Option<Self> {
        let own = channel.replace('-', "_");
        let mut parts = text.trim().split(',').map(str::trim);
        let level = known_level(parts.next()?)?;
        let mut filter = Targets::new().with_default(level.min(LevelFilter::WARN));
        filter = OURS.iter().chain([&own.as_str()]).fold(filter, |filter, ours| filter.with_target(*ours, level));
        for part in parts {
            let (module, level) = part.split_once('=')?;
            let is_ours = OURS.iter().any(|ours| module.starts_with(ours)) || module.starts_with(&own);
            filter = filter.with_target(is_ours.then_some(module)?, known_level(level)?);
        }
        Some(Self { text: text.trim().to_owned(), filter })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

fn known_level(text: &str) -> Option<LevelFilter> {
    if LEVELS.contains(&text) { text.parse().ok() } else { None }
}

/// Where the level in force is kept; as there is one standard error, there is one for the process.
struct InForce {
    text: Mutex<String>,
    handle: reload::Handle<Targets, Registry>,
}

static IN_FORCE: OnceLock<InForce> = OnceLock::new();

/// Has diagnostic lines written from now on.
pub(crate) fn start(format: LogFormat, level: LogLevel) {
    let (filter, handle) = reload::Layer::new(level.filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let lines = match format {
        LogFormat::Json => lines.json().boxed(),
        LogFormat::Human => lines.boxed(),
    };
    // Fails only where a subscriber is in place already, which then stays.
    if tracing_subscriber::registry().with(filter).with(lines).try_init().is_ok() {
        let _ = IN_FORCE.set(InForce { text: Mutex::new(level.text), handle });
    }
}

/// The level in force; `None` where somebody else takes care of the lines.
pub(crate) fn level() -> Option<String> {
    IN_FORCE.get().map(|in_force| in_force.text.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

/// Puts another level in force; false where somebody else takes care of the lines.
pub(crate) fn change(level: LogLevel) -> bool {
    let Some(in_force) = IN_FORCE.get() else {
        return false;
    };
    let mut text = in_force.text.lock().unwrap_or_else(PoisonError::into_inner);
    let changed = in_force.handle.reload(level.filter).is_ok();
    if changed {
        *text = level.text;
    }
    changed
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_level_is_for_our_own_code() {
        let level = LogLevel::parse(" debug ", "bot-ux").unwrap();
        assert_eq!(level.as_str(), "debug");
        for ours in ["ux_server::layers", "backends_http::observation", "backends_csg", "bot_ux::operations"] {
            assert!(level.filter.would_enable(ours, &Level::DEBUG) && !level.filter.would_enable(ours, &Level::TRACE), "{ours}");
        }
        assert!(level.filter.would_enable("h2", &Level::WARN) && !level.filter.would_enable("h2", &Level::INFO));
    }

    #[test]
    fn a_module_can_have_a_level_of_its_own() {
        let level = LogLevel::parse("error, backends_http=trace", "bot-ux").unwrap();
        assert!(level.filter.would_enable("backends_http::breaker", &Level::TRACE));
        assert!(!level.filter.would_enable("backends_csg", &Level::WARN));
        assert!(!level.filter.would_enable("h2", &Level::WARN));
    }

    #[test]
    fn mistakes_are_no_level() {
        for wrong in
            ["", "loud", "DEBUG", "3", "h2=debug", "info,h2=trace", "info,backends_http", "info,backends_http=loud", "info,info", "info,"]
        {
            assert_eq!(LogLevel::parse(wrong, "bot-ux"), None, "{wrong}");
        }
    }
}
