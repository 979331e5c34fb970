//! Bytes to and from a socket, one step at a time.

use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time;

use super::stream::Stream;
use crate::Error;

/// Bytes read at once: few to begin with, which is all a player needs, more for who fills them.
const READ: std::ops::RangeInclusive<usize> = 1024..=32 * 1024;
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
    stream: Stream,
    queue: VecDeque<Bytes>,
    /// TLS holds bytes that it took.
    unflushed: bool,
    buffer: Vec<u8>,
    /// The last read filled the buffer.
    filled: bool,
    /// No byte is read while more than this wait: a peer that takes no answers gets to ask nothing.
    max_queued: usize,
}

impl Wire {
    pub(super) fn new(stream: Stream, max_queued: usize) -> Self {
        Self {
            stream,
            queue: VecDeque::new(),
            unflushed: false,
            buffer: vec![0; *READ.start()],
            filled: false,
            max_queued,
        }
    }

    pub(super) fn tcp(&self) -> &TcpStream {
        self.stream.tcp()
    }

    /// The bytes of the last [`Step::Read`].
    pub(super) fn bytes(&self, n: usize) -> &[u8] {
        &self.buffer[..n]
    }

    /// Adds bytes to send.
    pub(super) fn push(&mut self, bytes: Option<Bytes>) {
        self.queue.extend(bytes.filter(|bytes| !bytes.is_empty()));
    }

    /// Bytes that wait here.
    pub(super) fn queued(&self) -> usize {
        self.queue.iter().map(Bytes::len).sum()
    }

    /// Whether the system has taken all.
    pub(super) fn is_drained(&self) -> bool {
        self.queue.is_empty() && !self.unflushed
    }

    /// Writes or reads once, or waits until `deadline`. Dropping the call loses nothing.
    pub(super) async fn step(&mut self, deadline: Option<Instant>) -> Result<Step, Error> {
        tokio::select! {
            step = poll_fn(|cx| self.poll_step(cx)) => step,
            () = sleep_until(deadline) => Ok(Step::Deadline),
        }
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Result<Step, Error>> {
        if let Poll::Ready(wrote) = self.poll_write(cx) {
            return Poll::Ready(wrote.map(|()| Step::Wrote));
        }
        if self.queued() > self.max_queued {
            return Poll::Pending;
        }
        let n = ready!(self.poll_read(cx))?;
        Poll::Ready(Ok(if n == 0 { Step::Ended } else { Step::Read(n) }))
    }

    /// Pending while nothing can be written, or there is nothing to write.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Some(front) = self.queue.front_mut() else {
            if self.unflushed {
                ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
                self.unflushed = false;
                return Poll::Ready(Ok(()));
            }
            return Poll::Pending;
        };
        let n = ready!(Pin::new(&mut self.stream).poll_write(cx, front))?;
        if n == 0 {
            return Poll::Ready(Err(Error::Closed));
        }
        self.unflushed = !matches!(self.stream, Stream::Plain(_));
        front.advance(n);
        if front.is_empty() {
            self.queue.pop_front();
        }
        Poll::Ready(Ok(()))
    }

    /// Bytes read into the buffer; 0 at the end.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Error>> {
        if std::mem::take(&mut self.filled) && self.buffer.len() < *READ.end() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let mut buffer = ReadBuf::new(&mut self.buffer);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        self.filled = buffer.remaining() == 0;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// Reads what is there without waiting; none when nothing is.
    pub(super) async fn try_read(&mut self) -> Result<Option<usize>, Error> {
        let read = poll_fn(|cx| match self.poll_read(cx) {
            Poll::Ready(read) => Poll::Ready(Some(read)),
            Poll::Pending => Poll::Ready(None),
        });
        match read.await.transpose()? {
            Some(0) => Err(Error::Closed),
            read => Ok(read),
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
