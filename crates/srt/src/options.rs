//! How a connection is to behave.

use std::time::Duration;

use crate::raw;
use crate::sys::{self, SRTSOCKET};
use crate::{Error, Passphrase};

/// Bytes a message has at most: what an Ethernet packet leaves (libsrt's `SRT_LIVE_MAX_PLSIZE`).
pub const MAX_PAYLOAD: usize = 1456;
/// Bytes of a buffer, at least 32 packets and below libsrt's flow window.
const BUFFER: std::ops::RangeInclusive<usize> = 48 << 10..=32 << 20;

/// How strong the encryption is; the caller's word counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyLength {
    /// AES-128.
    #[default]
    Aes128,
    /// AES-192.
    Aes192,
    /// AES-256.
    Aes256,
}

impl KeyLength {
    const fn bytes(self) -> i32 {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }
}

/// How much may be sent, headers and retransmissions included. Bytes a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bandwidth {
    /// Without a limit (libsrt's is 1 Gbit/s).
    #[default]
    Unlimited,
    /// At most this.
    Limit(u64),
    /// As much as is sent anew, and more for retransmissions.
    Input {
        /// What is sent anew; `None` lets libsrt measure it.
        rate: Option<u64>,
        /// Per cent on top of it, 5 to 100.
        overhead: u8,
    },
}

impl Bandwidth {
    /// Sets it; may be done while the connection runs.
    pub(crate) fn apply(self, socket: SRTSOCKET) -> Result<(), Error> {
        let bytes = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let max = match self {
            Self::Unlimited => -1,
            Self::Limit(0) => return Err(Error::Option("a bandwidth limit is above zero")),
            Self::Limit(limit) => bytes(limit),
            Self::Input { overhead, .. } if !(5..=100).contains(&overhead) => {
                return Err(Error::Option("an overhead is 5 to 100 per cent"));
            }
            Self::Input { rate, overhead } => {
                raw::set(socket, sys::SRTO_INPUTBW, rate.map_or(0, bytes))?;
                raw::set(socket, sys::SRTO_OHEADBW, i32::from(overhead))?;
                0
            }
        };
        Ok(raw::set(socket, sys::SRTO_MAXBW, max)?)
    }
}

/// What a socket is opened with; a listener's are those of all connections it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// From a message's being sent to its being given to the receiver, at least; the larger of both ends'
    /// counts. At most 65 535 ms.
    pub latency: Duration,
    /// What the connection is encrypted with, if it is.
    pub passphrase: Option<Passphrase>,
    /// How strongly.
    pub key_length: KeyLength,
    /// Bytes a message has at most when it is sent, 1 to [`MAX_PAYLOAD`]: seven packets of MPEG-TS are 1316.
    pub payload: usize,
    /// Whether messages that come too late are given up, by the sender and the receiver. Without it a receiver
    /// whose buffer overflows stops the connection: libsrt then neither misses the last packets nor tells of
    /// room again.
    pub drop_late: bool,
    /// What the sender waits beyond the latency, but a second in all at least, before it gives a message up;
    /// `None`: the sender gives up none.
    pub send_drop_delay: Option<Duration>,
    /// How much may be sent.
    pub bandwidth: Bandwidth,
    /// For the connection to be made, name look-up included. An hour at most.
    pub connect_timeout: Duration,
    /// Without a packet from the peer until the connection counts as lost. libsrt waits for 16 of its own timers
    /// besides: some 5 s, whatever is said here.
    pub peer_idle: Duration,
    /// Bytes that wait at most until the peer has acknowledged them, 48 KiB to 32 MiB. A packet counts as 1472
    /// whatever it holds. It should hold what is sent within the latency and a second.
    pub send_buffer: usize,
    /// Bytes that wait at most until they are read, counted likewise. It should hold what is sent within the
    /// latency. libsrt ends the connection of who reads again after it overflowed by as much again.
    pub receive_buffer: usize,
}

impl Default for Options {
    /// 120 ms latency, not encrypted, 1316 bytes a message, late messages given up, no limit of bandwidth, 3 s
    /// to connect, 5 s of silence, 4 MiB for each buffer.
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(120),
            passphrase: None,
            key_length: KeyLength::default(),
            payload: 1316,
            drop_late: true,
            send_drop_delay: Some(Duration::ZERO),
            bandwidth: Bandwidth::default(),
            connect_timeout: Duration::from_secs(3),
            peer_idle: Duration::from_secs(5),
            send_buffer: 4 << 20,
            receive_buffer: 4 << 20,
        }
    }
}

impl Options {
    /// Sets them on a socket that is not bound yet.
    pub(crate) fn apply(&self, socket: SRTSOCKET) -> Result<(), Error> {
        self.check()?;
        let buffer = |bytes: usize| bytes as i32;
        raw::set(socket, sys::SRTO_LATENCY, millis(self.latency))?;
        raw::set(socket, sys::SRTO_PAYLOADSIZE, self.payload as i32)?;
        raw::set(socket, sys::SRTO_TLPKTDROP, i32::from(self.drop_late))?;
        raw::set(
            socket,
            sys::SRTO_SNDDROPDELAY,
            self.send_drop_delay.map_or(-1, millis),
        )?;
        raw::set(socket, sys::SRTO_PEERIDLETIMEO, millis(self.peer_idle))?;
        raw::set(socket, sys::SRTO_SNDBUF, buffer(self.send_buffer))?;
        raw::set(socket, sys::SRTO_RCVBUF, buffer(self.receive_buffer))?;
        self.bandwidth.apply(socket)?;
        raw::set(socket, sys::SRTO_PBKEYLEN, self.key_length.bytes())?;
        if let Some(passphrase) = &self.passphrase {
            raw::set_text(socket, sys::SRTO_PASSPHRASE, passphrase.expose())?;
        }
        Ok(())
    }

    /// Whether all are in their ranges; bandwidth is checked when it is set.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |why| Err(Error::Option(why));
        if self.latency.as_millis() > u128::from(u16::MAX) {
            return refuse("a latency is 65 535 ms at most");
        }
        if self.connect_timeout > Duration::from_secs(3600) {
            return refuse("connecting takes an hour at most");
        }
        if !(1..=MAX_PAYLOAD).contains(&self.payload) {
            return refuse("a payload has 1 to 1456 bytes");
        }
        if ![self.send_buffer, self.receive_buffer]
            .iter()
            .all(|bytes| BUFFER.contains(bytes))
        {
            return refuse("a buffer has 48 KiB to 32 MiB");
        }
        Ok(())
    }
}

/// As libsrt takes times.
pub(crate) fn millis(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::Handle;

    /// Why options are refused.
    fn refused(change: impl FnOnce(&mut Options)) -> &'static str {
        let mut options = Options::default();
        change(&mut options);
        match options.apply(Handle::new().unwrap().id()) {
            Err(Error::Option(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        assert!(refused(|o| o.latency = Duration::from_millis(65_536)).contains("latency"));
        assert!(refused(|o| o.connect_timeout = Duration::MAX).contains("hour"));
        assert!(refused(|o| o.payload = 0).contains("payload"));
        assert!(refused(|o| o.payload = 1457).contains("payload"));
        assert!(refused(|o| o.send_buffer = 33 << 20).contains("buffer"));
        assert!(refused(|o| o.receive_buffer = 0).contains("buffer"));
        assert!(refused(|o| o.bandwidth = Bandwidth::Limit(0)).contains("limit"));
        let overhead = |overhead| Bandwidth::Input { rate: None, overhead };
        assert!(refused(|o| o.bandwidth = overhead(4)).contains("overhead"));
        assert!(refused(|o| o.bandwidth = overhead(101)).contains("overhead"));
    }

    #[test]
    fn the_ends_of_each_range_are_taken() {
        let options = Options {
            latency: Duration::from_millis(65_535),
            passphrase: Passphrase::new("x".repeat(79)).ok(),
            key_length: KeyLength::Aes256,
            payload: MAX_PAYLOAD,
            send_drop_delay: None,
            connect_timeout: Duration::from_secs(3600),
            peer_idle: Duration::MAX,
            bandwidth: Bandwidth::Input {
                rate: Some(u64::MAX),
                overhead: 100,
            },
            send_buffer: 32 << 20,
            receive_buffer: 32 << 20,
            ..Options::default()
        };
        options.apply(Handle::new().unwrap().id()).unwrap();
        let smallest = Options {
            latency: Duration::ZERO,
            send_drop_delay: Some(Duration::MAX),
            peer_idle: Duration::ZERO,
            payload: 1,
            key_length: KeyLength::Aes192,
            bandwidth: Bandwidth::Limit(1),
            send_buffer: 48 << 10,
            receive_buffer: 48 << 10,
            ..Options::default()
        };
        smallest.apply(Handle::new().unwrap().id()).unwrap();
    }
}
