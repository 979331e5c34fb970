//! The manifest (MPD) as text.

use std::io;

use quick_xml::Writer;

use super::period::{Addressing, Period};
use super::set::Set;
use super::text::{Attributes, Lasts, SECOND, Xml, nanos, utc_timing};
use crate::{Extent, Packager};

/// What is claimed: live profiles of ISO/IEC 23009-1, 8.4 and 8.12, and DASH-IF's low-latency services.
const PROFILES: &str = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019,\
    http://www.dashif.org/guidelines/low-latency-live-v5";
/// How often players look for a new period, and for new segments where these are listed.
const UPDATED_EVERY: i64 = SECOND;
/// Delay that players with low latency aim at, and between which bounds, in milliseconds.
const LATENCY: [u32; 3] = [3_000, 2_000, 6_000];

/// The manifest of a stream of which a time of day is known; none before.
pub(crate) fn manifest(packager: &Packager, extent: Extent) -> Option<String> {
    let attributes = presentation(packager, extent)?;
    let mut xml = Writer::new_with_indent(Vec::with_capacity(4096), b' ', 1);
    let written = xml
        .create_element("MPD")
        .with_attributes(attributes.list())
        .write_inner_content(|xml| {
            service(packager, xml)?;
            for (period, sets) in listed(packager, extent) {
                write_period(period, &sets, xml)?;
            }
            utc_timing(xml)
        });
    // Writing into memory never fails, and what was written is text.
    written.ok()?;
    let text = String::from_utf8(xml.into_inner()).ok()?;
    Some(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"))
}

/// The periods of which something can be had, each with its tracks.
fn listed(packager: &Packager, extent: Extent) -> Vec<(&Period, Vec<Set<'_>>)> {
    let oldest = packager
        .tracks()
        .filter_map(|t| packager.listed(t, extent).next());
    let oldest = oldest.map(|s| s.head.msn).min().unwrap_or(0);
    let all = packager.periods.list();
    let begins_after = |n: usize| all.get(n + 1).is_none_or(|next| next.first > oldest);
    let with_sets = |(n, period)| {
        let sets = Set::all(packager, extent, period);
        (begins_after(n) && !sets.is_empty()).then_some((period, sets))
    };
    all.iter().enumerate().filter_map(with_sets).collect()
}

/// What a segment lasts, in nanoseconds, as a rule.
fn usual(packager: &Packager) -> i64 {
    let target = i64::from(packager.target.unwrap_or_default()) * SECOND;
    packager.periods.usual().unwrap_or(target).min(target)
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
        .with("suggestedPresentationDelay", Lasts(3 * usual(packager)))
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

/// Delay and speed for players with low latency (Annex K).
fn service(packager: &Packager, xml: &mut Xml) -> io::Result<()> {
    let newest = packager.periods.list().back();
    let listed = newest.is_some_and(|p| p.addressing == Addressing::Timeline);
    // A segment that is only listed once it is complete comes later by as much.
    let later = if listed {
        (usual(packager) / 1_000_000) as u32
    } else {
        0
    };
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
        latency.empty("Latency", xml)?;
        let speeds = Attributes::default().with("min", "0.96").with("max", "1.04");
        speeds.empty("PlaybackRate", xml)
    })?;
    Ok(())
}

/// A period, which lasts to the next one or to the end of the presentation. How long the newest was is not said while
/// one may follow: dash.js 5 takes that for the end of the whole, and never plays beyond it.
fn write_period(period: &Period, sets: &[Set<'_>], xml: &mut Xml) -> io::Result<()> {
    let attributes = Attributes::default()
        .with("id", period.id)
        .with("start", Lasts(period.at));
    xml.create_element("Period")
        .with_attributes(attributes.list())
        .write_inner_content(|xml| sets.iter().try_for_each(|set| set.write(xml)))?;
    Ok(())
}
