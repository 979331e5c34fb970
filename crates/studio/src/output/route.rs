//! Where a destination is and how it is reached.

use std::time::Duration;

use crate::Error;
use crate::key;
use crate::show::{Output, OutputKind};

use super::line::{Line, LineError};

/// The longest one try may take.
pub(super) const TRY: Duration = Duration::from_secs(10);

/// A server with what it wants to know of who comes. `Debug` shows no key.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// By RTMP.
    Rtmp(rtmp::Target),
    /// By SRT.
    Srt(Box<SrtRoute>),
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
    /// The way to `output`, its key fetched; `companion` is the host of the companion server. The keyring may take its
    /// time: not for a task.
    ///
    /// # Errors
    /// [`Error::Key`], [`Error::Output`].
    pub(crate) fn to(output: &Output, companion: Option<&str>) -> Result<Self, Error> {
        let fetch = |kept| {
            key::fetch(kept).map_err(|source| Error::Key {
                output: output.name.clone(),
                source,
            })
        };
        let wrong = |source: LineError| Error::Output {
            output: output.name.clone(),
            source,
        };
        let key = fetch(&output.key)?;
        match output.kind {
            OutputKind::Rtmp => {
                let target = rtmp::Target::new(&output.url, key);
                Ok(Self::Rtmp(target.map_err(|error| wrong(error.into()))?))
            }
            OutputKind::Srt => {
                let passphrase = output.srt.passphrase.as_ref().map(fetch).transpose()?;
                let route = SrtRoute::new(output, key.expose(), passphrase.as_ref(), companion);
                Ok(Self::Srt(Box::new(route.map_err(wrong)?)))
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
        }
    }

    /// Name or address of the server.
    pub(super) fn host(&self) -> &str {
        match self {
            Self::Rtmp(target) => &target.host,
            Self::Srt(route) => &route.host,
        }
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        match self {
            Self::Rtmp(target) => target.port,
            Self::Srt(route) => route.port,
        }
    }
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
            stamped: companion.is_some_and(|companion| companion.eq_ignore_ascii_case(&host)),
            host,
            port,
        })
    }
}
