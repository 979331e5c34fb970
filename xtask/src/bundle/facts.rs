//! What all packages share: version, architecture, and the time that stands for "now".

use std::process::Command;

use super::output;
use crate::places;

/// See the fields.
pub(super) struct Facts {
    /// The workspace's.
    pub(super) version: String,
    /// Debian's name of this machine's kind, such as `amd64`.
    pub(super) architecture: String,
    /// Seconds since 1970: SOURCE_DATE_EPOCH, else the time of the last commit.
    pub(super) epoch: u64,
    /// The day of `epoch`, as 2026-08-31.
    pub(super) date: String,
}

impl Facts {
    /// Asks the workspace, dpkg and git.
    pub(super) fn collect() -> Result<Self, String> {
        let manifest = places::root().join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
        let epoch = epoch()?;
        Ok(Self {
            version: version(&text).ok_or("Cargo.toml names no version")?,
            architecture: output(Command::new("dpkg").arg("--print-architecture"))?
                .trim()
                .to_owned(),
            epoch,
            date: date(epoch),
        })
    }
}

/// The version under `[workspace.package]`.
fn version(manifest: &str) -> Option<String> {
    let section = manifest.split("[workspace.package]").nth(1)?;
    let line = section.lines().find_map(|l| l.strip_prefix("version = \""))?;
    Some(line.split('"').next()?.to_owned())
}

fn epoch() -> Result<u64, String> {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok();
    let text = match set {
        Some(text) => text,
        None => output(
            Command::new("git")
                .current_dir(places::root())
                .args(["log", "-1", "--format=%ct"]),
        )?,
    };
    text.trim()
        .parse()
        .map_err(|_| format!("'{}' is no time in seconds", text.trim()))
}

/// The civil day of a time, in UTC, by counting whole Gregorian eras of 400 years from 1 March of the year 0.
fn date(epoch: u64) -> String {
    let days = epoch / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_workspaces() {
        let text =
            "[workspace]\nmembers = []\n[workspace.package]\nversion = \"1.2.3\"\nedition = \"2024\"\n";
        assert_eq!(version(text).as_deref(), Some("1.2.3"));
        assert_eq!(version("[package]\nversion = \"1.2.3\""), None);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(951_868_800), "2000-03-01");
        assert_eq!(date(1_767_225_599), "2025-12-31");
        assert_eq!(date(1_767_225_600), "2026-01-01");
    }
}
