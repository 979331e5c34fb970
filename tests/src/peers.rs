//! Programs that aren't ours and that Debian has not, or too old: `cargo xtask test` fetches them.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use media::Size;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::PATIENCE;
use crate::http;
use crate::wait::until;

/// ffmpeg 8.1, which knows Enhanced RTMP and WHIP; `None` when it isn't there, which it says.
pub fn ffmpeg_or_skip() -> Option<PathBuf> {
    find_or_skip("ffmpeg-8.1.2", "ffmpeg 8.1")
}

fn find_or_skip(file: &str, name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ANCHOR_PEERS").map(PathBuf::from);
    let found = folder
        .map(|folder| folder.join(file))
        .filter(|path| path.is_file());
    if found.is_none() {
        crate::skip(&format!("{name} is not here; `cargo xtask test` fetches it"));
    }
    found
}

/// Plays `url` with `ffmpeg`, the first `count` pictures, which are of `size`: the numbers burnt into them. Debian's
/// ffmpeg decodes them: the newer one has no decoder of AV1.
///
/// # Errors
/// One can't be started, complains, or shows fewer.
pub async fn play(ffmpeg: &Path, url: &str, size: Size, count: usize) -> io::Result<Vec<Option<u32>>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("played.mkv");
    let count_arg = count.to_string();
    let mut player = Command::new(ffmpeg);
    // Without being told some servers give no more than H.264 and AAC.
    if url.starts_with("rtmp") {
        player.args(["-rtmp_enhanced_codecs", "hvc1,av01,vp09", "-rtmp_live", "live"]);
    }
    player.args(["-i", url, "-map", "0:v", "-c", "copy"]);
    run(player.args(["-frames:v", &count_arg]).arg(&file)).await?;
    let mut decoder = Command::new("ffmpeg");
    decoder.arg("-i").arg(&file).args(["-vsync", "passthrough"]);
    let luma = run(decoder.args(["-f", "rawvideo", "-pix_fmt", "gray", "-"])).await?;
    let pictures = luma.chunks_exact(size.area());
    if pictures.len() < count {
        return Err(io::Error::other(format!("only {} pictures", pictures.len())));
    }
    let stride = size.width as usize;
    Ok(pictures
        .map(|picture| media::counter::read(picture, stride))
        .collect())
}

/// Judges what [`play`] gives: one picture after the other.
///
/// # Panics
/// One is missing, or can't be read.
pub fn judge(numbers: &[Option<u32>]) {
    let next = |pair: &[Option<u32>]| pair[0].is_some_and(|number| pair[1] == Some(number + 1));
    assert!(numbers.windows(2).all(next), "{numbers:?}");
}

/// What an ffmpeg writes.
async fn run(ffmpeg: &mut Command) -> io::Result<Vec<u8>> {
    let output = ffmpeg
        .args(["-nostdin", "-v", "error"])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )),
    }
}

/// A running MediaMTX; killed when dropped.
pub struct MediaMtx {
    /// Where it takes and gives RTMP.
    pub rtmp: SocketAddr,
    /// Where it takes and gives SRT.
    pub srt: SocketAddr,
    /// Where it takes WHIP and gives WHEP.
    pub webrtc: SocketAddr,
    api: SocketAddr,
    folder: TempDir,
    _process: Child,
}

impl MediaMtx {
    /// Starts it on a port of its own; `None` when it isn't there, which it says.
    ///
    /// # Errors
    /// It can't be started, or doesn't listen.
    pub async fn start_or_skip() -> io::Result<Option<Self>> {
        Self::start_with_or_skip("").await
    }

    /// The same with these `paths`, in its configuration's own words.
    ///
    /// # Errors
    /// It can't be started, or doesn't listen.
    pub async fn start_with_or_skip(paths: &str) -> io::Result<Option<Self>> {
        let Some(program) = find_or_skip("mediamtx-1.20.1", "MediaMTX") else {
            return Ok(None);
        };
        // It can't be asked for free ports, and others look for some, too: where one is taken it ends, and gets others.
        loop {
            if let Some(started) = Self::start_at_free_ports(&program, paths).await? {
                return Ok(Some(started));
            }
        }
    }

    /// Starts it at ports that were free a moment ago; none when it has ended because one isn't any more.
    async fn start_at_free_ports(program: &Path, paths: &str) -> io::Result<Option<Self>> {
        let tcp = || TcpListener::bind("127.0.0.1:0");
        let udp = || UdpSocket::bind("127.0.0.1:0");
        // Held together, so that none is given twice.
        let (held, packets) = ([tcp()?, tcp()?, tcp()?], [udp()?, udp()?]);
        let [rtmp, api, webrtc] = [
            held[0].local_addr()?,
            held[1].local_addr()?,
            held[2].local_addr()?,
        ];
        let [srt, rtc] = [packets[0].local_addr()?, packets[1].local_addr()?];
        drop((held, packets));
        let folder = tempfile::Builder::new().prefix("anchor-mediamtx-").tempdir()?;
        let config = format!(
            "logLevel: warn\nrtsp: no\nhls: no\nmoq: no\nrtmpAddress: {rtmp}\nsrtAddress: {srt}\napi: yes\napiAddress: {api}\n\
             webrtcAddress: {webrtc}\nwebrtcLocalUDPAddress: {rtc}\nwebrtcIPsFromInterfaces: no\n\
             webrtcAdditionalHosts: [127.0.0.1]\npaths:\n{paths}  all_others:\n"
        );
        let file = folder.path().join("mediamtx.yml");
        std::fs::write(&file, config)?;
        let mut process = Command::new(program)
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(folder.path().join("log"))?)
            .kill_on_drop(true)
            .spawn()?;
        let listens = until(PATIENCE, async || TcpStream::connect(rtmp).await.map(Some));
        tokio::select! {
            listens = listens => drop(listens?),
            ended = process.wait() => {
                ended?;
                let said = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
                return if said.contains("address already in use") {
                    Ok(None)
                } else {
                    Err(io::Error::other(said))
                };
            }
        }
        Ok(Some(Self {
            rtmp,
            srt,
            webrtc,
            api,
            folder,
            _process: process,
        }))
    }

    /// The last line it wrote.
    pub fn said(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().last().unwrap_or_default().to_owned()
    }

    /// Waits until the stream `path` can be played from it.
    ///
    /// # Errors
    /// It can't in time.
    pub async fn ready(&self, path: &str) -> io::Result<()> {
        until(PATIENCE, async || {
            let known = http::get(self.api, &format!("/v3/paths/get/{path}")).await?;
            let said: serde_json::Value = serde_json::from_slice(&known.body).unwrap_or_default();
            Ok((said["ready"] == true).then_some(()))
        })
        .await
    }
}
