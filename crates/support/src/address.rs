//! Where a place is, without its address.

use std::net::IpAddr;

/// What can be told of `url`: how it is sent to, and how far that is.
pub(crate) fn described(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let scheme = SCHEMES.iter().find(|known| known.eq_ignore_ascii_case(scheme));
    format!("{}, {}", scheme.unwrap_or(&"unknown"), distance(host(rest)))
}

/// Whether `text` says no more than [`described`] does.
pub(crate) fn is_described(text: &str) -> bool {
    text.split_once(", ").is_some_and(|(scheme, distance)| {
        (scheme == "unknown" || SCHEMES.contains(&scheme)) && DISTANCES.contains(&distance)
    })
}

const SCHEMES: [&str; 5] = ["rtmp", "rtmps", "srt", "http", "https"];
const DISTANCES: [&str; 3] = ["this computer", "local network", "internet"];

fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn distance(host: &str) -> &'static str {
    let [here, near, far] = DISTANCES;
    match host.parse::<IpAddr>() {
        Ok(address) if address.is_loopback() => here,
        Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => near,
        Ok(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => near,
        Ok(_) => far,
        Err(_) if host.eq_ignore_ascii_case("localhost") => here,
        Err(_) if host.to_ascii_lowercase().ends_with(".local") || !host.contains('.') => near,
        Err(_) => far,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_no_more_than_how_and_how_far() {
        for (url, told) in [
            ("rtmps://live.example.com/app/secret", "rtmps, internet"),
            ("RTMP://127.0.0.1:1935/live", "rtmp, this computer"),
            ("srt://[::1]:9000?streamid=x", "srt, this computer"),
            ("srt://user:word@192.168.1.9:9000", "srt, local network"),
            ("https://studio-pc.local/whip", "https, local network"),
            ("https://fd00--1/whip", "https, local network"),
            ("https://[fd00::1]/whip", "https, local network"),
            ("rtmp://8.8.8.8/live", "rtmp, internet"),
            ("secret://x.y", "unknown, internet"),
            ("nothing", "unknown, local network"),
            ("", "unknown, local network"),
        ] {
            assert_eq!(described(url), told, "{url}");
            assert!(is_described(told));
        }
        assert!(!is_described("rtmp, my house") && !is_described("secret, internet"));
    }
}
