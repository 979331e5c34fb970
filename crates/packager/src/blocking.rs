//! Blocking playlist reload (draft-pantos-hls-rfc8216bis, 6.2.5.2) as a pure decision.

/// What becomes of a request for a media playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Answer with the playlist as it is now.
    Ready,
    /// Hold the request, and decide again when the playlist changes; after three target durations answer 503.
    Wait,
    /// Answer 400.
    BadRequest,
}

/// The live edge of a rendition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Number of the segment that grows, or would be next.
    pub open: u64,
    /// Parts of it that are there.
    pub open_parts: u32,
    /// Parts of the segment before it.
    pub last_parts: u32,
    /// EXT-X-PART-INF:PART-TARGET in seconds; 0 without parts.
    pub part_target: f64,
    /// Whether the playlist has ended.
    pub ended: bool,
}

impl Edge {
    /// How many parts past the last one may be asked for: as many as last three seconds, but at least three.
    fn advance_limit(&self) -> u32 {
        if self.part_target > 0.0 && self.part_target < 1.0 {
            (3.0 / self.part_target).ceil() as u32
        } else {
            3
        }
    }
}

/// Decides on a request with `_HLS_msn` and `_HLS_part`.
///
/// - An ended playlist is answered with at once, and so is a request without directives.
/// - A part without a segment's number is an error, and so is what lies too far ahead.
/// - A part past a complete segment's last one means the first of the next segment.
pub fn decide(edge: &Edge, msn: Option<u64>, part: Option<u32>) -> Decision {
    if edge.ended {
        return Decision::Ready;
    }
    let Some(msn) = msn else {
        return match part {
            Some(_) => Decision::BadRequest,
            None => Decision::Ready,
        };
    };
    // The last complete segment is `open - 1`; two past it is the most.
    if msn > edge.open.saturating_add(1) {
        return Decision::BadRequest;
    }
    let ready = match part {
        None => msn < edge.open,
        Some(part) if msn == edge.open || msn == edge.open.saturating_add(1) => {
            let there = if msn == edge.open { edge.open_parts } else { 0 };
            if part >= there.saturating_add(edge.advance_limit()) {
                return Decision::BadRequest;
            }
            part < there
        }
        Some(part) if msn + 1 == edge.open => part < edge.last_parts || edge.open_parts > 0,
        Some(_) => true,
    };
    if ready { Decision::Ready } else { Decision::Wait }
}
