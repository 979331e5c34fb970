//! How answers are packed.

use axum::http::{HeaderMap, header};

/// Whether `coding` (such as gzip) is understood by who asks, and not refused (RFC 9110, 12.5.3).
pub(super) fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING);
    let mut codings = values
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','));
    codings.any(|understood| {
        let (name, quality) = understood.split_once(';').unwrap_or((understood, ""));
        let none = quality
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && none != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_9110_12_5_3_a_coding_is_used_where_it_is_understood() {
        let takes = |value: &str, coding| {
            let mut map = HeaderMap::new();
            map.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            takes(&map, coding)
        };
        assert!(
            takes("gzip", "gzip") && takes("br, GZIP;q=0.5, *;q=0", "gzip") && takes("deflate,gzip", "gzip")
        );
        assert!(!takes("gzip;q=0", "gzip") && !takes("gzip; q=0.000", "gzip"));
        assert!(takes("gzip, br", "br") && !takes("br", "gzip") && !takes("", "br"));
        assert!(!super::takes(&HeaderMap::new(), "gzip"));
    }
}
