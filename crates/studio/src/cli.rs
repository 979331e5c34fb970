//! The commands of `anchor-studio`.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use api::platform::Advice;
use clap::{Parser, Subcommand};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::key;
use crate::session::{self, Config};
use crate::support::noting;
use crate::{Error, control, presets, show, signals};

/// The show without a window.
#[derive(Parser)]
#[command(
    name = "anchor-studio",
    version,
    about = "Runs a show from a file: captures, composes, encodes and sends"
)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a show until Ctrl-C.
    Run(Run),
    /// Look a show file over, without opening anything.
    Check {
        /// The show file.
        show: PathBuf,
    },
    /// List the cameras and microphones there are.
    Devices,
    /// Read a support bundle, and say what was wrong.
    Bundle {
        /// The file, as a seller sent it.
        file: PathBuf,
    },
    /// List the platforms that are known, and what they take.
    Platforms,
    /// Stream keys, kept outside the show file.
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
}

#[derive(clap::Args)]
struct Run {
    /// The show file.
    show: PathBuf,
    /// End after so many seconds.
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<f64>,
    /// Write what became of the show here, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Keep a history of how each place was served in this folder.
    #[arg(long, value_name = "FOLDER")]
    history: Option<PathBuf>,
    /// Read commands from standard input even when it is a terminal.
    #[arg(long)]
    commands: bool,
    /// Let programs of this machine look at the show; where, and the token they need, is written to standard
    /// output.
    #[arg(long)]
    preview: bool,
    /// Write what happens to standard output, one JSON object a line.
    #[arg(long)]
    events: bool,
}

impl Run {
    /// Whether standard input is read. A terminal is left alone: in the background, reading from it would stop
    /// the show.
    fn takes_commands(&self) -> bool {
        self.commands || self.events || !std::io::stdin().is_terminal()
    }
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Store a key, read from standard input, under a name.
    Set {
        /// The name that the show file uses: key = { keyring = "NAME" }.
        name: String,
    },
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,studio=info,capture=info"));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter);
    tracing_subscriber::registry().with(lines).with(noting()).init();
    // Two providers are linked in; without a choice the first TLS connection panics.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if let Some(ended) = crate::camera_child() {
        return ended;
    }
    match Args::parse().command {
        Command::Run(asked) => fail(run_show(&asked)),
        Command::Check { show } => fail(check(&show)),
        Command::Devices => devices(),
        Command::Bundle { file } => read_bundle(&file),
        Command::Platforms => platforms(),
        Command::Key {
            command: KeyCommand::Set { name },
        } => set_key(&name),
    }
}

fn fail(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error.to_string(), error.code()),
    }
}

fn refuse(sentence: &str, code: &str) -> ExitCode {
    eprintln!("error: {sentence} [{code}]");
    ExitCode::FAILURE
}

fn run_show(asked: &Run) -> Result<(), Error> {
    let show = show::load(&asked.show)?;
    for (name, advice) in advice(&show) {
        tracing::warn!(output = name, "{advice}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let ender = tokio::spawn(stop_at(stop.clone(), asked.seconds));
        let (handle, door) = control::door();
        if asked.takes_commands() {
            control::standard_input(&handle, asked.events)?;
        }
        let config = Config {
            show,
            keep: None,
            past: asked.history.clone(),
            live: true,
            strict: true,
            preview: asked.preview.then(Vec::new),
        };
        let session = session::open_behind(config, handle, door).await?;
        if let Some(preview) = session.preview() {
            println!(
                "{}",
                json!({"event": "preview", "port": preview.port, "token": preview.token})
            );
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = session.ended() => {}
        }
        let result = session.finish().await;
        ender.abort();
        let result = result?;
        let text = serde_json::to_string_pretty(&result).map_err(std::io::Error::other)?;
        match &asked.report {
            Some(file) => tokio::fs::write(file, text + "\n").await?,
            None => println!("{text}"),
        }
        Ok(())
    })
}

/// Cancels `stop` at Ctrl-C, at a request to terminate, or after `seconds`.
async fn stop_at(stop: CancellationToken, seconds: Option<f64>) {
    let limit = async {
        match seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()) {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = limit => {}
        () = signals::end() => {}
    }
    stop.cancel();
}

fn check(path: &Path) -> Result<(), Error> {
    let show = show::load(path)?;
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    println!(
        "'{}' is well: {}, {}, {}",
        show.name,
        count(show.sources.len(), "source"),
        count(show.scenes.len(), "scene"),
        count(show.outputs.len(), "output")
    );
    for (name, advice) in advice(&show) {
        println!("  {name}: {advice}");
    }
    Ok(())
}

/// What platforms may not take of the show, by the output's name.
fn advice(show: &show::Show) -> impl Iterator<Item = (&str, Advice)> {
    let outputs = show.outputs.iter().filter(|output| output.on);
    outputs.flat_map(|output| {
        let advice = presets::advise(output, show).into_iter();
        advice.map(|advice| (output.name.as_str(), advice))
    })
}

fn platforms() -> ExitCode {
    let known = presets::known();
    println!("As of {}:", known.checked);
    for platform in &known.platforms {
        println!("{:16} {}: {}", platform.id, platform.name.en, platform.limits);
        platform.servers.iter().for_each(|url| println!("{:18}{url}", ""));
        if let Some(page) = &platform.key_page {
            println!("{:18}the stream key: {page}", "");
        }
    }
    ExitCode::SUCCESS
}

fn devices() -> ExitCode {
    print!("{}", crate::sources::devices::list());
    ExitCode::SUCCESS
}

/// No bundle is longer, in bytes.
const LONGEST_BUNDLE: u64 = 64 << 20;

fn read_bundle(path: &Path) -> ExitCode {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_BUNDLE).read_to_end(&mut text));
    if let Err(error) = read {
        return refuse(
            &format!("{} can't be read: {error}", path.display()),
            "bundle.file",
        );
    }
    match ::support::read(&String::from_utf8_lossy(&text)) {
        Ok(opened) => println!("{}", ::support::report(&opened)),
        Err(unread) => return refuse(&unread.to_string(), unread.code()),
    }
    ExitCode::SUCCESS
}

fn set_key(name: &str) -> ExitCode {
    let mut text = String::new();
    // A key is short; whatever is longer is none.
    let read = std::io::stdin().take(4096).read_to_string(&mut text);
    let key = read
        .ok()
        .and_then(|_| key::from_text(&text))
        .ok_or(key::KeyError::Empty);
    match key.and_then(|key| key::store(name, &key)) {
        Ok(stored) => println!("{}", stored.sentence(name)),
        Err(error) => return refuse(&error.to_string(), error.code()),
    }
    ExitCode::SUCCESS
}
