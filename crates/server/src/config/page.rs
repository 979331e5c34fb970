//! The viewer's page.

use std::fmt;

use serde::Deserialize;

/// How the viewer's page may be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Page {
    /// Sites whose pages may show it in a frame, such as `https://shop.example`; `*` for all. This server's own always may.
    pub frames: Vec<Origin>,
}

/// A site: `https://HOST[:PORT]` (or `http://`), where the host may begin with `*.`; or `*`, which is every site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        // What is said of it stands in a header, between other words.
        let fits = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
        let is_host = host.is_some_and(|host| {
            let name = host.strip_prefix("*.").unwrap_or(host);
            !name.is_empty() && name.chars().all(fits)
        });
        match is_host || text == "*" {
            true => Ok(Self(text)),
            false => Err(format!(
                "{text:?} is no site: write https://shop.example, without a path, or \"*\" for all"
            )),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_scheme_and_a_host() {
        let read = |text: &str| Origin::try_from(text.to_owned());
        for site in [
            "*",
            "https://shop.example",
            "https://*.shop.example",
            "http://localhost:3000",
            "http://[::1]:80",
        ] {
            assert_eq!(read(site).unwrap().to_string(), site);
        }
        for other in [
            "",
            "shop.example",
            "https://",
            "https://*.",
            "https://a.example/page",
            "https://a.example; script-src *",
            "https://a.example, https://b.example",
            "'none'",
            "data:",
        ] {
            let error = read(other).unwrap_err();
            assert!(
                error.contains("is no site: write https://shop.example"),
                "{error}"
            );
        }
    }
}
