//! Playlists as text (draft-pantos-hls-rfc8216bis).

use std::fmt::{self, Write};

use container::cmaf;
use media::{CodecParameters, TrackKind};

use crate::segment::{Head, Part, Segment, UNITS};
use crate::track::Track;
use crate::{Extent, Packager, Rendition};

/// The value of `_HLS_skip`: which delta update a player understands. Both are answered alike, as there are
/// no date ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// `YES`: older segments may be left out.
    Segments,
    /// `v2`: and older date ranges.
    DateRanges,
}

impl Skip {
    /// Reads the value of `_HLS_skip`.
    pub fn parse(value: &str) -> Option<Self> {
        match value {
            "YES" => Some(Self::Segments),
            "v2" => Some(Self::DateRanges),
            _ => None,
        }
    }
}

/// A duration in [`UNITS`] as seconds.
pub(crate) struct Seconds(pub(crate) u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:05}", self.0 / UNITS, self.0 % UNITS)
    }
}

/// The multivariant playlist: one variant, its sound in a group.
pub(crate) fn multivariant(packager: &Packager, extent: Extent) -> String {
    let tracks = || packager.tracks();
    let mut out = String::from("#EXTM3U\n#EXT-X-VERSION:9\n");
    if tracks().next().is_some_and(|t| packager.is_independent(t)) {
        out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    let codecs: Vec<_> = tracks().map(|t| cmaf::codecs(&t.parameters)).collect();
    let listed = |track| packager.listed(track, Extent::Live);
    let peak: u64 = tracks()
        .map(|t| listed(t).map(Segment::bitrate).max().unwrap_or(0))
        .sum();
    let average: u64 = tracks().map(|t| average_bitrate(listed(t))).sum();
    let suffix = extent.suffix();
    let mut variant = format!(
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
        peak.max(1),
        average.max(1),
        codecs.join(",")
    );
    let audio = packager.audio.as_ref().map(|track| &track.parameters);
    let Some(CodecParameters::Video(video)) = packager.video.as_ref().map(|track| &track.parameters) else {
        return out + &variant + &format!("\naudio{suffix}.m3u8\n");
    };
    push(
        &mut variant,
        format_args!(",RESOLUTION={}x{}", video.size.width, video.size.height),
    );
    if let Some(rate) = video.rate {
        push(&mut variant, format_args!(",FRAME-RATE={:.3}", rate.as_f64()));
    }
    if let Some(CodecParameters::Audio(audio)) = audio {
        push(
            &mut out,
            format_args!(
                "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"audio\",DEFAULT=YES,AUTOSELECT=YES,\
                 CHANNELS=\"{}\",URI=\"audio{suffix}.m3u8\"\n",
                audio.channels
            ),
        );
        variant.push_str(",AUDIO=\"audio\"");
    }
    out + &variant + &format!(",CLOSED-CAPTIONS=NONE\nvideo{suffix}.m3u8\n")
}

impl Packager {
    /// Whether every segment begins with what can be decoded by itself: sound does, pictures where the
    /// publisher promised its key frames.
    pub(crate) fn is_independent(&self, track: &Track) -> bool {
        track.parameters.kind() == TrackKind::Audio || self.config.promised_gop.is_some()
    }
}

fn average_bitrate<'a>(segments: impl Iterator<Item = &'a Segment>) -> u64 {
    let (bytes, duration) = segments.fold((0u64, 0u64), |(b, d), s| (b + s.bytes as u64, d + s.duration));
    (bytes * 8 * UNITS).checked_div(duration).unwrap_or(0)
}

/// A media playlist, written from top to bottom.
struct Writer<'a> {
    out: String,
    rendition: Rendition,
    extent: Extent,
    /// The init segment that players know by now.
    version: Option<u32>,
    track: &'a Track,
}

pub(crate) fn media(
    packager: &Packager,
    rendition: Rendition,
    track: &Track,
    extent: Extent,
    skip: Option<Skip>,
) -> String {
    let target = packager.target.unwrap_or_default();
    let listed: Vec<&Segment> = packager.listed(track, extent).collect();
    let skipped = match skip {
        Some(_) if !packager.ended => skippable(track, &listed, target),
        _ => 0,
    };
    let mut writer = Writer {
        out: String::with_capacity(4096),
        rendition,
        extent,
        version: None,
        track,
    };
    writer.head(packager, target, listed.first().map(|s| &s.head));
    if skipped > 0 {
        push(
            &mut writer.out,
            format_args!("#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}\n"),
        );
        writer.version = Some(listed[skipped - 1].head.version);
    }
    // Parts stand where they are no more than three target durations from the end (4.4.4.9).
    let mut to_end = remaining(track, &listed[skipped..]);
    for segment in &listed[skipped..] {
        let parts = to_end <= 3 * u64::from(target) * UNITS;
        writer.segment(segment, parts && !packager.ended);
        to_end -= segment.duration;
    }
    if packager.ended {
        writer.out.push_str("#EXT-X-ENDLIST\n");
    } else {
        writer.live_edge();
        writer.reports(packager);
    }
    writer.out
}

/// Time from the first of these segments to the end of the playlist.
fn remaining(track: &Track, segments: &[&Segment]) -> u64 {
    let open = track.open.iter().flat_map(|open| &open.parts).map(|p| p.duration);
    segments.iter().map(|s| s.duration).chain(open).sum()
}

/// How many segments end before the skip boundary, six target durations from the end.
fn skippable(track: &Track, listed: &[&Segment], target: u32) -> usize {
    let boundary = 6 * u64::from(target) * UNITS;
    let mut to_end = remaining(track, listed);
    listed
        .iter()
        .take_while(|segment| {
            to_end -= segment.duration;
            to_end > boundary
        })
        .count()
}

impl Writer<'_> {
    fn head(&mut self, packager: &Packager, target: u32, first: Option<&Head>) {
        let longest_part = packager.tracks().map(|t| t.part_target).max().unwrap_or(0);
        push(
            &mut self.out,
            format_args!(
                "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{target}\n\
                 #EXT-X-PART-INF:PART-TARGET={}\n\
                 #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={},CAN-SKIP-UNTIL={}.0\n",
                Seconds(self.track.part_target),
                Seconds(3 * longest_part),
                6 * target,
            ),
        );
        if packager.is_independent(self.track) {
            self.out.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
        }
        let first_msn = first.map_or(packager.next_msn, |head| head.msn);
        // A first segment's own discontinuity tag still stands in the playlist: it isn't counted as gone.
        let gone = first.map_or(0, |head| head.discontinuities - u64::from(head.discontinuity));
        push(
            &mut self.out,
            format_args!("#EXT-X-MEDIA-SEQUENCE:{first_msn}\n#EXT-X-DISCONTINUITY-SEQUENCE:{gone}\n"),
        );
    }

    fn segment(&mut self, segment: &Segment, with_parts: bool) {
        self.before(&segment.head);
        if with_parts {
            self.parts(segment.head.msn, &segment.parts);
        }
        if segment.is_gap() {
            self.out.push_str("#EXT-X-GAP\n");
        }
        let (name, msn) = (self.rendition.name(), segment.head.msn);
        let duration = Seconds(segment.duration);
        push(
            &mut self.out,
            format_args!("#EXTINF:{duration},\n{name}/{msn}.m4s\n"),
        );
    }

    /// What stands before a segment or its first part.
    fn before(&mut self, head: &Head) {
        if head.discontinuity {
            self.out.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if self.version != Some(head.version) {
            self.version = Some(head.version);
            let name = self.rendition.name();
            push(
                &mut self.out,
                format_args!("#EXT-X-MAP:URI=\"{name}/init-{}.mp4\"\n", head.version),
            );
        }
        if let Some(utc) = head.utc {
            push(
                &mut self.out,
                format_args!("#EXT-X-PROGRAM-DATE-TIME:{}\n", utc.iso_millis()),
            );
        }
    }

    fn parts(&mut self, msn: u64, parts: &[Part]) {
        let name = self.rendition.name();
        for (n, part) in parts.iter().enumerate() {
            let independent = if part.independent { ",INDEPENDENT=YES" } else { "" };
            let duration = Seconds(part.duration);
            push(
                &mut self.out,
                format_args!("#EXT-X-PART:DURATION={duration},URI=\"{name}/{msn}.{n}.m4s\"{independent}\n"),
            );
        }
    }

    /// The parts of the segment that grows, and the one that comes next.
    fn live_edge(&mut self) {
        let Some(open) = &self.track.open else { return };
        if !open.parts.is_empty() {
            self.before(&open.head);
            self.parts(open.head.msn, &open.parts);
        }
        let (name, msn, next) = (self.rendition.name(), open.head.msn, open.parts.len());
        push(
            &mut self.out,
            format_args!("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{name}/{msn}.{next}.m4s\"\n"),
        );
    }

    fn reports(&mut self, packager: &Packager) {
        for other in [Rendition::Video, Rendition::Audio] {
            if other == self.rendition {
                continue;
            }
            if let Some((msn, part)) = packager.last(other) {
                let (name, suffix) = (other.name(), self.extent.suffix());
                push(
                    &mut self.out,
                    format_args!(
                        "#EXT-X-RENDITION-REPORT:URI=\"{name}{suffix}.m3u8\",LAST-MSN={msn},LAST-PART={part}\n"
                    ),
                );
            }
        }
    }
}

/// Writing into a string never fails.
fn push(out: &mut String, text: fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
