//! The four ways between the server and a worker, each until it closes.

use std::io;

use api::Fault;
use bytes::BytesMut;
use container::flv::{self, Reader, Tag, write_tag};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::mpsc;

use super::shared::{Next, Shared};
use crate::worker::control::{LONGEST_LINE, Order, line};
use crate::worker::job::Job;

/// Bytes of a line on stderr that are kept.
const WORDS: u64 = 512;

/// Gives the tags that wait, to the end.
pub(super) async fn give(mut input: ChildStdin, job: Job, shared: &Shared) -> io::Result<()> {
    let header = flv::header(job.video.is_some(), job.audio.is_some());
    input.write_all(&header).await?;
    loop {
        match shared.oldest() {
            Next::Tag(tag) => {
                input.write_all(&write_tag(&tag)).await?;
                shared.given(&tag);
            }
            Next::Wait => shared.input().await,
            Next::End => return Ok(()),
        }
    }
}

/// Takes what it makes. Done when the process closes its output, or gives what is no FLV; never when nobody wants it any
/// more, as the owner ends the process then.
pub(super) async fn take(mut output: ChildStdout, shared: &Shared, made: &mpsc::Sender<Result<Tag, Fault>>) {
    let (mut reader, mut piece) = (Reader::new(), BytesMut::with_capacity(64 << 10));
    while let Ok(read @ 1..) = output.read_buf(&mut piece).await {
        reader.push(&piece[..read]);
        piece.clear();
        loop {
            match reader.next_tag() {
                Ok(Some(tag)) => {
                    shared.made(&tag);
                    let _ = made.send(Ok(tag)).await;
                }
                Ok(None) => break,
                Err(e) => return shared.wrote(format!("it gave what is no FLV: {e}")),
            }
        }
    }
}

/// Says that a key frame is wanted, whenever one is.
pub(super) async fn order(mut control: OwnedWriteHalf, shared: &Shared) -> io::Result<()> {
    loop {
        shared.order().await;
        control.write_all(&line(&Order::KeyFrame)?).await?;
    }
}

/// Hears what it says of itself.
pub(super) async fn hear(control: OwnedReadHalf, shared: &Shared) -> io::Result<()> {
    let mut control = BufReader::new(control);
    while let Some(line) = next_line(&mut control, LONGEST_LINE).await? {
        match serde_json::from_slice(&line) {
            Ok(said) => shared.said(said),
            Err(e) => tracing::warn!("a worker said what nobody understands: {e}"),
        }
    }
    Ok(())
}

/// Hands its log on.
pub(super) async fn log(log: ChildStderr, pid: u32, shared: &Shared) -> io::Result<()> {
    let mut log = BufReader::new(log);
    while let Some(line) = next_line(&mut log, WORDS).await? {
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if !line.is_empty() {
            tracing::info!(pid, "worker: {line}");
            shared.wrote(line);
        }
    }
    Ok(())
}

/// The next line, or as much of it as `longest` bytes are; none at the end.
async fn next_line(from: &mut (impl AsyncBufRead + Unpin), longest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = from.take(longest).read_until(b'\n', &mut line).await?;
    Ok((read > 0).then_some(line))
}
