//! Segments as MPEG transport streams, for devices that know no CMAF: muxed from the chunks when somebody asks.

use bytes::{Bytes, BytesMut};
use container::cmaf::{self, Chunk};
use container::ts::{self, Muxer};
use media::{Packet, Timestamp, Track as MediaTrack, TrackKind};

use crate::playlist::Seconds;
use crate::segment::Segment;
use crate::{Extent, Packager, Rendition};

/// A segment of all tracks, ready to be muxed away from the stream.
#[derive(Clone, Debug)]
pub struct Unmuxed(pub(crate) Vec<Part>);

/// A track of it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    track: MediaTrack,
    timescale: u32,
    chunks: Vec<Bytes>,
}

/// Why a segment can't be had as a transport stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MuxError {
    /// A codec that transport streams don't carry, or a packet that doesn't fit.
    #[error(transparent)]
    Ts(#[from] ts::Error),
    /// A chunk that isn't one: none of ours.
    #[error(transparent)]
    Cmaf(#[from] cmaf::Error),
}

impl Packager {
    /// What a transport stream of segment `msn` is made from; none where there is no such segment, or it is a gap.
    pub fn unmuxed(&self, msn: u64) -> Option<Unmuxed> {
        let part = |rendition| {
            let track = self.track(rendition)?;
            let segment = track.complete(msn).filter(|s| !s.is_gap())?;
            let init = track.described(segment.head.version)?;
            Some(Part {
                track: MediaTrack {
                    id: 0,
                    parameters: init.parameters.clone(),
                },
                timescale: segment.timescale,
                chunks: segment.parts.iter().map(|p| p.data.clone()).collect(),
            })
        };
        let parts: Vec<_> = [Rendition::Video, Rendition::Audio]
            .into_iter()
            .filter_map(part)
            .collect();
        let complete = msn < self.next_divided;
        (complete && !parts.is_empty()).then_some(Unmuxed(parts))
    }

    /// The playlist of transport streams (RFC 8216, protocol version 3); none while the stream isn't
    /// [ready](Self::is_ready), or where they don't carry the publisher's codecs.
    pub fn transport(&self) -> Option<String> {
        let tracks = self.tracks().map(|t| MediaTrack {
            id: 0,
            parameters: t.parameters.clone(),
        });
        Muxer::new(&tracks.collect::<Vec<_>>()).ok()?;
        self.is_ready().then(|| self.write_transport())
    }

    fn write_transport(&self) -> String {
        let leading = self.tracks().next();
        let segments = leading.into_iter().flat_map(|t| self.listed(t, Extent::Live));
        let mut complete = segments.filter(|s| s.head.msn < self.next_divided).peekable();
        let first = complete.peek().map(|s| &s.head);
        let number = first.map_or(self.next_msn, |head| head.msn);
        let gone = first.map_or(0, |head| head.discontinuities - u64::from(head.discontinuity));
        let target = self.target.unwrap_or_default();
        let head = format!(
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{target}\n#EXT-X-MEDIA-SEQUENCE:{number}\n\
             #EXT-X-DISCONTINUITY-SEQUENCE:{gone}\n"
        );
        let listed = complete.map(|segment| self.write_transport_segment(segment));
        let end = if self.ended { "#EXT-X-ENDLIST\n" } else { "" };
        head + &listed.collect::<String>() + end
    }

    fn write_transport_segment(&self, leading: &Segment) -> String {
        let msn = leading.head.msn;
        // What the leading track lacks, the other one may have.
        let mut with_media = self
            .tracks()
            .filter_map(|t| t.complete(msn))
            .filter(|s| !s.is_gap());
        let gap = with_media.next().is_none();
        let utc = leading
            .head
            .utc
            .map(|utc| format!("#EXT-X-PROGRAM-DATE-TIME:{}\n", utc.iso_millis()));
        format!(
            "{}{}{}#EXTINF:{},\nts/{msn}.ts\n",
            if leading.head.discontinuity {
                "#EXT-X-DISCONTINUITY\n"
            } else {
                ""
            },
            utc.unwrap_or_default(),
            if gap { "#EXT-X-GAP\n" } else { "" },
            Seconds(leading.duration),
        )
    }
}

impl Unmuxed {
    /// The segment as a transport stream that may follow any other: it begins with its tables and, where the publisher
    /// keeps its promise, a key frame (RFC 8216, 3.2).
    ///
    /// # Errors
    /// See [`MuxError`].
    pub fn mux(&self) -> Result<Bytes, MuxError> {
        let tracks: Vec<_> = self.0.iter().map(|p| p.track.clone()).collect();
        let mut muxer = Muxer::piece(&tracks)?;
        let mut packets = Vec::new();
        for part in &self.0 {
            part.read(&mut packets)?;
        }
        // Stable: packets of a track keep their order.
        packets.sort_by_key(|p| p.dts);
        let size: usize = packets.iter().map(|p| p.data.len()).sum();
        let mut out = BytesMut::with_capacity(size + size / 8 + 1024);
        for packet in &packets {
            muxer.write(packet, &mut out)?;
        }
        Ok(out.freeze())
    }
}

impl Part {
    fn read(&self, packets: &mut Vec<Packet>) -> Result<(), cmaf::Error> {
        for chunk in &self.chunks {
            let mut bytes = chunk.clone();
            while let Some(chunk) = cmaf::read_chunk(&mut bytes)? {
                self.packets(chunk, packets);
            }
        }
        Ok(())
    }

    fn packets(&self, chunk: Chunk, packets: &mut Vec<Packet>) {
        let kind = self.track.parameters.kind();
        let mut dts = i64::try_from(chunk.base_decode_time).unwrap_or(i64::MAX);
        for sample in chunk.samples {
            let at = |ticks| Timestamp::from_ticks(ticks, self.timescale);
            packets.push(Packet {
                kind,
                track: 0,
                pts: at(dts.saturating_add(sample.composition.into())),
                dts: at(dts),
                key: kind == TrackKind::Audio || sample.key,
                data: sample.data,
            });
            dts = dts.saturating_add(sample.duration.into());
        }
    }
}
