//! Where a place is, without its address.

use uplink::Distance;
use url::Url;

/// What can be told of `url`: how it is sent to, and how far that is.
pub(crate) fn described(url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let scheme = parsed.as_ref().map(Url::scheme);
    let scheme = SCHEMES.iter().find(|known| Some(**known) == scheme);
    let host = parsed.as_ref().and_then(Url::host_str).unwrap_or_default();
    let distance = word(Distance::of(host));
    format!("{}, {distance}", scheme.unwrap_or(&UNKNOWN))
}

/// Whether `text` says no more than [`described`] does.
pub(crate) fn is_described(text: &str) -> bool {
    text.split_once(", ").is_some_and(|(scheme, distance)| {
        (scheme == UNKNOWN || SCHEMES.contains(&scheme)) && DISTANCES.map(word).contains(&distance)
    })
}

const SCHEMES: [&str; 5] = ["rtmp", "rtmps", "srt", "http", "https"];
const UNKNOWN: &str = "unknown";
const DISTANCES: [Distance; 3] = [Distance::Here, Distance::Near, Distance::Far];

const fn word(distance: Distance) -> &'static str {
    match distance {
        Distance::Here => "this computer",
        Distance::Near => "local network",
        Distance::Far => "internet",
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
