//! Whether a place answers, without a word by which a show could begin.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use api::check::Reach;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use tokio::net::lookup_host;
use tokio::time::timeout;

use crate::output::companion;
use crate::show::{Output, OutputKind};

/// SRT's usual port, where none is named.
const SRT_PORT: u16 = 9000;

/// Whether the place of `output` answers within `patience`, and whether that is this computer.
pub(super) async fn reach(output: &Output, patience: Duration) -> (Reach, bool) {
    let reached = match output.kind {
        OutputKind::Rtmp => rtmp(output, patience).await,
        OutputKind::Srt => srt(output, patience).await,
        OutputKind::Whip => whip(output, patience).await,
    };
    reached.unwrap_or_else(|reach| (reach, false))
}

/// Whether `address` is this computer's own: it can be bound to.
pub(super) fn is_here(address: IpAddr) -> bool {
    address.is_loopback() || UdpSocket::bind((address, 0)).is_ok()
}

type Reached = Result<(Reach, bool), Reach>;

async fn rtmp(output: &Output, patience: Duration) -> Reached {
    let target = rtmp::Target::new(&output.url, "-").map_err(|_| Reach::Unreachable)?;
    match rtmp::io::greet(&target, patience).await {
        Ok((_, there)) => Ok((Reach::Reached, is_here(there.ip()))),
        Err(rtmp::Error::Certificate(_) | rtmp::Error::Tls(_)) => Err(Reach::Untrusted),
        Err(rtmp::Error::Handshake(_) | rtmp::Error::Protocol(_) | rtmp::Error::Closed) => {
            Err(Reach::Strange)
        }
        Err(_) => Err(Reach::Unreachable),
    }
}

async fn srt(output: &Output, patience: Duration) -> Reached {
    let url = Url::parse(&output.url).map_err(|_| Reach::Unreachable)?;
    let host = companion::host_of(output).ok_or(Reach::Unreachable)?;
    let port = url.port().unwrap_or(SRT_PORT);
    let address = resolved(&host, port, patience).await.ok_or(Reach::Unreachable)?;
    let here = is_here(address.ip());
    match srt::greet(address, patience).await {
        Ok(()) => Ok((Reach::Reached, here)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(Reach::Strange),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Err(Reach::Unreachable),
        // Some say nothing to whom they don't know.
        Err(_) => Ok((Reach::Unknown, here)),
    }
}

async fn whip(output: &Output, patience: Duration) -> Reached {
    let client = Client::builder()
        .timeout(patience)
        .no_proxy()
        .redirect(Policy::none());
    let client = client.build().map_err(|_| Reach::Unknown)?;
    match client.request(Method::OPTIONS, &output.url).send().await {
        Ok(answer) => {
            let here = answer.remote_addr().is_some_and(|there| is_here(there.ip()));
            // Whoever asks for a token, or takes no such question, is there.
            match answer.status().as_u16() {
                404 | 410 => Err(Reach::Strange),
                _ => Ok((Reach::Reached, here)),
            }
        }
        Err(error) if is_untrusted(&error) => Err(Reach::Untrusted),
        Err(error) if error.is_connect() || error.is_timeout() => Err(Reach::Unreachable),
        Err(_) => Err(Reach::Strange),
    }
}

/// Whether TLS is why, as far as its library says.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let io = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if cause.is::<rustls::Error>() || io.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        source = cause.source();
    }
    false
}

async fn resolved(host: &str, port: u16, patience: Duration) -> Option<SocketAddr> {
    timeout(patience, lookup_host((host, port)))
        .await
        .ok()?
        .ok()?
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_is_told_from_others() {
        assert!(is_here([127, 0, 0, 1].into()) && is_here("::1".parse().unwrap()));
        assert!(!is_here([192, 0, 2, 1].into()), "an address of documentation");
    }
}
