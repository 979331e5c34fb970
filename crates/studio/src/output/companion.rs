//! The companion server, asked over HTTP.

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};
use rtmp::Secret;

use super::is_companion;
use crate::show::{Companion, Output};

/// Where `companion` is; none where that is no address.
pub(crate) fn address(companion: Option<&Companion>) -> Option<Url> {
    Url::parse(&companion?.url).ok()
}

/// The host in an address, one of IPv6 without its brackets.
pub(crate) fn host(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.trim_matches(['[', ']']))
}

/// The host of the place of `output`.
pub(crate) fn host_of(output: &Output) -> Option<String> {
    let url = Url::parse(&output.url).ok()?;
    host(&url).map(str::to_owned)
}

/// Whether the place of `output` is on the host `companion`.
pub(crate) fn is_at(output: &Output, companion: Option<&str>) -> bool {
    host_of(output).is_some_and(|host| is_companion(&host, companion))
}

/// The companion server, and the key of a place of it with which it is asked. `Debug` shows no key.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    client: Client,
    base: Url,
    key: Secret,
}

impl Asking {
    /// The companion server `companion`, asked of the place at `place`, which has this key. None where the key would go a less
    /// secure way than the show does, and on a machine without certificates.
    pub(crate) fn at(companion: &Url, key: Secret, place: &str) -> Option<Self> {
        let secure = ["rtmps:", "https:"]
            .iter()
            .any(|scheme| place.starts_with(scheme));
        if secure && companion.scheme() != "https" || companion.cannot_be_a_base() {
            return None;
        }
        // The key goes nowhere else.
        let client = Client::builder().no_proxy().redirect(Policy::none()).build();
        Some(Self {
            client: client.ok()?,
            base: companion.clone(),
            key,
        })
    }

    /// A question that everybody may ask.
    pub(crate) fn plain(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// A question with the key.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.plain(path).bearer_auth(self.key.expose())
    }

    /// Something that is sent with the key.
    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path)).bearer_auth(self.key.expose())
    }

    /// Something that is put there with the key.
    pub(crate) fn put(&self, path: &str) -> RequestBuilder {
        self.client.put(self.url(path)).bearer_auth(self.key.expose())
    }

    /// Something that is taken away with the key.
    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(self.url(path)).bearer_auth(self.key.expose())
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        // It has a path, as was looked at.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(path);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_no_less_secure_way_than_the_show() {
        let at = |companion: &str, place: &str| {
            let url = Url::parse(companion).unwrap();
            Asking::at(&url, "key".into(), place).map(|asking| asking.url("received").to_string())
        };
        let plain = at("http://shop.example:8080", "rtmp://shop.example/live");
        assert_eq!(plain.as_deref(), Some("http://shop.example:8080/received"));
        assert_eq!(at("http://shop.example", "rtmps://shop.example/live"), None);
        assert_eq!(at("http://shop.example", "https://shop.example/whip"), None);
        let secure = at("https://shop.example/studio/", "rtmps://shop.example/live");
        assert_eq!(secure.as_deref(), Some("https://shop.example/studio/received"));
    }

    #[test]
    fn no_key_is_shown() {
        let url = Url::parse("http://127.0.0.1:8080").unwrap();
        let asking = Asking::at(&url, "verysecret".into(), "rtmp://127.0.0.1/live");
        assert!(!format!("{asking:?}").contains("verysecret"));
    }

    #[test]
    fn a_host_has_no_brackets() {
        let of = |url: &str| host(&Url::parse(url).unwrap()).map(str::to_owned);
        assert_eq!(of("http://[fd00::1]:8080").as_deref(), Some("fd00::1"));
        assert_eq!(of("srt://live.example:9000").as_deref(), Some("live.example"));
    }
}
