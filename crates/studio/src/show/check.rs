//! What a show file's parts must be to fit together.

use std::collections::HashSet;
use std::path::Path;

use api::source::{Fallback, FileTrack};

use super::model::{KeyRef, LEAST, OutputKind, SourceKind};
use super::{Output, Problem, Show, Source, layers};
use crate::presets;

/// x264's presets that a live show can use.
const PRESETS: [&str; 6] = ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"];

impl Source {
    /// Whether it delivers pictures.
    pub fn has_picture(&self) -> bool {
        match &self.kind {
            SourceKind::Microphone { .. } | SourceKind::Tone { .. } => false,
            SourceKind::File { track, .. } => *track == FileTrack::Video,
            _ => true,
        }
    }

    /// Whether it delivers sound.
    pub fn has_sound(&self) -> bool {
        match &self.kind {
            SourceKind::Microphone { .. } | SourceKind::Tone { .. } | SourceKind::Click => true,
            SourceKind::File { track, .. } => *track == FileTrack::Audio,
            _ => false,
        }
    }
}

impl Show {
    /// Makes paths absolute, from the show file's folder.
    pub(super) fn resolve(&mut self, folder: &Path) {
        for source in &mut self.sources {
            if let SourceKind::File { path, .. } | SourceKind::Image { path } = &mut source.kind {
                *path = folder.join(&*path);
            }
            if let SourceKind::Camera {
                fallback: Fallback::Image(path),
                ..
            } = &mut source.kind
            {
                *path = folder.join(&*path);
            }
        }
        for output in &mut self.outputs {
            output.follow_platform();
            let keys = std::iter::once(&mut output.key).chain(&mut output.srt.passphrase);
            for key in keys {
                if let KeyRef::File(path) = key {
                    *path = folder.join(&*path);
                }
            }
        }
    }

    /// Everything that doesn't fit.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        found.extend(twice("source", self.sources.iter().map(|s| &s.name)));
        found.extend(twice("scene", self.scenes.iter().map(|s| &s.name)));
        found.extend(twice("output", self.outputs.iter().map(|o| &o.name)));
        self.canvas_problems(&mut found);
        self.sources.iter().for_each(|s| source_problems(s, &mut found));
        self.sources
            .iter()
            .for_each(|s| self.fallback_problem(s, &mut found));
        self.scene_problems(&mut found);
        self.plan_problems(&mut found);
        self.outputs.iter().for_each(|o| output_problems(o, &mut found));
        found
    }

    fn canvas_problems(&self, found: &mut Vec<Problem>) {
        let size = self.canvas.size;
        let fits = |n: u32| (64..=3840).contains(&n) && n.is_multiple_of(2);
        if !fits(size.width) || !fits(size.height) {
            let value = format!("{}x{}", size.width, size.height);
            found.push(range("the canvas", value, "64x64 to 3840x3840, both even"));
        }
        if !(1.0..=120.0).contains(&self.canvas.rate.as_f64()) {
            found.push(range("the canvas's rate", self.canvas.rate, "1 to 120"));
        }
    }

    fn scene_problems(&self, found: &mut Vec<Problem>) {
        if self.scenes.is_empty() {
            found.push(Problem::NoScene);
        }
        let named = |name: &str| self.sources.iter().find(|s| s.name == name);
        let picture = |name: &str| named(name).map(Source::has_picture);
        found.extend(layers::problems(&self.scenes, &picture));
    }

    fn fallback_problem(&self, source: &Source, found: &mut Vec<Problem>) {
        let picture = |name: &String| self.sources.iter().any(|s| s.name == *name && s.has_picture());
        let SourceKind::Camera { fallback, .. } = &source.kind else {
            return;
        };
        match fallback {
            Fallback::Source(other) if *other == source.name || !picture(other) => {
                found.push(Problem::BadFallback {
                    name: source.name.clone(),
                    fallback: other.clone(),
                });
            }
            Fallback::Image(path) if !path.is_file() => found.push(Problem::MissingFile {
                name: source.name.clone(),
                path: path.display().to_string(),
            }),
            _ => {}
        }
    }

    fn plan_problems(&self, found: &mut Vec<Problem>) {
        for step in &self.plan.steps {
            if !self.scenes.iter().any(|s| s.name == step.scene) {
                found.push(Problem::NoSuchStep(step.scene.clone()));
            }
            if !(0.5..=86_400.0).contains(&step.seconds) {
                found.push(range("the time of a step", step.seconds, "0.5 to 86400 seconds"));
            }
            if step.fade_ms > layers::MAX_FADE_MS {
                found.push(range("the fade of a step", step.fade_ms, "0 to 10000 ms"));
            }
        }
    }
}

fn twice<'a>(what: &'static str, names: impl Iterator<Item = &'a String>) -> Vec<Problem> {
    let mut seen = HashSet::new();
    names
        .filter(|n| !seen.insert(*n))
        .map(|n| Problem::TwoNames {
            what,
            name: n.clone(),
        })
        .collect()
}

pub(super) fn range(what: &str, value: impl ToString, range: &'static str) -> Problem {
    Problem::OutOfRange {
        what: what.to_owned(),
        value: value.to_string(),
        range,
    }
}

/// What doesn't fit in a source by itself.
pub(crate) fn source_problems(source: &Source, found: &mut Vec<Problem>) {
    let name = source.name.clone();
    match &source.kind {
        SourceKind::File { path, .. } | SourceKind::Image { path } if !path.is_file() => {
            found.push(Problem::MissingFile {
                name,
                path: path.display().to_string(),
            });
        }
        SourceKind::Tone { hz, .. } if !(20.0..=20_000.0).contains(hz) => {
            found.push(range(&format!("the tone of '{name}'"), hz, "20 to 20000 Hz"));
        }
        _ => {}
    }
    if !(-60.0..=20.0).contains(&source.gain_db) {
        found.push(range(
            &format!("the gain of '{}'", source.name),
            source.gain_db,
            "-60 to 20 dB",
        ));
    }
}

/// Whether `name` has the form of our server's keys: 160 bits in base 32.
fn looks_like_a_key(name: &str) -> bool {
    name.len() == 32
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))
}

/// What doesn't fit in an output by itself.
pub(crate) fn output_problems(output: &Output, found: &mut Vec<Problem>) {
    if let KeyRef::Keyring(name) | KeyRef::Env(name) = &output.key
        && looks_like_a_key(name)
    {
        found.push(Problem::KeyAsName(output.name.clone()));
    }
    found.extend(url_problem(output));
    if output.passed_on && output.kind != OutputKind::Rtmp {
        found.push(Problem::NotPassable(output.name.clone()));
    }
    if let Some(platform) = output.platform.as_deref()
        && presets::find(platform).is_none()
    {
        found.push(Problem::NoSuchPlatform {
            name: output.name.clone(),
            platform: platform.to_owned(),
        });
    }
    if !(20..=8_000).contains(&output.srt.latency_ms) {
        found.push(range(
            &format!("the latency of '{}'", output.name),
            output.srt.latency_ms,
            "20 to 8000 ms",
        ));
    }
    if !(100..=50_000).contains(&output.video.bitrate) {
        found.push(range(
            &format!("the bitrate of '{}'", output.name),
            output.video.bitrate,
            "100 to 50000 kbit/s",
        ));
    }
    // What stands there for all is no mistake at a place that gets less.
    let most = output.video.bitrate.max(LEAST);
    if !(100..=most).contains(&output.least) {
        let what = format!("the least bitrate of '{}'", output.name);
        found.push(range(&what, output.least, "100 kbit/s to its bitrate"));
    }
    if !(1..=10).contains(&output.video.key_seconds) {
        let what = format!("the seconds between key frames of '{}'", output.name);
        found.push(range(&what, output.video.key_seconds, "1 to 10 s"));
    }
    if !PRESETS.contains(&output.video.preset.as_str()) {
        let what = format!("the preset of '{}'", output.name);
        found.push(range(
            &what,
            &output.video.preset,
            "ultrafast, superfast, veryfast, faster, fast to medium",
        ));
    }
    if !(32..=320).contains(&output.audio.bitrate) {
        let what = format!("the sound bitrate of '{}'", output.name);
        found.push(range(&what, output.audio.bitrate, "32 to 320 kbit/s"));
    }
}

impl Output {
    /// Takes from its platform the address that all sellers there have, where none is written, and key frames as often as it
    /// wants them.
    pub(crate) fn follow_platform(&mut self) {
        let Some(platform) = self.platform.as_deref().and_then(presets::find) else {
            return;
        };
        if let (true, Some(server)) = (self.url.is_empty(), platform.servers.first()) {
            self.url.clone_from(server);
            self.kind = OutputKind::of(server);
        }
        let most = platform.limits.key_seconds.unwrap_or(u8::MAX);
        self.video.key_seconds = self.video.key_seconds.min(most);
    }
}

impl OutputKind {
    /// How `url` is reached.
    pub(crate) fn of(url: &str) -> Self {
        match url.split_once("://") {
            Some(("srt", _)) => Self::Srt,
            Some(("https" | "http", _)) => Self::Whip,
            _ => Self::Rtmp,
        }
    }
}

/// What is wrong with an output's address.
pub(crate) fn url_problem(output: &Output) -> Option<Problem> {
    let (url, name) = (&output.url, || output.name.clone());
    if url.is_empty() && output.platform.is_some() {
        return Some(Problem::NoUrl(name()));
    }
    let known = match output.kind {
        OutputKind::Rtmp => return rtmp_problem(url, name),
        OutputKind::Srt => srt_address(url).is_some(),
        OutputKind::Whip => whip_address(url).is_some(),
    };
    match url.contains(['?', '@']) {
        true => Some(Problem::KeyInUrl(name())),
        false => (!known).then(|| Problem::BadUrl(name())),
    }
}

fn rtmp_problem(url: &str, name: impl Fn() -> String) -> Option<Problem> {
    let rest = url
        .strip_prefix("rtmp://")
        .or_else(|| url.strip_prefix("rtmps://"));
    let Some(parts) = rest.map(|rest| rest.trim_end_matches('/').split('/').collect::<Vec<_>>()) else {
        return Some(Problem::BadUrl(name()));
    };
    match parts[..] {
        [host, app] if !host.is_empty() && !app.is_empty() => {
            (host.contains('@') || app.contains('?')).then(|| Problem::KeyInUrl(name()))
        }
        [_, _, _, ..] => Some(Problem::KeyInUrl(name())),
        _ => Some(Problem::BadUrl(name())),
    }
}

/// Host (an IPv6 address without brackets) and port of `srt://host:port`.
pub(crate) fn srt_address(url: &str) -> Option<(String, u16)> {
    let rest = url.strip_prefix("srt://")?.trim_end_matches('/');
    let (host, port) = rest.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/?#@".contains(c);
    (!host.is_empty() && !host.contains(odd))
        .then_some((host.to_owned(), port.parse().ok().filter(|p| *p > 0)?))
}

/// Host (an IPv6 address without brackets) and port of `https://host/path` or `http://host/path`.
pub(crate) fn whip_address(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let odd = |c: char| c.is_whitespace() || c.is_control() || "?#@".contains(c);
    if !["https", "http"].contains(&scheme) || authority.is_empty() || path.is_empty() || rest.contains(odd) {
        return None;
    }
    let url = reqwest::Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']);
    Some((host.to_owned(), url.port_or_known_default()?))
}
