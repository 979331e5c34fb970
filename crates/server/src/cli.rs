//! What a person types.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use api::{Code, Fault};
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, Overrides};
use crate::keys::Keys;
use crate::{Name, Server, check, clock, process, worker};

/// Carries a live show from its studio to its viewers.
#[derive(Debug, Parser)]
#[command(name = "anchor-server", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped (Ctrl-C, SIGTERM).
    Run(Options),
    /// Say what would keep the server from running.
    Check(Options),
    /// Stream keys: who may publish, and under which name.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
        /// Directory of the server's own data.
        #[arg(long, value_name = "DIR", global = true, default_value = "anchor-data")]
        data: PathBuf,
    },
    /// Transcode: started by the server itself.
    #[command(hide = true)]
    Worker,
}

#[derive(Debug, clap::Args)]
struct Options {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Make the key of a stream and print it, once.
    Add {
        /// The stream's public name.
        name: String,
    },
    /// List the names that have a key.
    List,
    /// Forget the key of a stream; a publisher already live stays.
    Remove {
        /// The stream's public name.
        name: String,
    },
}

impl Cli {
    /// Does what was typed. Errors are sentences on stderr, and the exit code is 1.
    pub fn execute(self) -> ExitCode {
        let done = match self.command {
            Command::Run(options) => run(&options),
            Command::Check(options) => return report(&options),
            Command::Key { command, data } => key(command, &data),
            Command::Worker => {
                log();
                return worker::inside::run();
            }
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(fault) => {
                eprintln!("{fault}");
                ExitCode::FAILURE
            }
        }
    }
}

fn run(options: &Options) -> Result<(), Fault> {
    let config = Config::load(options.config.as_deref(), &options.overrides).map_err(|e| Fault::from(&e))?;
    log();
    process::raise_descriptor_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("serve")
        .enable_all()
        .build()
        .map_err(|e| {
            Fault::new(
                Code::ListenRefused,
                format!("The server can't start its threads: {e}."),
            )
        })?;
    runtime.block_on(async {
        let stop = signals()?;
        let server = Server::load(config).await?;
        announce(&server)?;
        server.run(stop).await;
        Ok(())
    })
}

/// What is logged is set by RUST_LOG; from `info` on without it.
fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}

/// One line a listener, then `ready`: what a script waits for.
fn announce(server: &Server) -> Result<(), Fault> {
    let failed = |e: std::io::Error| {
        Fault::new(
            Code::ListenRefused,
            format!("The server can't say where it listens: {e}."),
        )
    };
    let bound = server.bound().map_err(failed)?;
    let mut out = std::io::stdout().lock();
    let all = [
        ("http", Some(bound.http)),
        ("https", bound.https),
        ("rtmp", Some(bound.rtmp)),
        ("rtmps", bound.rtmps),
        ("srt", bound.srt),
        ("rtc", bound.rtc),
        ("admin", Some(bound.admin)),
    ];
    for (what, address) in all.into_iter().filter_map(|(what, at)| Some((what, at?))) {
        writeln!(out, "listening {what} {address}").map_err(failed)?;
    }
    writeln!(out, "ready").and_then(|()| out.flush()).map_err(failed)
}

/// Done when the process is told to stop.
fn signals() -> Result<impl Future<Output = ()>, Fault> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |e| {
        Fault::new(
            Code::ListenRefused,
            format!("The server can't wait for signals: {e}."),
        )
    };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}

fn report(options: &Options) -> ExitCode {
    match check::check(options.config.as_deref(), &options.overrides) {
        Ok(config) => {
            let at = &config.listen;
            println!("Nothing is wrong.");
            println!("viewers    http://{}", at.http);
            if let Some(https) = at.https {
                println!("           https://{https}");
            }
            println!("publishers rtmp://{}/live", at.rtmp);
            if let Some(rtmps) = at.rtmps {
                println!("           rtmps://{rtmps}/live");
            }
            println!("operator   http://{}", at.admin);
            println!("data       {}", config.data.display());
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in faults {
                eprintln!("{fault}");
            }
            ExitCode::FAILURE
        }
    }
}

fn key(command: KeyCommand, data: &std::path::Path) -> Result<(), Fault> {
    let mut keys = Keys::read(data)?;
    match command {
        KeyCommand::Add { name } => {
            let name = Name::new(&name)?;
            let text = keys.add(&name, clock::utc())?;
            keys.write(data)?;
            println!("{text}");
            eprintln!(
                "This is the stream key of {name}. It is shown this once: keep it as you keep a password."
            );
        }
        KeyCommand::List => {
            for entry in keys.entries() {
                println!("{}\t{}", entry.name, entry.created);
            }
        }
        KeyCommand::Remove { name } => {
            keys.remove(&Name::new(&name)?)?;
            keys.write(data)?;
        }
    }
    Ok(())
}
