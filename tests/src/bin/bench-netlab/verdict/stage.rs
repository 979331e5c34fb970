//! A show behind a line, with a camera, a tone and a server, and what can be done to them.

use std::net::IpAddr;
use std::time::Duration;

use api::control::Command;
use api::source;
use media::Size;
use netlab::{Change, Ends, Event, Lab, Place, Protocol, SERVER, Scenario};
use rustix::process::Signal;
use system_tests::busy::{Busy, Manners};
use system_tests::preload::Cameras;
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};
use system_tests::wait::until;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval};

use super::faults::How;
use super::proxy::Proxy;
use crate::foreign::Foreign;
use crate::run::{CONFIG, add, happen};
use crate::{Failure, run, show};

/// How long the show goes well before the fault.
const CALM: Duration = Duration::from_secs(6);
/// A camera, and where it is seen upon what moves.
const CAMERA: &str = "[[source]]\nname = \"desk\"\ntype = \"camera\"\ndevice = \"Desk\"\n";
const SEEN: &str =
    "[[scene.layer]]\nsource = \"desk\"\nrect = { x = 440, y = 240, width = 192, height = 108 }\n";
/// Of the usual show's canvas, and of one that is too much.
const USUAL: Size = Size::new(640, 360);
const LARGE: Size = Size::new(3840, 2160);
const VIDEO: &str = "{ bitrate = 2500, preset = \"superfast\" }";
/// What the line of the show with another upload carries.
const SHARED: u32 = 4_000;

pub(super) struct Stage {
    pub(super) studio: Studio,
    lab: Lab,
    server: Option<Server>,
    cameras: Cameras,
    proxy: Option<Proxy>,
    /// How bad it is to be, 0 to 1.
    bad: f64,
    /// When it began to be sent, if something is wrong from then on.
    began: Option<Instant>,
    foreign: Option<Foreign>,
    busy: Option<Busy>,
    starving: Option<JoinHandle<()>>,
}

/// No fault: a line with some jitter.
pub(super) fn healthy() -> How {
    How::Line(Protocol::Rtmp, |_| Change::default())
}

impl Stage {
    /// The show, live, for a fault of this kind.
    pub(super) async fn set(how: &How, seed: u64) -> Result<Self, Failure> {
        let lab = Lab::new(&scenario(how))?;
        let host = IpAddr::V4(SERVER);
        let server = Server::start_at(host, &format!("{CONFIG}[listen]\nsrt = \"{host}:0\"\n")).await?;
        let proxy = match how {
            How::Slow(_) => Some(Proxy::start(host, server.rtmp)?),
            _ => None,
        };
        let size = match how {
            How::TooLarge => LARGE,
            _ => USUAL,
        };
        let show = place(
            Show::on(size, true, &[CAMERA, &show::moving(), SEEN].concat()),
            how,
            &server,
            proxy.as_ref(),
        )
        .await?;
        let cameras = Cameras::new("name=Desk,size=640x360,fps=30")?;
        let studio = run::start_in(&show, &lab, |command| {
            cameras.apply(command);
            command.arg("--events");
        })?;
        let mut stage = Self {
            studio,
            lab,
            server: Some(server),
            cameras,
            proxy,
            bad: (seed % 3) as f64 / 2.0,
            began: None,
            foreign: None,
            busy: None,
            starving: None,
        };
        stage.live(how).await?;
        Ok(stage)
    }

    /// Waits until it is sent; what is wrong from the beginning may keep it from arriving.
    async fn live(&mut self, how: &How) -> Result<(), Failure> {
        if matches!(how, How::WrongKey | How::TooLarge) {
            self.began = Some(self.began_to_send().await?);
            return Ok(());
        }
        let server = self.server.as_ref().ok_or("there is no server")?;
        let live = until(run::PATIENCE, async || {
            let stream = server.stream("place").await?;
            Ok(stream.filter(|stream| stream["state"] == "live"))
        });
        live.await?;
        Ok(())
    }

    async fn began_to_send(&mut self) -> Result<Instant, Failure> {
        let mut looks = interval(Duration::from_millis(100));
        loop {
            looks.tick().await;
            let state = self.studio.ask(&Command::State {}).await?.state;
            if let Some(live) = state.and_then(|state| state.live) {
                return Ok(Instant::now() - Duration::from_secs_f64(live.seconds));
            }
        }
    }

    /// When the show began, if the fault was there from then on.
    pub(super) const fn began_wrong(&self) -> Option<Instant> {
        self.began
    }

    /// All goes well for a while.
    pub(super) async fn calm(&self, seed: u64) -> Result<(), Failure> {
        tokio::time::sleep(CALM + Duration::from_millis(seed * 370 % 1_000)).await;
        Ok(())
    }

    /// Makes the fault.
    pub(super) async fn make(&mut self, how: &How) -> Result<(), Failure> {
        match how {
            How::Camera(harm) => harm(&self.cameras.camera(0)),
            How::Line(_, change) => self.line(Some(change(self.bad)), None)?,
            How::Cable => self.line(None, Some(false))?,
            How::Foreign(kbps) => self.foreign = Foreign::start(&self.lab, *kbps)?,
            How::Busy(count) => self.busy = Some(Busy::start(*count, Manners::Plain)?),
            How::Silent => self.silence().await?,
            How::Faded => self.sound(Some(-60.0), None).await?,
            How::Mute => self.sound(None, Some(true)).await?,
            How::Loud => self.loud().await?,
            How::Slow(kbps) => {
                let proxy = self.proxy.as_ref().ok_or("there is no proxy")?;
                proxy.slow_down(kbps(self.bad));
            }
            How::Starved => self.starve()?,
            How::Gone => drop(self.server.take()),
            How::KeyForgotten => self.forget().await?,
            How::WrongKey | How::TooLarge => {}
        }
        Ok(())
    }

    fn line(&self, up: Option<Change>, carrier: Option<bool>) -> Result<(), Failure> {
        let event = Event {
            at: 0.0,
            line: 0,
            up,
            down: None,
            carrier,
            route: false,
            foreign_kbps: None,
        };
        happen(&event, &self.lab)
    }

    async fn sound(&mut self, gain_db: Option<f32>, mute: Option<bool>) -> Result<(), Failure> {
        let source = "tone".to_owned();
        let command = Command::SetSound {
            source,
            gain_db,
            mute,
        };
        self.studio.ask(&command).await?;
        Ok(())
    }

    async fn silence(&mut self) -> Result<(), Failure> {
        let source = "tone".to_owned();
        self.studio.ask(&Command::RemoveSource { source }).await?;
        Ok(())
    }

    async fn loud(&mut self) -> Result<(), Failure> {
        let source: source::Source = serde_json::from_value(serde_json::json!({
            "name": "loud", "type": "tone", "hz": 440.0, "level_db": 0.0,
        }))?;
        let source = Box::new(source);
        self.studio.ask(&Command::AddSource { source }).await?;
        Ok(())
    }

    /// It runs for a twentieth of the time.
    fn starve(&mut self) -> Result<(), Failure> {
        let server = self.server.take().ok_or("there is no server")?;
        self.starving = Some(tokio::spawn(async move {
            loop {
                for (signal, millis) in [(Signal::STOP, 1_900), (Signal::CONT, 100)] {
                    if server.signal(signal).is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                }
            }
        }));
        Ok(())
    }

    /// The server is started anew, and doesn't know the key any more.
    async fn forget(&mut self) -> Result<(), Failure> {
        let server = self.server.take().ok_or("there is no server")?;
        std::fs::remove_file(server.data().join("keys.toml"))?;
        self.server = Some(server.start_again().await?);
        Ok(())
    }

    /// Ends it all.
    pub(super) async fn end(self) -> Result<(), Failure> {
        drop((self.foreign, self.busy));
        if let Some(starving) = self.starving {
            starving.abort();
        }
        self.studio.stop().await?;
        Ok(())
    }
}

fn scenario(how: &How) -> Scenario {
    let mut line = Ends::default();
    line.up.jitter_ms = 10.0;
    if matches!(how, How::Foreign(_)) {
        line.up.rate_kbps = SHARED;
    }
    Scenario {
        title: "a verdict".into(),
        seconds: 60,
        short: None,
        fault: None,
        lowest_delay: false,
        places: Vec::new(),
        lines: vec![line],
        events: Vec::new(),
    }
}

/// The show with its place.
async fn place(to: Show, how: &How, server: &Server, proxy: Option<&Proxy>) -> Result<Show, Failure> {
    let place = Place {
        protocol: match how {
            How::Line(protocol, _) => *protocol,
            _ => Protocol::Rtmp,
        },
        kbps: 2_500,
        latency_ms: 500,
        black_hole: false,
        passed_on: false,
    };
    let at = proxy.map_or(server.rtmp, |proxy| proxy.at);
    if matches!(how, How::Line(..)) {
        return add(to, &place, server, "place").await;
    }
    let address = server.add_stream("place").await?;
    let key = match how {
        How::WrongKey => "none-of-its-keys",
        _ => address.rsplit_once('/').ok_or("an address has a key")?.1,
    };
    Ok(to.output_at("place", &format!("rtmp://{at}/live/{key}"), VIDEO))
}
