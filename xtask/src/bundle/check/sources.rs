//! Where this machine gets its Debian packages from, so that a clean one gets them there too.

use std::path::{Path, PathBuf};

/// One suite of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Archive {
    pub(super) uri: String,
    suite: String,
}

impl Archive {
    /// As a line of sources.list.
    pub(super) fn line(&self) -> String {
        format!("deb {} {} main\n", self.uri, self.suite)
    }
}

/// The archives of `suite` and of its updates that apt is set to here, the suite itself first.
pub(super) fn of_this_machine(suite: &str) -> Result<Vec<Archive>, String> {
    let texts = files()
        .into_iter()
        .filter_map(|f| std::fs::read_to_string(f).ok());
    let mut found: Vec<Archive> = texts.flat_map(|text| read(&text)).collect();
    found.retain(|a| a.suite == suite || a.suite.strip_prefix(suite).is_some_and(|r| r.starts_with('-')));
    found.sort_by_key(|a| a.suite != suite);
    if found.first().is_some_and(|a| a.suite == suite) {
        return Ok(found);
    }
    Err(format!("apt's sources name no archive of {suite}"))
}

fn files() -> Vec<PathBuf> {
    let folder = std::fs::read_dir("/etc/apt/sources.list.d");
    let mut files: Vec<PathBuf> = folder.into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.sort();
    files.insert(0, Path::new("/etc/apt/sources.list").into());
    files
}

/// Archives in either form of sources.list(5): lines of `deb`, or stanzas of fields.
fn read(text: &str) -> Vec<Archive> {
    let lines = text.lines().filter(|l| !l.trim_start().starts_with('#'));
    let mut found: Vec<Archive> = lines.clone().filter_map(one_line).collect();
    let clean: Vec<&str> = lines.collect();
    let field = |stanza: &[&str], name: &str| -> Vec<String> {
        let value = stanza.iter().find_map(|l| l.strip_prefix(name)).unwrap_or("");
        value.split_whitespace().map(str::to_owned).collect()
    };
    for stanza in clean.split(|l| l.trim().is_empty()) {
        let packages = field(stanza, "Types:").iter().any(|t| t == "deb");
        let main = field(stanza, "Components:").iter().any(|c| c == "main");
        let off = field(stanza, "Enabled:").iter().any(|e| e == "no");
        if !packages || !main || off {
            continue;
        }
        for uri in field(stanza, "URIs:") {
            let suites = field(stanza, "Suites:").into_iter();
            found.extend(suites.map(|suite| Archive {
                uri: uri.clone(),
                suite,
            }));
        }
    }
    found
}

/// `deb [signed-by=…] URI SUITE main`.
fn one_line(line: &str) -> Option<Archive> {
    let rest = line.trim().strip_prefix("deb ")?.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace();
    let (uri, suite) = (words.next()?, words.next()?);
    words.any(|w| w == "main").then(|| Archive {
        uri: uri.into(),
        suite: suite.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(uri: &str, suite: &str) -> Archive {
        Archive {
            uri: uri.into(),
            suite: suite.into(),
        }
    }

    #[test]
    fn lines_are_read() {
        let text = "# a comment\ndeb http://mirror.example/debian bookworm main contrib\n\
                    deb [arch=amd64 signed-by=/k.gpg] https://m.example/s bookworm-security main\n\
                    deb-src http://mirror.example/debian bookworm main\ndeb http://other.example nodistro other\n";
        assert_eq!(
            read(text),
            [
                archive("http://mirror.example/debian", "bookworm"),
                archive("https://m.example/s", "bookworm-security")
            ]
        );
    }

    #[test]
    fn stanzas_are_read() {
        let text = "Types: deb\n# where\nURIs: http://a.example/debian\nSuites: bookworm bookworm-updates\n\
                    Components: main\n\nTypes: deb-src\nURIs: http://b.example\nSuites: bookworm\nComponents: main\n\n\
                    Enabled: no\nTypes: deb\nURIs: http://c.example\nSuites: bookworm\nComponents: main\n";
        assert_eq!(
            read(text),
            [
                archive("http://a.example/debian", "bookworm"),
                archive("http://a.example/debian", "bookworm-updates")
            ]
        );
        assert_eq!(archive("u", "s").line(), "deb u s main\n");
    }
}
