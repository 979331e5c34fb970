//! Where a client publishes to or plays from.

use std::fmt;

use crate::{Error, Secret};

/// RTMP's port.
const PORT: u16 = 1935;
/// The port of RTMP within TLS.
const TLS_PORT: u16 = 443;

/// A server, its application and a stream key.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// Name or address to connect to; an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether the connection is within TLS.
    pub tls: bool,
    /// The address up to and with the application, as the connect command wants it.
    pub tc_url: String,
    /// The application: the address's path without its first slash.
    pub app: String,
    /// Stream key (or name of the stream to play).
    pub key: Secret,
}

impl Target {
    /// Reads `rtmp://host[:port]/app`, or `rtmps://`; the key is never a part of the address.
    ///
    /// # Errors
    /// [`Error::Url`] saying what is wrong with the address.
    pub fn new(url: &str, key: impl Into<Secret>) -> Result<Self, Error> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let tls = match scheme {
            "rtmp" => false,
            "rtmps" => true,
            _ => return Err(Error::Url("it does not begin with rtmp:// or rtmps://")),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(Error::Url("a user name or password does not belong there"));
        }
        let app = path.trim_end_matches('/');
        if app.is_empty() {
            return Err(Error::Url("the application is missing, as in rtmp://host/live"));
        }
        let (host, port) = host_and_port(authority, if tls { TLS_PORT } else { PORT })?;
        Ok(Self {
            host,
            port,
            tls,
            tc_url: format!("{scheme}://{authority}/{app}"),
            app: app.to_owned(),
            key: key.into(),
        })
    }

    /// Where a server asks to reconnect to ("Enhanced RTMP", version 2, "Reconnect Request"): `url` may be relative
    /// to the address there is (RFC 3986, 5). The key goes along, so the host stays the same, and TLS is kept.
    ///
    /// # Errors
    /// [`Error::Url`] when it is no address, names another host or leaves TLS.
    pub fn moved(&self, url: &str) -> Result<Self, Error> {
        const NONE: Error = Error::Url("it can't be read");
        let resolved = url::Url::parse(&self.tc_url).map_err(|_| NONE)?.join(url);
        let moved = Self::new(resolved.map_err(|_| NONE)?.as_str(), self.key.clone())?;
        if !moved.host.eq_ignore_ascii_case(&self.host) {
            return Err(Error::Url("it is on another host, which must not have the key"));
        }
        if self.tls && !moved.tls {
            return Err(Error::Url("it would leave TLS"));
        }
        Ok(moved)
    }
}

fn host_and_port(authority: &str, usual: u16) -> Result<(String, u16), Error> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(v6) => {
            let (host, rest) = v6
                .split_once(']')
                .ok_or(Error::Url("the bracket is not closed"))?;
            (host, rest.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err(Error::Url("the host is missing"));
    }
    let port = match port {
        Some(text) => text.parse().map_err(|_| Error::Url("the port is not a number"))?,
        None => usual,
    };
    Ok((host.to_owned(), port))
}

/// Host and port alone: an application may hold a token.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}:{})", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (String, u16, String, String) {
        let t = Target::new(url, "k").unwrap();
        (t.host, t.port, t.app, t.tc_url)
    }

    #[test]
    fn addresses_are_read() {
        let of = |h: &str, p, a: &str, t: &str| (h.to_owned(), p, a.to_owned(), t.to_owned());
        assert_eq!(
            parts("rtmp://a.b/live/"),
            of("a.b", 1935, "live", "rtmp://a.b/live")
        );
        let tls = "rtmps://a.b/live";
        assert_eq!(parts(tls), of("a.b", 443, "live", tls));
        assert!(Target::new(tls, "k").unwrap().tls && !Target::new("rtmp://a/b", "k").unwrap().tls);
        let v6 = "rtmp://[::1]:19350/app/inst";
        assert_eq!(parts(v6), of("::1", 19350, "app/inst", v6));
    }

    #[test]
    fn wrong_addresses_are_refused() {
        for url in [
            "http://a/live",
            "rtmp://a",
            "rtmp:///live",
            "rtmp://u:p@a/live",
            "rtmp://a:x/live",
            "rtmp://[::1/l",
        ] {
            assert_eq!(Target::new(url, "k").unwrap_err().code(), "rtmp.url", "{url}");
        }
    }

    #[test]
    fn a_server_moves_who_publishes_within_its_host() {
        let from = Target::new("rtmp://a.b/live", "k").unwrap();
        let to = |url: &str| from.moved(url).map(|t| (t.host, t.port, t.tls, t.app, t.tc_url));
        let of =
            |port, tls, app: &str, url: &str| ("a.b".to_owned(), port, tls, app.to_owned(), url.to_owned());
        for (url, moved) in [
            ("/other", of(1935, false, "other", "rtmp://a.b/other")),
            ("second", of(1935, false, "second", "rtmp://a.b/second")),
            ("//a.b:1936/live", of(1936, false, "live", "rtmp://a.b:1936/live")),
            ("rtmps://A.B/live/x", {
                let mut secure = of(443, true, "live/x", "rtmps://A.B/live/x");
                secure.0 = "A.B".into();
                secure
            }),
        ] {
            assert_eq!(to(url).unwrap(), moved, "{url}");
        }
        assert_eq!(from.moved("/other").unwrap().key, from.key);
    }

    #[test]
    fn the_key_goes_to_no_other_host_and_stays_within_tls() {
        let from = Target::new("rtmps://a.b/live", "k").unwrap();
        for url in [
            "rtmps://a.c/live",
            "//a.b.c/live",
            "rtmps://a.b@a.c/live",
            "rtmps://a.b%2fa.c/live",
            "rtmps://a.b\\@a.c/live",
            "rtmp://a.b/live",
            "http://a.b/live",
            "rtmps:///live",
            "",
        ] {
            let moved = from.moved(url);
            let stays = url.is_empty() && moved.as_ref().is_ok_and(|moved| *moved == from);
            assert!(stays || moved.is_err_and(|e| e.code() == "rtmp.url"), "{url}");
        }
    }

    #[test]
    fn the_key_is_not_in_debug() {
        let target = Target::new("rtmp://a/live?token=hidden", "secret").unwrap();
        assert_eq!(format!("{target:?}"), "Target(a:1935)");
    }
}
