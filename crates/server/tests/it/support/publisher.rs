//! Someone who publishes, step by step.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use container::flv::Tag;
use media::MediaClock;
use rtmp::client::{Event, Session};
use rtmp::{Error, Limits, Target};

use super::PATIENCE;

/// The client's half of `rtmp` on a blocking socket.
pub(crate) struct Sender {
    session: Session,
    stream: TcpStream,
}

impl Sender {
    /// Connects to the application `live` and waits for the server's word.
    pub(crate) fn connect(to: SocketAddr, key: &str) -> Result<Self, Error> {
        Self::connect_to(&format!("rtmp://{to}/live"), key)
    }

    pub(crate) fn connect_to(url: &str, key: &str) -> Result<Self, Error> {
        let target = Target::new(url, key.to_owned()).unwrap();
        let stream = TcpStream::connect((target.host.as_str(), target.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut sender = Self {
            session: Session::publish(target, Limits::default(), Instant::now()),
            stream,
        };
        sender.granted()?;
        Ok(sender)
    }

    fn granted(&mut self) -> Result<(), Error> {
        let mut buffer = [0; 4096];
        while !self.session.is_publishing() {
            self.flush();
            let n = self.stream.read(&mut buffer).map_err(|_| Error::Closed)?;
            if n == 0 {
                return Err(Error::Closed);
            }
            self.session.receive(Instant::now(), &buffer[..n])?;
            while let Some(event) = self.session.poll_event() {
                match event {
                    Event::Rejected { code, description } => {
                        return Err(Error::Rejected { code, description });
                    }
                    Event::Publishing { wants_clock, .. } => {
                        assert!(wants_clock, "our server asks for the clock");
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// What the server says next.
    pub(crate) fn next_event(&mut self) -> Event {
        let mut buffer = [0; 4096];
        loop {
            if let Some(event) = self.session.poll_event() {
                return event;
            }
            let n = self.stream.read(&mut buffer).unwrap();
            assert_ne!(n, 0, "the server has ended the connection");
            self.session.receive(Instant::now(), &buffer[..n]).unwrap();
        }
    }

    fn waiting(&mut self) -> Vec<u8> {
        std::iter::from_fn(|| self.session.poll_transmit())
            .flatten()
            .collect()
    }

    fn flush(&mut self) {
        let bytes = self.waiting();
        self.stream.write_all(&bytes).unwrap();
    }

    pub(crate) fn send(&mut self, tag: &Tag) {
        self.session.send(tag).unwrap();
        self.flush();
    }

    pub(crate) fn send_all(&mut self, tags: &[Tag]) {
        tags.iter().for_each(|tag| self.send(tag));
    }

    pub(crate) fn send_clock(&mut self, clock: &MediaClock) {
        self.session.send_clock(clock).unwrap();
        self.flush();
    }

    /// Sends half of a tag's bytes, then the connection is gone.
    pub(crate) fn die_within(mut self, tag: &Tag) {
        self.session.send(tag).unwrap();
        let bytes = self.waiting();
        self.stream.write_all(&bytes[..bytes.len() / 2]).unwrap();
    }

    /// Ends the publish by its own word.
    pub(crate) fn finish(mut self) {
        self.session.finish();
        self.flush();
    }
}

/// Someone who publishes a clip again and again at its own speed, until it is dropped.
pub(crate) struct Live {
    end: mpsc::SyncSender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    /// `sender` goes on with `clip` (whose configurations are sent each time), `from` milliseconds later than its own times.
    pub(crate) fn start(mut sender: Sender, clip: Vec<Tag>, from: u32) -> Self {
        let (end, ended) = mpsc::sync_channel(1);
        let long = clip.iter().map(|tag| tag.timestamp).max().unwrap() + 33;
        let first = Instant::now();
        let publish = move || {
            for round in 0.. {
                for tag in &clip {
                    let at = round * long + tag.timestamp;
                    let due = first + Duration::from_millis(at.into());
                    let wait = due.saturating_duration_since(Instant::now());
                    if ended.recv_timeout(wait) != Err(mpsc::RecvTimeoutError::Timeout) {
                        return;
                    }
                    sender.send(&Tag {
                        timestamp: from + at,
                        ..tag.clone()
                    });
                }
            }
        };
        let thread = std::thread::Builder::new().name("publisher".into());
        Self {
            end,
            thread: Some(thread.spawn(publish).unwrap()),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.end.try_send(());
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(
            std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()),
            "it can't publish"
        );
    }
}
