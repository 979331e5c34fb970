//! The manifest (MPD) as text.

use std::fmt::{self, Display};
use std::io;

use container::cmaf;
use media::{CodecParameters, Timestamp};
use quick_xml::Writer;

use super::period::{Addressing, Period};
use crate::segment::{Segment, UNITS};
use crate::track::{Init, Track};
use crate::{Extent, Packager, Rendition};

/// What is claimed: live profiles of ISO/IEC 23009-1, 8.4 and 8.12, and DASH-IF's low-latency services.
const PROFILES: &str = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019,\
    http://www.dashif.org/guidelines/low-latency-live-v5";
/// How often players look for a new period, and for new segments where these are listed.
const UPDATED_EVERY: i64 = SECOND;
/// What passes between a picture's taking and its arrival here, as a rule: encoding and the way. A segment's chunks can be
/// had that much later than the media's own times say; one asked for earlier is waited for.
const PRODUCTION: i64 = SECOND / 2;
/// Delay that players with low latency aim at, and between which bounds, in milliseconds.
const LATENCY: [u32; 3] = [3_000, 2_000, 6_000];
/// Bits a second are rounded up to so many, so that a manifest doesn't change with every segment.
const STEP: u64 = 50_000;

const SECOND: i64 = 1_000_000_000;

/// Nanoseconds as `xs:duration`, in seconds.
#[derive(Clone, Copy, Debug)]
struct Lasts(i64);

impl Display for Lasts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PT{}S", Seconds(self.0))
    }
}

/// Nanoseconds as a decimal number of seconds, to the microsecond.
#[derive(Clone, Copy, Debug)]
struct Seconds(i64);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = (self.0.max(0) + 500) / 1_000;
        match micros % 1_000_000 {
            0 => write!(f, "{}", micros / 1_000_000),
            rest => {
                let rest = format!("{rest:06}");
                write!(f, "{}.{}", micros / 1_000_000, rest.trim_end_matches('0'))
            }
        }
    }
}

/// The attributes of an element.
#[derive(Debug, Default)]
struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    fn list(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

type Xml = Writer<Vec<u8>>;

/// The manifest of a stream of which a time of day is known; none before.
pub(crate) fn manifest(packager: &Packager, extent: Extent) -> Option<String> {
    let attributes = presentation(packager, extent)?;
    let mut xml = Writer::new_with_indent(Vec::with_capacity(4096), b' ', 1);
    let written = xml
        .create_element("MPD")
        .with_attributes(attributes.list())
        .write_inner_content(|xml| {
            service(packager, xml)?;
            for period in packager.periods.list() {
                write_period(packager, extent, period, xml)?;
            }
            utc_timing(xml)
        });
    // Writing into memory never fails, and what was written is text.
    written.ok()?;
    let text = String::from_utf8(xml.into_inner()).ok()?;
    Some(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"))
}

/// The attributes of the whole (5.3.1.2). Of leap seconds (5.13) nothing is said: a show lasts hours.
fn presentation(packager: &Packager, extent: Extent) -> Option<Attributes> {
    let periods = &packager.periods;
    let target = i64::from(packager.target?) * SECOND;
    let attributes = Attributes::default()
        .with("xmlns", "urn:mpeg:dash:schema:mpd:2011")
        .with("profiles", PROFILES)
        .with("type", "dynamic")
        .with("availabilityStartTime", periods.available_since()?.iso_micros())
        .with("publishTime", periods.published()?.iso_micros())
        .with("minBufferTime", Lasts(SECOND))
        .with("maxSegmentDuration", Lasts(target + SECOND / 2))
        .with("suggestedPresentationDelay", Lasts(3 * target))
        .with("timeShiftBufferDepth", Lasts(depth(packager, extent)));
    Some(match packager.ended {
        false => attributes.with("minimumUpdatePeriod", Lasts(UPDATED_EVERY)),
        true => attributes.with("mediaPresentationDuration", Lasts(presented(packager))),
    })
}

/// How long segments can be had (5.3.1.2): as long as the playlist is, less the segment that leaves it next.
fn depth(packager: &Packager, extent: Extent) -> i64 {
    let target = i64::from(packager.target.unwrap_or_default()) * SECOND;
    let planned = match extent {
        Extent::Live => (packager.config.window as i64 - 1) * target,
        Extent::Rewind => i64::try_from(packager.config.rewind.as_nanos()).unwrap_or(i64::MAX) - target,
    };
    let kept = |track| {
        let segments = packager.listed(track, Extent::Rewind).skip(1);
        nanos(segments.map(|s| s.duration).sum())
    };
    let most = match packager.has_forgotten() {
        true => packager.tracks().map(kept).max().unwrap_or(0),
        // While the stream is younger than that, everything can be had.
        false => i64::MAX,
    };
    planned.min(most).max(target)
}

/// Where the presentation ends on the manifest's line.
fn presented(packager: &Packager) -> i64 {
    let last = packager.periods.list().back();
    last.and_then(|p| Some(p.place(p.end?))).unwrap_or(0)
}

/// Hundred-thousandths of a second as nanoseconds.
fn nanos(units: u64) -> i64 {
    i64::try_from(units * (1_000_000_000 / UNITS)).unwrap_or(i64::MAX)
}

/// Delay and speed for players with low latency (Annex K).
fn service(packager: &Packager, xml: &mut Xml) -> io::Result<()> {
    let newest = packager.periods.list().back();
    let listed = newest.is_some_and(|p| p.addressing == Addressing::Timeline);
    // A segment that is only listed once it is complete comes later by as much.
    let later = 1_000 * packager.target.unwrap_or_default() * u32::from(listed);
    let [target, min, max] = LATENCY.map(|ms| ms + later);
    let latency = Attributes::default()
        .with("referenceId", 0)
        .with("target", target)
        .with("min", min)
        .with("max", max);
    let service = xml
        .create_element("ServiceDescription")
        .with_attribute(("id", "0"));
    service.write_inner_content(|xml| {
        let element = xml.create_element("Latency");
        element.with_attributes(latency.list()).write_empty()?;
        let element = xml.create_element("PlaybackRate");
        let speeds = [("min", "0.96"), ("max", "1.04")];
        element.with_attributes(speeds).write_empty()?;
        Ok(())
    })?;
    Ok(())
}

/// The clock that availability is reckoned by (5.8.4.11), beside the manifest on the same server.
fn utc_timing(xml: &mut Xml) -> io::Result<()> {
    let timing = [
        ("schemeIdUri", "urn:mpeg:dash:utc:http-xsdate:2014"),
        ("value", "../../time"),
    ];
    xml.create_element("UTCTiming")
        .with_attributes(timing)
        .write_empty()?;
    Ok(())
}

fn write_period(packager: &Packager, extent: Extent, period: &Period, xml: &mut Xml) -> io::Result<()> {
    let mut attributes = Attributes::default()
        .with("id", period.id)
        .with("start", Lasts(period.at));
    let is_newest = packager.periods.list().back().is_some_and(|p| p.id == period.id);
    if let Some(end) = period.end.filter(|_| is_newest) {
        attributes = attributes.with("duration", Lasts(end.nanos_since(period.begin)));
    }
    let element = xml.create_element("Period");
    let renditions = [Rendition::Video, Rendition::Audio];
    let sets = renditions
        .into_iter()
        .zip(period.inits)
        .filter_map(|(rendition, version)| {
            let track = packager.track(rendition)?;
            let version = version?;
            let init = track.described(version)?;
            Some(Set {
                packager,
                extent,
                period,
                rendition,
                track,
                version,
                init,
            })
        });
    element
        .with_attributes(attributes.list())
        .write_inner_content(|xml| sets.into_iter().try_for_each(|set| set.write(xml)))?;
    Ok(())
}

/// A track within a period: an adaptation set with one representation.
struct Set<'a> {
    packager: &'a Packager,
    extent: Extent,
    period: &'a Period,
    rendition: Rendition,
    track: &'a Track,
    version: u32,
    init: &'a Init,
}

impl Set<'_> {
    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        let name = self.rendition.name();
        let (id, mime) = match self.rendition {
            Rendition::Video => (1, "video/mp4"),
            Rendition::Audio => (2, "audio/mp4"),
        };
        let mut attributes = Attributes::default()
            .with("id", id)
            .with("contentType", name)
            .with("mimeType", mime)
            .with("segmentAlignment", true);
        if self.packager.is_independent(self.track) {
            attributes = attributes.with("startWithSAP", 1);
        }
        xml.create_element("AdaptationSet")
            .with_attributes(attributes.list())
            .write_inner_content(|xml| {
                let role = [("schemeIdUri", "urn:mpeg:dash:role:2011"), ("value", "main")];
                // The schema's order: what all representations share, what the set has, then they.
                self.producer(xml)?;
                xml.create_element("Role").with_attributes(role).write_empty()?;
                self.template(xml)?;
                self.representation(xml)
            })?;
        Ok(())
    }

    /// Ticks a second of what is said of segments: where they have numbers, the leading track's for all.
    fn timescale(&self) -> u32 {
        let [video, audio] = self.period.inits;
        let of = |rendition, version: Option<u32>| {
            let track = self.packager.track(rendition)?;
            Some(track.described(version?)?.timescale)
        };
        let leading = of(Rendition::Video, video).or_else(|| of(Rendition::Audio, audio));
        match self.period.addressing {
            Addressing::Number(_) => leading.unwrap_or(self.init.timescale),
            Addressing::Timeline => self.init.timescale,
        }
    }

    /// Which moment of the day the period's beginning is (5.12); each chunk says it of itself in its `prft`.
    fn producer(&self, xml: &mut Xml) -> io::Result<()> {
        let Some(since) = self.packager.periods.available_since() else {
            return Ok(());
        };
        let begun = media::Utc(since.as_micros().saturating_add(self.period.at / 1_000));
        let attributes = Attributes::default()
            .with("id", 0)
            .with("inband", true)
            .with("type", "captured")
            .with("wallClockTime", begun.iso_micros())
            .with("presentationTime", self.period.begin.as_ticks(self.timescale()));
        xml.create_element("ProducerReferenceTime")
            .with_attributes(attributes.list())
            .write_inner_content(utc_timing)?;
        Ok(())
    }

    fn template(&self, xml: &mut Xml) -> io::Result<()> {
        let (name, timescale) = (self.rendition.name(), self.timescale());
        let attributes = Attributes::default()
            .with("timescale", timescale)
            .with("presentationTimeOffset", self.period.begin.as_ticks(timescale))
            .with("initialization", format_args!("{name}/init-{}.mp4", self.version))
            .with("media", format_args!("{name}/$Number$.m4s"));
        let Addressing::Number(nominal) = self.period.addressing else {
            return self.timeline(attributes, xml);
        };
        let part = self.packager.tracks().map(|t| nanos(t.part_target)).max();
        let early = nominal - part.unwrap_or(0) - PRODUCTION;
        let mut attributes = attributes
            .with("startNumber", self.period.first)
            .with("duration", Timestamp::from_nanos(nominal).as_ticks(timescale));
        if early > 0 && self.period.end.is_none() {
            attributes = attributes
                .with("availabilityTimeOffset", Seconds(early))
                .with("availabilityTimeComplete", false);
        }
        let element = xml.create_element("SegmentTemplate");
        element.with_attributes(attributes.list()).write_empty()?;
        Ok(())
    }

    /// The period's complete segments one by one (5.3.9.6).
    fn timeline(&self, attributes: Attributes, xml: &mut Xml) -> io::Result<()> {
        let mut segments = self.segments().peekable();
        let first = segments.peek().map_or(self.period.first, |s| s.head.msn);
        let attributes = attributes.with("startNumber", first);
        let element = xml.create_element("SegmentTemplate");
        element
            .with_attributes(attributes.list())
            .write_inner_content(|xml| {
                xml.create_element("SegmentTimeline")
                    .write_inner_content(|xml| runs(segments).iter().try_for_each(|run| run.write(xml)))?;
                Ok(())
            })?;
        Ok(())
    }

    fn segments(&self) -> impl Iterator<Item = &Segment> {
        let (first, end) = (self.period.first, self.period.end);
        self.packager
            .listed(self.track, self.extent)
            .filter(move |s| s.head.msn >= first && end.is_none_or(|end| s.start < end) && !s.is_gap())
    }

    fn representation(&self, xml: &mut Xml) -> io::Result<()> {
        let parameters = &self.init.parameters;
        let peak = self
            .packager
            .listed(self.track, Extent::Live)
            .map(Segment::bitrate);
        let mut attributes = Attributes::default()
            .with("id", self.rendition.name())
            .with("codecs", cmaf::codecs(parameters))
            .with("bandwidth", peak.max().unwrap_or(0).max(1).next_multiple_of(STEP));
        let element = |attributes: &Attributes, xml: &mut Xml| {
            let element = xml.create_element("Representation");
            element.with_attributes(attributes.list()).write_empty().map(drop)
        };
        match parameters {
            CodecParameters::Video(p) => {
                attributes = attributes
                    .with("width", p.size.width)
                    .with("height", p.size.height);
                if let Some(rate) = p.rate {
                    attributes = attributes.with("frameRate", format_args!("{}/{}", rate.num(), rate.den()));
                }
                element(&attributes, xml)
            }
            CodecParameters::Audio(p) => {
                attributes = attributes.with("audioSamplingRate", p.rate);
                let channels = Attributes::default()
                    .with(
                        "schemeIdUri",
                        "urn:mpeg:dash:23003:3:audio_channel_configuration:2011",
                    )
                    .with("value", p.channels);
                xml.create_element("Representation")
                    .with_attributes(attributes.list())
                    .write_inner_content(|xml| {
                        let element = xml.create_element("AudioChannelConfiguration");
                        element.with_attributes(channels.list()).write_empty()?;
                        Ok(())
                    })?;
                Ok(())
            }
        }
    }
}

/// Segments of one duration, each where the one before ends.
#[derive(Clone, Copy, Debug)]
struct Run {
    begin: i64,
    ticks: u64,
    more: u32,
}

impl Run {
    fn end(&self) -> i64 {
        self.begin + (self.ticks * u64::from(self.more + 1)) as i64
    }

    fn write(&self, xml: &mut Xml) -> io::Result<()> {
        let attributes = Attributes::default().with("t", self.begin).with("d", self.ticks);
        let attributes = match self.more {
            0 => attributes,
            more => attributes.with("r", more),
        };
        let element = xml.create_element("S");
        element.with_attributes(attributes.list()).write_empty()?;
        Ok(())
    }
}

fn runs<'a>(segments: impl Iterator<Item = &'a Segment>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for segment in segments {
        let begin = segment.start.as_ticks(segment.timescale);
        match runs.last_mut() {
            Some(run) if run.ticks == segment.ticks && run.end() == begin => run.more += 1,
            _ => runs.push(Run {
                begin,
                ticks: segment.ticks,
                more: 0,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_exact_to_the_microsecond() {
        let text = |nanos| Lasts(nanos).to_string();
        assert_eq!(text(0), "PT0S");
        assert_eq!(text(2_002_000_000), "PT2.002S");
        assert_eq!(text(1_999_999_600), "PT2S");
        assert_eq!(text(28_800_000_001_000), "PT28800.000001S");
    }
}
