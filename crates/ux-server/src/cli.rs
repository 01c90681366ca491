//! The command line that every channel binary has, and all of its `main`.

use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use backends_http::{ConfigProblem, UpstreamMetrics};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;
use uuid::Uuid;

use crate::channel::Channel;
use crate::clients::SecretHash;
use crate::config::{self, Checked};
use crate::diagnostics;
use crate::environment;
use crate::metrics::Instruments;
use crate::reload::Reload;
use crate::sandbox;
use crate::server;
use crate::signals::{Signals, Told};

/// Without a subcommand: serve. Without `--config`: sandbox mode, with simulated billing systems, on loopback only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    serve: Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct Serve {
    /// Configuration file (TOML). Without it: sandbox mode
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Listen here instead; port 0 takes any free port
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Sandbox mode: a folder with further test accounts, one file each
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    sandbox_data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Check the configuration file, print every mistake in it, and serve nothing
    Check,
    /// Print which billing system answers for which unit and line of business
    Routes,
    /// Print the OpenAPI 3.1 document of this channel
    Openapi,
    /// Print a script that completes this command line in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the hash of a client secret read from standard input, for the configuration file
    HashSecret {
        /// Make a new secret and print it too
        #[arg(long)]
        generate: bool,
    },
}

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// All of a channel binary's `main`: reads the command line and does what it says.
///
/// Ends with 0 after SIGTERM or SIGINT, 1 if something failed, and 2 if the command line or the configuration is wrong.
pub fn run<C: Channel>() -> ExitCode {
    let command = Arguments::command().name(C::NAME).bin_name(C::NAME).about(C::TITLE);
    let arguments = Arguments::from_arg_matches(&command.clone().get_matches()).unwrap_or_else(|error| error.exit());
    let outcome = match arguments.command {
        None => serve::<C>(arguments.serve),
        Some(Command::Check) => check::<C>(&arguments.serve),
        Some(Command::Routes) => routes::<C>(&arguments.serve),
        Some(Command::Openapi) => openapi::<C>(),
        Some(Command::Completions { shell }) => completions(shell, command),
        Some(Command::HashSecret { generate }) => hash_secret(generate),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = if error.is::<Misconfigured>() { 2 } else { 1 };
            // Nobody is left to tell if standard error is closed.
            let _ = writeln!(io::stderr(), "{}: {}", C::NAME, crate::error::Chain(&*error));
            ExitCode::from(code)
        }
    }
}

/// The configuration has mistakes, or is not there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misconfigured(String);

impl Misconfigured {
    fn listing(path: &Path, problems: &[ConfigProblem]) -> Self {
        let mut text = format!("{} mistakes in {}", problems.len(), path.display());
        if let [_] = problems {
            text = format!("1 mistake in {}", path.display());
        }
        for problem in problems {
            text.push_str(&format!("\n  {}: {}", problem.key, problem.reason));
        }
        Self(text)
    }
}

fn read_config<C: Channel>(path: &Path, upstream: &UpstreamMetrics) -> Result<Checked<C>, Misconfigured> {
    let text = std::fs::read_to_string(path).map_err(|error| Misconfigured(format!("{} cannot be read: {error}", path.display())))?;
    config::read(&text, &environment::of_process(), upstream).map_err(|problems| Misconfigured::listing(path, &problems))
}

fn serve<C: Channel>(arguments: Serve) -> Outcome {
    let instruments = Instruments::new();
    match arguments.config {
        Some(path) => {
            let mut config = read_config::<C>(&path, &instruments.upstream)?;
            config.listen = arguments.listen.unwrap_or(config.listen);
            until_told_to_stop(config, instruments, Some(&path), Box::new(io::stdout()), |_| String::new())
        }
        None => {
            if let Some(variable) = environment::of_process().into_keys().find(|name| name.starts_with(&environment::prefix(C::NAME))) {
                return Err(
                    Misconfigured(format!("{variable} is set, but sandbox mode has no configuration; --config FILE is missing")).into()
                );
            }
            let listen = arguments.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], C::SANDBOX_PORT)));
            if !listen.ip().is_loopback() {
                let reason = format!("sandbox mode listens on loopback only, not on {listen}; --config FILE is for all else");
                return Err(Misconfigured(reason).into());
            }
            let sandbox = sandbox::start(arguments.sandbox_data)?;
            let config = sandbox::configuration::<C>(&sandbox, listen, &instruments.upstream)
                .map_err(|problems| Misconfigured::listing(Path::new("the sandbox's configuration"), &problems))?;
            let outcome = until_told_to_stop(config, instruments, None, Box::new(io::stderr()), |address| {
                let lines = sandbox::curl_lines::<C>(address);
                let control = sandbox.control_url();
                format!("sandbox mode: simulated billing systems, client demo / demo-secret\nsandbox control at {control}\n\n{lines}")
            });
            sandbox.stop();
            outcome
        }
    }
}

/// Serves until SIGTERM or SIGINT, then drains. SIGHUP has `file` read again.
fn until_told_to_stop<C: Channel>(
    config: Checked<C>,
    instruments: Instruments,
    file: Option<&Path>,
    log_sink: Box<dyn io::Write + Send>,
    greeting: impl Fn(SocketAddr) -> String,
) -> Outcome {
    diagnostics::start(config.log_format, config.log_level.clone());
    keep_panics_quiet();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    // Listened for before the first connection is taken, so that none is lost to an early signal.
    let mut signals = {
        let _entered = runtime.enter();
        Signals::listen(file.is_some())?
    };
    let (listen, scheme) = (config.listen, if config.tls.is_some() { "https" } else { "http" });
    let (running, mut reload) =
        server::start_threads(config, instruments, log_sink).map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let address = running.address();
    let admin = running.admin_address().map(|admin| format!("admin at http://{admin}\n")).unwrap_or_default();
    // In production standard output holds access lines only.
    match greeting(address) {
        none if none.is_empty() => write!(io::stderr(), "listening on {scheme}://{address}\n{admin}")?,
        greeting => write!(io::stdout(), "listening on {scheme}://{address}\n{admin}{greeting}").and_then(|()| io::stdout().flush())?,
    }
    while let Told::ReadConfigAgain = runtime.block_on(signals.next()) {
        if let Some(file) = file {
            read_again(&mut reload, file);
        }
    }
    tracing::info!("stopping");
    match running.stop() {
        0 => Ok(()),
        cut => Err(format!("{cut} connections or changes were still busy at the end of the drain time and were cut").into()),
    }
}

fn read_again<C: Channel>(reload: &mut Reload<C>, file: &Path) {
    let outcome = reload.read_again(|upstream| read_config(file, upstream), |problems| Misconfigured::listing(file, &problems));
    if let Err(mistakes) = outcome {
        tracing::error!(%mistakes, "the configuration stays as it was");
    }
}

/// A panic's message may quote what it choked on. Its place says enough to the operator.
fn keep_panics_quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}

fn check<C: Channel>(arguments: &Serve) -> Outcome {
    let path = required_config(arguments)?;
    read_config::<C>(path, &Instruments::new().upstream)?;
    Ok(writeln!(io::stdout(), "{}: no mistakes", path.display())?)
}

fn routes<C: Channel>(arguments: &Serve) -> Outcome {
    let routing = match &arguments.config {
        Some(path) => read_config::<C>(path, &Instruments::new().upstream)?.routing,
        None => C::routing(),
    };
    Ok(writeln!(io::stdout(), "{routing}")?)
}

fn openapi<C: Channel>() -> Outcome {
    Ok(write!(io::stdout(), "{}", crate::openapi::document::<C>())?)
}

fn completions(shell: Shell, mut command: clap::Command) -> Outcome {
    let name = command.get_name().to_owned();
    // Not straight to standard output, whose failure it would take for a panic.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    Ok(io::stdout().write_all(&script)?)
}

fn required_config(arguments: &Serve) -> Result<&Path, Misconfigured> {
    let path = arguments.config.as_deref();
    path.ok_or_else(|| Misconfigured("--config FILE is missing".to_owned()))
}

fn hash_secret(generate: bool) -> Outcome {
    let secret = if generate {
        let secret = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        writeln!(io::stdout(), "{secret}")?;
        secret
    } else {
        let mut secret = String::new();
        io::stdin().read_to_string(&mut secret)?;
        secret.trim_end_matches(['\r', '\n']).to_owned()
    };
    if secret.is_empty() {
        return Err(Misconfigured("a secret is expected on standard input".to_owned()).into());
    }
    let hash = SecretHash::of(secret.as_bytes(), *Uuid::new_v4().as_bytes());
    Ok(writeln!(io::stdout(), "{hash}")?)
}
