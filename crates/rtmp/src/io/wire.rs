//! Bytes to and from a socket, one step at a time.

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time;

use crate::Error;

/// Bytes read at once.
const READ: usize = 32 * 1024;
/// How long an orderly end may take.
const LINGER: Duration = Duration::from_secs(1);

/// What a step did.
pub(super) enum Step {
    /// Some bytes left.
    Wrote,
    /// So many bytes arrived; [`Wire::bytes`] has them.
    Read(usize),
    /// The peer sends no more.
    Ended,
    /// The time given was reached.
    Deadline,
}

/// A socket and the bytes that wait for it.
pub(super) struct Wire {
    stream: TcpStream,
    queue: VecDeque<Bytes>,
    buffer: Box<[u8]>,
    /// No byte is read while more than this wait: a peer that takes no answers gets to ask nothing.
    max_queued: usize,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, max_queued: usize) -> Self {
        Self {
            stream,
            queue: VecDeque::new(),
            buffer: vec![0; READ].into(),
            max_queued,
        }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// The bytes of the last [`Step::Read`].
    pub(super) fn bytes(&self, n: usize) -> &[u8] {
        &self.buffer[..n]
    }

    /// Adds bytes to send.
    pub(super) fn push(&mut self, bytes: Option<Bytes>) {
        self.queue.extend(bytes);
    }

    /// Bytes that wait here.
    pub(super) fn queued(&self) -> usize {
        self.queue.iter().map(Bytes::len).sum()
    }

    /// Writes or reads once, or waits until `deadline`. Dropping the call loses nothing.
    pub(super) async fn step(&mut self, deadline: Option<Instant>) -> Result<Step, Error> {
        let may_read = self.queued() <= self.max_queued;
        let (mut read, mut write) = self.stream.split();
        let front = self.queue.front_mut();
        tokio::select! {
            n = async { match front { Some(bytes) => write.write_buf(bytes).await, None => pending().await } } => {
                if n? == 0 {
                    return Err(Error::Closed);
                }
                if self.queue.front().is_some_and(Bytes::is_empty) {
                    self.queue.pop_front();
                }
                Ok(Step::Wrote)
            }
            n = read.read(&mut self.buffer), if may_read => match n? {
                0 => Ok(Step::Ended),
                n => Ok(Step::Read(n)),
            },
            () = sleep_until(deadline) => Ok(Step::Deadline),
        }
    }

    /// Reads what is there without waiting; none when nothing is.
    pub(super) fn try_read(&mut self) -> Result<Option<usize>, Error> {
        match self.stream.try_read(&mut self.buffer) {
            Ok(0) => Err(Error::Closed),
            Ok(n) => Ok(Some(n)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends what waits, says that no more comes, and reads until the peer ends too, so that it gets the last
    /// word before the socket goes; for a second at most.
    pub(super) async fn finish(&mut self) -> Result<(), Error> {
        let orderly = async {
            while let Some(bytes) = self.queue.front_mut() {
                self.stream.write_all_buf(bytes).await?;
                self.queue.pop_front();
            }
            self.stream.shutdown().await?;
            while self.stream.read(&mut self.buffer).await? > 0 {}
            Ok(())
        };
        time::timeout(LINGER, orderly).await.unwrap_or(Ok(()))
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => time::sleep_until(at.into()).await,
        None => pending().await,
    }
}

/// The time, on tokio's clock.
pub(super) fn now() -> Instant {
    time::Instant::now().into_std()
}
