//! A track within a period: an adaptation set with one representation.

use std::io;

use container::cmaf;
use media::{CodecParameters, Timestamp};

use super::period::{Addressing, Period};
use super::text::{Attributes, SECOND, Seconds, Xml, descriptor, nanos, utc_timing};
use crate::segment::Segment;
use crate::track::{Init, Track};
use crate::{Extent, Packager, Rendition};

/// What passes between a picture's taking and its arrival here, as a rule: encoding and the way. A segment's chunks can be
/// had that much later than the media's own times say; one asked for earlier is waited for.
const PRODUCTION: i64 = SECOND / 2;
/// Bits a second are rounded up to so many, so that a manifest doesn't change with every segment.
const STEP: u64 = 50_000;

/// A track within a period: an adaptation set with one representation.
pub(super) struct Set<'a> {
    packager: &'a Packager,
    extent: Extent,
    period: &'a Period,
    rendition: Rendition,
    track: &'a Track,
    version: u32,
    init: &'a Init,
}

impl<'a> Set<'a> {
    /// The tracks of a period of which something can be had: players take a list without segments for an error.
    pub(super) fn all(packager: &'a Packager, extent: Extent, period: &'a Period) -> Vec<Self> {
        let set = |(rendition, version): (Rendition, Option<u32>)| {
            let (track, version) = (packager.track(rendition)?, version?);
            Some(Self {
                packager,
                extent,
                period,
                rendition,
                track,
                version,
                init: track.described(version)?,
            })
        };
        let renditions = [Rendition::Video, Rendition::Audio].into_iter();
        let sets = renditions.zip(period.inits).filter_map(set);
        let has_some =
            |set: &Self| period.addressing != Addressing::Timeline || set.segments().next().is_some();
        sets.filter(has_some).collect()
    }

    pub(super) fn write(&self, xml: &mut Xml) -> io::Result<()> {
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
                // The schema's order: what all representations share, what the set has, then they.
                self.producer(xml)?;
                descriptor("urn:mpeg:dash:role:2011", "main").empty("Role", xml)?;
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
        attributes.empty("SegmentTemplate", xml)
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
        match parameters {
            CodecParameters::Video(p) => {
                attributes = attributes
                    .with("width", p.size.width)
                    .with("height", p.size.height);
                if let Some(rate) = p.rate {
                    attributes = attributes.with("frameRate", format_args!("{}/{}", rate.num(), rate.den()));
                }
                attributes.empty("Representation", xml)
            }
            CodecParameters::Audio(p) => {
                let scheme = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";
                let channels = descriptor(scheme, p.channels);
                attributes = attributes.with("audioSamplingRate", p.rate);
                xml.create_element("Representation")
                    .with_attributes(attributes.list())
                    .write_inner_content(|xml| channels.empty("AudioChannelConfiguration", xml))?;
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
        attributes.empty("S", xml)
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
