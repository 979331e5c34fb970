//! Presets of the places a show goes to: the platforms that are known, and what they take.

use std::sync::LazyLock;

use api::platform::{Advice, Platform, Platforms, Sent};

use crate::output::onward;
use crate::show::{Output, Show};

static KNOWN: LazyLock<Platforms> = LazyLock::new(|| {
    match serde_json::from_str(include_str!("../platforms.json")) {
        Ok(platforms) => platforms,
        // A test reads the same text.
        Err(error) => unreachable!("{error}"),
    }
});

/// All of them, and the day on which that was so.
pub fn known() -> &'static Platforms {
    &KNOWN
}

/// The one that show files call `id`.
pub fn find(id: &str) -> Option<&'static Platform> {
    KNOWN.platforms.iter().find(|platform| platform.id == id)
}

/// What the platform of `output` may not take of `show`, as it is sent there or passed on; nothing where it is none that is known.
pub fn advise(output: &Output, show: &Show) -> Vec<Advice> {
    let platform = output.platform.as_deref().and_then(find);
    let through = || onward::through(&show.outputs, show.companion.as_ref());
    let made = output.passed_on.then(through).flatten().unwrap_or(output);
    let canvas = &show.canvas;
    let sent = Sent {
        video_kbps: made.video.bitrate,
        audio_kbps: made.audio.bitrate,
        width: canvas.size.width,
        height: canvas.size.height,
        fps: canvas.rate.as_f64(),
    };
    platform.map_or_else(Vec::new, |platform| platform.limits.advise(&sent))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::show::{KeyRef, OutputKind, url_problem};

    #[test]
    fn the_data_file_is_whole_and_each_address_can_be_used() {
        let read = known();
        assert!(read.checked.len() == 10 && read.platforms.len() > 10);
        let mut ids = HashSet::new();
        for platform in &read.platforms {
            let id = &platform.id;
            assert!(ids.insert(id), "{id} twice");
            assert!(
                id.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{id}"
            );
            assert!(
                platform.source.iter().all(|page| page.starts_with("https://")),
                "{id}"
            );
            let known = !platform.servers.is_empty() || platform.limits != Default::default();
            assert_eq!(known, platform.told_by.is_some(), "{id}: who says so?");
            assert!(
                platform.key_page.iter().all(|page| page.starts_with("https://")),
                "{id}"
            );
            for url in &platform.servers {
                let output = Output {
                    name: id.clone(),
                    platform: Some(id.clone()),
                    kind: OutputKind::of(url),
                    url: url.clone(),
                    key: KeyRef::Keyring("k".into()),
                    least: 100,
                    on: true,
                    passed_on: false,
                    srt: Default::default(),
                    video: Default::default(),
                    audio: Default::default(),
                };
                assert_eq!(url_problem(&output), None, "{id}: {url}");
            }
        }
        let names = read
            .platforms
            .iter()
            .map(|platform| platform.name.en.to_lowercase());
        assert!(names.is_sorted(), "sorted by their English names");
    }
}
