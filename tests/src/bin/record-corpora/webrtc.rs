//! Offers, answers and packets of WebRTC: Chromium as viewer and publisher, our own client, our server.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rtc::signal::Client;
use rtc::{Candidates, Connection, Identity, Role};
use system_tests::browser::{Browser, Options};
use system_tests::ffmpeg::{self, Publisher};
use system_tests::viewer::Viewer;
use system_tests::{PATIENCE, whip};
use tokio::net::UdpSocket;

use crate::corpus::Corpus;
use crate::{KEY, NAME, server};

/// Packets of a session that are kept, and the largest of them.
const PACKETS: usize = 60;
const LARGEST: usize = 1_200;
/// Keeps the page's offers, and sends its packets to where `TAP` is.
const HOOK: &str = "window.offers = [];
    const { prototype } = RTCPeerConnection;
    const { setLocalDescription: local, setRemoteDescription: remote } = prototype;
    prototype.setLocalDescription = async function (...given) {
        await local.apply(this, given);
        offers.push(this.localDescription.sdp);
    };
    prototype.setRemoteDescription = function ({ type, sdp }) {
        window.answer = sdp;
        return remote.call(this, { type, sdp: sdp.replaceAll(/ (\\d+) typ host/g, ' TAP typ host') });
    };";

/// Records them.
pub(crate) async fn record(corpus: &Corpus) -> Result<(), Box<dyn Error>> {
    own(corpus)?;
    let server = server().await?;
    let to = format!("rtmp://{}/live/{KEY}", server.rtmp);
    let publisher = Publisher::start_or_skip(&to, ffmpeg::Options::default())?;
    drop(Viewer::wait(server.http, NAME, PATIENCE).await?);
    let tap = Tap::start(port(&server.url(&format!("/whep/{NAME}"))).await?).await?;
    let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
        return Ok(());
    };
    let page = &browser.page;
    let hook = HOOK.replace("TAP", &tap.address.port().to_string());
    browser.before_load(&hook).await?;
    page.goto(&server.url(&format!("/watch/{NAME}?via=whep"))).await?;
    page.wait_for("document.querySelector('video').currentTime > 1", PATIENCE)
        .await?;
    for (name, value) in [
        ("chromium-whep", "offers[0]"),
        ("anchor-whep-answer", "window.answer"),
    ] {
        let text = page.eval(&format!("return {value};")).await?;
        corpus.keep("sdp", name, text.as_str().unwrap_or_default().as_bytes())?;
    }
    corpus.keep("rtc-packets", "chromium-whep", &tap.taken())?;

    drop(publisher);
    page.goto(&server.url("/watch/other")).await?;
    let said = whip::publish(&browser, &server.url("/whip"), KEY).await?;
    if said == "connected" {
        let text = page.eval("return offers[0];").await?;
        corpus.keep(
            "sdp",
            "chromium-whip",
            text.as_str().unwrap_or_default().as_bytes(),
        )?;
    }
    Ok(())
}

/// What our own client offers.
fn own(corpus: &Corpus) -> Result<(), Box<dyn Error>> {
    let identity = Identity::generate()?;
    let here = Candidates {
        udp: vec!["192.0.2.9:5000".parse()?, "[2001:db8::9]:5000".parse()?],
        tcp: Vec::new(),
    };
    for (name, role) in [("anchor-whip", Role::Send), ("anchor-whep", Role::Receive)] {
        let offered = Connection::offer(role, &identity, &here, Instant::now())?;
        corpus.keep("sdp", name, offered.offer.as_bytes())?;
    }
    Ok(())
}

/// The port at which the server of `url` takes packets, as an answer names it.
async fn port(url: &str) -> Result<SocketAddr, Box<dyn Error>> {
    let identity = Identity::generate()?;
    let offered = Connection::offer(Role::Receive, &identity, &Candidates::default(), Instant::now())?;
    let mut client = Client::new(url, None)?;
    let answer = client.offer(offered.offer).await?;
    client.leave().await;
    let candidate = answer.lines().find(|line| line.starts_with("a=candidate:"));
    let words: Vec<&str> = candidate.unwrap_or_default().split(' ').collect();
    match words[..] {
        [_, _, _, _, host, port, ..] => Ok(format!("{host}:{port}").parse()?),
        _ => Err("the answer names no candidate".into()),
    }
}

/// Hands packets on and keeps those of the caller, each behind its length.
struct Tap {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// In front of `server`.
    async fn start(server: SocketAddr) -> std::io::Result<Self> {
        let front = UdpSocket::bind("127.0.0.1:0").await?;
        let back = UdpSocket::bind("127.0.0.1:0").await?;
        back.connect(server).await?;
        let address = front.local_addr()?;
        let taken = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(pass(front, back, Arc::clone(&taken)));
        Ok(Self { address, taken })
    }

    fn taken(&self) -> Vec<u8> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn pass(front: UdpSocket, back: UdpSocket, taken: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    let (mut up, mut down) = ([0; 2048], [0; 2048]);
    let (mut caller, mut count) = (None, 0);
    loop {
        tokio::select! {
            came = front.recv_from(&mut up) => {
                let (length, from) = came?;
                caller = Some(from);
                let packet = &up[..length];
                back.send(packet).await?;
                if count < PACKETS && length <= LARGEST {
                    count += 1;
                    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                    taken.extend_from_slice(&(length as u16).to_be_bytes());
                    taken.extend_from_slice(packet);
                }
            }
            came = back.recv(&mut down) => {
                let length = came?;
                if let Some(caller) = caller {
                    front.send_to(&down[..length], caller).await?;
                }
            }
        }
    }
}
