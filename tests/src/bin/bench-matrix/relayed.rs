//! What ffmpeg plays: from us, or from a server that isn't ours.

use std::process::Stdio;
use std::time::Duration;

use system_tests::PATIENCE;
use system_tests::peers::{self, MediaMtx};
use tokio::process::Command;
use tokio::time::timeout;

/// What MediaMTX, which takes the stream from `from`, hands on.
pub(crate) async fn play(from: &str, seconds: u32) -> Result<u64, String> {
    let paths = format!("  there:\n    source: {from}\n");
    let started = MediaMtx::start_with_or_skip(&paths)
        .await
        .map_err(|e| e.to_string())?;
    let mediamtx = started.ok_or("MediaMTX is not here")?;
    let ready = timeout(PATIENCE / 4, mediamtx.ready("there")).await;
    ready
        .map_err(|_| format!("it doesn't take it: {}", mediamtx.said()))?
        .map_err(|e| e.to_string())?;
    count(&format!("rtmp://{}/there", mediamtx.rtmp), seconds).await
}

/// Pictures that ffmpeg (8.1.2, by SRT Debian's) receives in `seconds` and Debian's decodes: the newer one has no decoder of AV1.
pub(crate) async fn count(url: &str, seconds: u32) -> Result<u64, String> {
    // The newer one is built without SRT.
    let program = match url.starts_with("srt") {
        true => "ffmpeg".into(),
        false => peers::ffmpeg_or_skip().ok_or("ffmpeg 8.1.2 is not here")?,
    };
    let mut player = Command::new(program);
    player.args(["-nostdin", "-v", "error"]);
    if url.starts_with("rtmp") {
        player.args(["-rtmp_enhanced_codecs", "hvc1,av01,vp09", "-rtmp_live", "live"]);
    }
    let limit = seconds.to_string();
    player.args([
        "-i", url, "-map", "0:v", "-c", "copy", "-t", &limit, "-f", "matroska", "-",
    ]);
    player
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut received = player.stdout(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
    let from: Stdio = match received.stdout.take().map(TryInto::try_into) {
        Some(Ok(from)) => from,
        _ => return Err("it has no output".into()),
    };
    let mut decoder = Command::new("ffmpeg");
    decoder.args(["-nostdin", "-v", "error", "-i", "-", "-vsync", "passthrough"]);
    decoder.args(["-f", "null", "-progress", "pipe:1", "-"]);
    decoder.stdin(from).stderr(Stdio::null()).kill_on_drop(true);
    let done = timeout(
        PATIENCE / 2 + Duration::from_secs(seconds.into()),
        decoder.output(),
    )
    .await;
    let said = match done {
        Ok(Ok(output)) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => String::new(),
    };
    let pictures = said
        .lines()
        .filter_map(|line| line.strip_prefix("frame="))
        .next_back();
    match pictures.and_then(|count| count.trim().parse().ok()) {
        Some(0) | None => Err(complaint(received).await),
        Some(count) => Ok(count),
    }
}

/// The last line of what the player says of its failure.
async fn complaint(mut player: tokio::process::Child) -> String {
    let _ = player.start_kill();
    let output = player.wait_with_output().await;
    let said = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    let last = said.unwrap_or_default().lines().last().map(str::to_owned);
    last.unwrap_or_else(|| "nothing came".to_owned())
}
