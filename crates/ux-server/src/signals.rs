//! What the process is told from outside.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that are listened for.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Option<Signal>,
}

/// What a signal means.
pub(crate) enum Told {
    /// SIGTERM or SIGINT.
    Stop,
    /// SIGHUP, where there is a configuration file.
    ReadConfigAgain,
}

impl Signals {
    /// Listens from now on; inside a runtime. Without a file to read again, SIGHUP keeps its usual meaning: the end.
    pub(crate) fn listen(has_config: bool) -> io::Result<Self> {
        let hangup = has_config.then(|| signal(SignalKind::hangup())).transpose()?;
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())?, hangup })
    }

    pub(crate) async fn next(&mut self) -> Told {
        let Self { terminate, interrupt, hangup } = self;
        let hung_up = async {
            match hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = terminate.recv() => Told::Stop,
            _ = interrupt.recv() => Told::Stop,
            _ = hung_up => Told::ReadConfigAgain,
        }
    }
}
