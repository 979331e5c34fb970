//! Where a destination is and how it is reached.

use std::time::Duration;

use media::AudioCodec;
use rtmp::Secret;

use crate::Error;
use crate::key;
use crate::show::{KeyRef, Output, OutputKind};

use super::line::{Line, LineError};
use super::whip::WhipRoute;

/// The longest one try may take.
pub(super) const TRY: Duration = Duration::from_secs(10);

/// A server with what it wants to know of who comes. `Debug` shows no key.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// By RTMP.
    Rtmp(rtmp::Target),
    /// By SRT.
    Srt(Box<SrtRoute>),
    /// By WHIP.
    Whip(Box<WhipRoute>),
}

/// The way to a listener of SRT.
#[derive(Clone, Debug)]
pub(crate) struct SrtRoute {
    pub(super) target: srt::Target,
    pub(super) options: srt::Options,
    host: String,
    port: u16,
    /// Whether it is the companion server, which knows the media clock.
    pub(super) stamped: bool,
}

impl Route {
    /// The way to `output`, which has this key; `companion` is the host of the companion server. The keyring, where its
    /// passphrase is, may take its time: not for a task.
    ///
    /// # Errors
    /// [`Error::Key`], [`Error::Output`].
    pub(crate) fn to(output: &Output, key: Secret, companion: Option<&str>) -> Result<Self, Error> {
        let wrong = |source: LineError| Error::Output {
            output: output.name.clone(),
            source,
        };
        match output.kind {
            OutputKind::Rtmp => {
                let target = rtmp::Target::new(&output.url, key);
                Ok(Self::Rtmp(target.map_err(|error| wrong(error.into()))?))
            }
            OutputKind::Srt => {
                let passphrase = output.srt.passphrase.as_ref();
                let passphrase = passphrase.map(|kept| fetch(output, kept)).transpose()?;
                let route = SrtRoute::new(output, key.expose(), passphrase.as_ref(), companion);
                Ok(Self::Srt(Box::new(route.map_err(wrong)?)))
            }
            OutputKind::Whip => {
                let route = WhipRoute::new(output, key, companion);
                Ok(Self::Whip(Box::new(route.map_err(|error| wrong(error.into()))?)))
            }
        }
    }

    /// Connects, and waits until the show is welcome.
    pub(super) async fn connect(self) -> Result<Line, LineError> {
        match self {
            Self::Rtmp(target) => Ok(Line::rtmp(rtmp::io::Publisher::connect(target, TRY).await?)),
            Self::Srt(route) => {
                let socket = srt::Socket::connect(&route.target, &route.options).await?;
                Ok(Line::srt(socket, route.stamped))
            }
            Self::Whip(route) => Ok(Line::Whip(Box::new(route.connect().await?))),
        }
    }

    /// The codec of the sound that goes there.
    pub(crate) const fn sound(&self) -> AudioCodec {
        match self {
            Self::Rtmp(_) | Self::Srt(_) => AudioCodec::Aac,
            Self::Whip(_) => AudioCodec::Opus,
        }
    }

    /// The most tries under way at once. A second call by WHIP would end the first one, or be refused because of it.
    pub(super) const fn tries(&self) -> usize {
        match self {
            Self::Rtmp(_) | Self::Srt(_) => 5,
            Self::Whip(_) => 1,
        }
    }

    /// Name or address of the server.
    pub(crate) fn host(&self) -> &str {
        match self {
            Self::Rtmp(target) => &target.host,
            Self::Srt(route) => &route.host,
            Self::Whip(route) => &route.host,
        }
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        match self {
            Self::Rtmp(target) => target.port,
            Self::Srt(route) => route.port,
            Self::Whip(route) => route.port,
        }
    }
}

/// A secret of `output`. The keyring may take its time: not for a task.
///
/// # Errors
/// [`Error::Key`].
pub(crate) fn fetch(output: &Output, kept: &KeyRef) -> Result<Secret, Error> {
    key::fetch(kept).map_err(|source| Error::Key {
        output: output.name.clone(),
        source,
    })
}

/// Whether `host` is the companion server, which knows the media clock.
pub(crate) fn is_companion(host: &str, companion: Option<&str>) -> bool {
    companion.is_some_and(|companion| companion.eq_ignore_ascii_case(host))
}

impl SrtRoute {
    /// The key is the stream id as it is: services hand out whole ones, and our server takes a bare key.
    fn new(
        output: &Output,
        key: &str,
        passphrase: Option<&rtmp::Secret>,
        companion: Option<&str>,
    ) -> Result<Self, LineError> {
        let (host, port) = crate::show::srt_address(&output.url).ok_or(LineError::Address)?;
        let passphrase = passphrase.map(|secret| srt::Passphrase::new(secret.expose()));
        Ok(Self {
            target: srt::Target::new(&host, port, key)?,
            options: srt::Options {
                latency: Duration::from_millis(output.srt.latency_ms.into()),
                passphrase: passphrase.transpose()?,
                connect_timeout: TRY,
                ..srt::Options::default()
            },
            stamped: is_companion(&host, companion),
            host,
            port,
        })
    }
}
