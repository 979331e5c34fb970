//! How long a viewer waits for the first picture, on a line that isn't good: a browser in a network namespace of its
//! own, which has never been here, opens the page over and over.
//!
//! `--opens N`, `--rate KBPS`, `--delay MS` (each way), `--via WAY,…`, `--changes yes` (changes of the network besides),
//! `--server PATH`. Needs user and network namespaces;
//! where they are refused it says so.

mod change;
mod show;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use netlab::{Lab, SERVER, Scenario};
use system_tests::binary;
use system_tests::browser::{Browser, Options};
use system_tests::delay::Spread;
use system_tests::server::Server;

type Failure = Box<dyn std::error::Error>;

const NAME: &str = "bench";
const PATIENCE: Duration = Duration::from_secs(25);
/// The browser's address on the line.
const VIEWER: Ipv4Addr = Ipv4Addr::new(10, 77, 10, 2);
/// The first picture, once there is one.
const FIRST: &str = "anchorStats().firstPictureMs";
/// What was loaded until then, and when: for who wants to know where the time goes.
const LOADED: &str = "return performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
    .map((e) => `${Math.round(e.startTime)}-${Math.round(e.responseEnd)} ${Math.round(e.transferSize / 1024)}k \
    ${new URL(e.name).pathname}`).join('\\n');";

/// The command line.
struct Settings {
    opens: u32,
    rate_kbps: u32,
    delay_ms: u32,
    via: Vec<String>,
    changes: bool,
}

fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    if let Err(error) = Lab::enter() {
        println!("It could not be measured: {error}.");
        return Ok(());
    }
    tokio::runtime::Runtime::new()?.block_on(measure(&settings))
}

impl Settings {
    fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            opens: 20,
            rate_kbps: 5_000,
            delay_ms: 30,
            via: ["flv", "ll-hls"].map(str::to_owned).into(),
            changes: false,
        };
        for (name, value) in binary::options()? {
            let number = || value.parse::<u32>().map_err(|_| format!("{name} needs a number"));
            match name.as_str() {
                "--opens" => settings.opens = number()?,
                "--rate" => settings.rate_kbps = number()?,
                "--delay" => settings.delay_ms = number()?,
                "--via" => settings.via = value.split(',').map(str::to_owned).collect(),
                "--changes" => settings.changes = value == "yes",
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }

    /// So many lines: their queues hold a fifth of a second, as those of most homes and phones do at least.
    fn lines(&self, count: usize) -> Result<Scenario, Failure> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("line.toml");
        let terms = format!(
            "{{ rate_kbps = {}, delay_ms = {} }}",
            self.rate_kbps, self.delay_ms
        );
        let lines = format!("[[line]]\nup = {terms}\ndown = {terms}\n").repeat(count);
        let place = "[[place]]\nprotocol = \"rtmp\"\n";
        std::fs::write(
            &file,
            format!("title = \"a viewer's line\"\nseconds = 1\n{place}{lines}"),
        )?;
        Ok(Scenario::load(&file)?)
    }
}

async fn measure(settings: &Settings) -> Result<(), Failure> {
    let lab = Lab::new(&settings.lines(1)?)?;
    let server = Server::start_at(IpAddr::V4(SERVER), "").await?;
    let _publisher = show::publish(&server, NAME).await?;
    println!(
        "720p30 at 2500 kbit/s, a key frame each 2 s; a line of {} kbit/s, {} ms there and back; {} opens each, by a \
         browser that has never been here",
        settings.rate_kbps,
        settings.delay_ms * 2,
        settings.opens
    );
    for via in &settings.via {
        let mut first = Vec::new();
        let mut slowest = (0.0, String::new());
        for _ in 0..settings.opens {
            let (picture, loaded) = open(&lab, &server, via).await?;
            first.push(picture);
            if picture > slowest.0 {
                slowest = (picture, loaded);
            }
        }
        let spread = Spread::of(&first);
        println!(
            "{via:<7} first picture after opening the page: p50 {:.0}, p95 {:.0}, at most {:.0} ms",
            spread.p50, spread.p95, spread.max
        );
        println!("{}", slowest.1);
    }
    drop((server, lab));
    match settings.changes {
        true => change::measure(settings).await,
        false => Ok(()),
    }
}

/// A new browser on the line.
async fn viewer(lab: &Lab) -> Result<Browser, Failure> {
    let mut placed = Ok(());
    let browser = Browser::start_at(VIEWER.into(), &Options::default(), |command| {
        placed = lab.send_over(command).map(|_| ());
    })
    .await;
    placed?;
    Ok(browser?)
}

/// Opens the page in a new browser; how many milliseconds later there was a picture, and what was loaded.
async fn open(lab: &Lab, server: &Server, via: &str) -> Result<(f64, String), Failure> {
    let browser = viewer(lab).await?;
    let page = &browser.page;
    page.goto(&server.url(&format!("/watch/{NAME}?via={via}")))
        .await?;
    let first = page.wait_for(FIRST, PATIENCE).await?;
    let loaded = page.eval(LOADED).await?;
    Ok((
        first.as_f64().unwrap_or(f64::NAN),
        loaded.as_str().unwrap_or_default().to_owned(),
    ))
}
