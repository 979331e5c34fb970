//! A viewer: both playlists waited for with each part, and each part fetched, as hls.js does.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::TlsConnector;

use crate::NAME;
use crate::source::Written;

/// A part that comes later than this is late, in milliseconds: its length.
const LATE: f64 = 1_000.0 / 3.0;
/// Bytes that one answer, and all of a connection, may send ahead.
const WINDOW: u32 = 4 << 20;

type Failure = Box<dyn Error>;

/// The server's door.
#[derive(Clone)]
pub(crate) struct Door {
    at: SocketAddr,
    tls: TlsConnector,
    written: Written,
}

impl Door {
    /// Of the server at `at`, whose certificate the authority of this file has issued.
    pub(crate) fn new(at: SocketAddr, authority: &Path, written: Written) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority)?)?;
        let mut config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self {
            at,
            tls: TlsConnector::from(Arc::new(config)),
            written,
        })
    }
}

/// What all viewers saw. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Rc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    counts: Cell<bool>,
    ages: RefCell<Vec<f64>>,
    failed: Cell<usize>,
    why: RefCell<Option<String>>,
}

impl Tally {
    /// What came before doesn't count.
    pub(crate) fn count_from_now(&self) {
        self.0.counts.set(true);
    }

    /// From a part's last picture written to its last byte here, in milliseconds.
    pub(crate) fn ages(&self) -> Vec<f64> {
        self.0.ages.borrow().clone()
    }

    /// The share of parts that took longer than they last.
    pub(crate) fn late(&self) -> f64 {
        let ages = self.0.ages.borrow();
        ages.iter().filter(|&&age| age > LATE).count() as f64 / ages.len().max(1) as f64
    }

    /// Viewers who could not go on.
    pub(crate) fn failed(&self) -> usize {
        self.0.failed.get()
    }

    /// Why the last of them could not.
    pub(crate) fn why(&self) -> Option<String> {
        self.0.why.borrow().clone()
    }
}

/// Joins at `joins`, and watches for good.
pub(crate) async fn watch(door: Door, joins: Instant, tally: Tally) {
    sleep_until(joins).await;
    if let Err(why) = play(&door, &tally).await {
        tally.0.failed.set(tally.0.failed.get() + 1);
        *tally.0.why.borrow_mut() = Some(why.to_string());
    }
}

async fn play(door: &Door, tally: &Tally) -> Result<(), Failure> {
    let tcp = TcpStream::connect(door.at).await?;
    tcp.set_nodelay(true)?;
    let stream = door.tls.connect(ServerName::try_from("localhost")?, tcp).await?;
    let (send, connection) = Builder::new()
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .handshake::<_, Bytes>(stream)
        .await?;
    let rendition = |name| follow(send.clone(), name, door, tally);
    tokio::select! {
        ended = connection => Ok(ended?),
        ended = rendition("video") => ended,
        ended = rendition("audio") => ended,
    }
}

/// Plays one rendition for good.
async fn follow(
    mut send: SendRequest<Bytes>,
    rendition: &str,
    door: &Door,
    tally: &Tally,
) -> Result<(), Failure> {
    let list = format!("/live/{NAME}/{rendition}.m3u8");
    let first = get(&mut send, &list).await?;
    let (mut had, mut next) = parts(&first, rendition);
    loop {
        let (msn, part) = next.ok_or("the playlist doesn't say what comes next")?;
        let text = get(&mut send, &format!("{list}?_HLS_msn={msn}&_HLS_part={part}")).await?;
        let (listed, after) = parts(&text, rendition);
        for uri in listed.difference(&had) {
            let bytes = get(&mut send, &format!("/live/{NAME}/{uri}")).await?;
            if let Some(written) = door.written.of(&bytes).filter(|_| tally.0.counts.get()) {
                tally
                    .0
                    .ages
                    .borrow_mut()
                    .push(written.elapsed().as_secs_f64() * 1e3);
            }
        }
        (had, next) = (listed, after);
    }
}

/// The parts that a playlist names, and the number and part that come next.
fn parts(playlist: &Bytes, rendition: &str) -> (HashSet<String>, Option<(u64, u32)>) {
    let text = String::from_utf8_lossy(playlist);
    let uri = |line: &str| Some(line.split_once("URI=\"")?.1.split('"').next()?.to_owned());
    let parts = text.lines().filter(|line| line.starts_with("#EXT-X-PART:"));
    let parts = parts.filter_map(uri).collect();
    let hint = text.lines().find(|line| line.starts_with("#EXT-X-PRELOAD-HINT:"));
    let next = hint.and_then(uri).and_then(|hinted| {
        let name = hinted
            .strip_prefix(rendition)?
            .strip_prefix('/')?
            .strip_suffix(".m4s")?;
        let (msn, part) = name.split_once('.')?;
        Some((msn.parse().ok()?, part.parse().ok()?))
    });
    (parts, next)
}

/// The whole of one answer.
async fn get(send: &mut SendRequest<Bytes>, path: &str) -> Result<Bytes, Failure> {
    *send = send.clone().ready().await?;
    let request = http::Request::builder()
        .uri(format!("https://localhost{path}"))
        .body(())?;
    let (answer, _) = send.send_request(request, true)?;
    let answer = answer.await?;
    if answer.status() != 200 {
        return Err(format!("{path} answered {}", answer.status()).into());
    }
    let mut body = answer.into_body();
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}
