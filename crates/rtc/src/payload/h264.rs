//! H.264 in RTP, packetization mode 1 (RFC 6184): single NAL units, STAP-A for parameter sets, FU-A.

use std::sync::Arc;

use bytes::Bytes;
use container::h264::{self, AvcConfig, nal_type};

use super::MAX_PAYLOAD;

/// Types of payloads (RFC 6184, table 1).
const STAP_A: u8 = 24;
const FU_A: u8 = 28;
/// The bits of a NAL unit's header that say how much it is needed (F and NRI).
const IMPORTANCE: u8 = 0xe0;

/// The payloads of the access unit `data`, NAL units each behind its length in four bytes.
///
/// With `config`, an AVCDecoderConfigurationRecord, its parameter sets go first. Delimiters and filler are left out:
/// packets have boundaries of their own.
pub fn packetize(data: &[u8], config: Option<&Bytes>) -> Vec<Arc<[u8]>> {
    let mut payloads = Vec::with_capacity(data.len() / MAX_PAYLOAD + 2);
    let sets = config.and_then(|record| AvcConfig::parse(record).ok());
    if let Some(sets) = &sets {
        aggregate(&sets.sps, &sets.pps, &mut payloads);
    }
    for nal in h264::nal_units(data) {
        let kind = h264::kind(nal);
        let repeated = sets.is_some() && matches!(kind, nal_type::SPS | nal_type::PPS);
        if !repeated && !matches!(kind, nal_type::AUD | nal_type::FILLER) {
            write(nal, &mut payloads);
        }
    }
    payloads
}

/// Parameter sets in one packet where they fit (STAP-A, RFC 6184, 5.7.1).
fn aggregate(sps: &[Bytes], pps: &[Bytes], payloads: &mut Vec<Arc<[u8]>>) {
    let sets = || sps.iter().chain(pps).filter(|set| !set.is_empty());
    let length: usize = 1 + sets().map(|set| set.len() + 2).sum::<usize>();
    if length > MAX_PAYLOAD {
        return sets().for_each(|set| write(set, payloads));
    }
    let importance = sets().map(|set| set[0] & IMPORTANCE).max().unwrap_or(0);
    let mut payload = Vec::with_capacity(length);
    payload.push(importance | STAP_A);
    for set in sets() {
        // No longer than a payload, which 16 bits hold.
        payload.extend_from_slice(&(set.len() as u16).to_be_bytes());
        payload.extend_from_slice(set);
    }
    payloads.push(payload.into());
}

/// One NAL unit, in fragments where it doesn't fit (FU-A, RFC 6184, 5.8).
fn write(nal: &[u8], payloads: &mut Vec<Arc<[u8]>>) {
    if nal.len() <= MAX_PAYLOAD {
        return payloads.push(nal.into());
    }
    let (header, body) = (nal[0], &nal[1..]);
    // Of nearly equal length, so that the last isn't a crumb.
    let count = body.len().div_ceil(MAX_PAYLOAD - 2);
    let size = body.len().div_ceil(count);
    for (index, fragment) in body.chunks(size).enumerate() {
        let (start, end) = (u8::from(index == 0), u8::from(index + 1 == count));
        let mut payload = Vec::with_capacity(fragment.len() + 2);
        payload.push(header & IMPORTANCE | FU_A);
        payload.push(start << 7 | end << 6 | header & 0x1f);
        payload.extend_from_slice(fragment);
        payloads.push(payload.into());
    }
}

#[cfg(test)]
mod tests;
