//! Picture against sound inside a browser, by media times.
//!
//! The studio flashes and clicks at the beginning of each second. The flash's time is the media time that the
//! browser says of the first white picture it shows; the click's is its place in what the page appended to the
//! browser's audio buffer, decoded here. Both are on the media element's one timeline.

use std::time::Duration;

use bytes::Bytes;
use container::{aac, cmaf};
use media::{Packet, Timestamp, TrackKind};
use pipeline::decode::SampleDecoder;
use system_tests::browser::{Browser, Options};
use system_tests::server::Server;
use system_tests::studio::{CLICK_AND_FLASH, Show, Studio};

type Failure = Box<dyn std::error::Error>;

/// AAC-LC, 48 kHz, stereo (ISO/IEC 14496-3, 1.6.2.1): what the studio sends.
const AAC: [u8; 2] = [0x11, 0x90];
/// The click's first sample is its loudest, at half of full scale.
const CLICK: f32 = 0.25;
const WATCH: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    if let Some((other, _)) = system_tests::binary::options()?.first() {
        return Err(format!("unknown option {other}").into());
    }
    pipeline::init()?;
    let server = Server::start().await?;
    let publish = server.add_stream("bench").await?;
    let show = Show::new(CLICK_AND_FLASH)
        .companion(&server.url(""))
        .output("mine", &publish);
    let studio = Studio::start(&show)?;
    for via in ["flv", "ll-hls"] {
        let apart = watch(&server.url(&format!("/watch/bench?via={via}"))).await?;
        let worst = apart.iter().fold(0f64, |worst, ms| worst.max(ms.abs()));
        println!(
            "{via:<7} {} flashes; clicks apart by at most {worst:.1} ms: {apart:.1?}",
            apart.len()
        );
    }
    studio.stop().await?;
    Ok(())
}

/// How much later than its flash each click is, in ms.
async fn watch(url: &str) -> Result<Vec<f64>, Failure> {
    let browser = Browser::start(&Options::default()).await?;
    browser.before_load(include_str!("tap.js")).await?;
    browser.page.goto(url).await?;
    let playing = "window.anchorStats?.().phase === 'playing'";
    browser.page.wait_for(playing, Duration::from_secs(20)).await?;
    tokio::time::sleep(WATCH).await;
    let lips = browser.page.eval("return window.lips").await?;
    let flashes: Vec<f64> = lips["flashes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_f64)
        .collect();
    let mut clicks = Vec::new();
    let (mut scale, mut decoder) = (
        1_000,
        SampleDecoder::new(&aac::parameters(&Bytes::from_static(&AAC))?)?,
    );
    for piece in lips["audio"].as_array().into_iter().flatten() {
        let offset = piece["offset"].as_f64().unwrap_or_default();
        let bytes = from_hex(piece["hex"].as_str().unwrap_or_default());
        scale = timescale(&bytes).unwrap_or(scale);
        for packet in packets(bytes, scale, offset) {
            for block in decoder.decode(&packet?)? {
                find_click(&block, &mut clicks);
            }
        }
    }
    let nearest = |flash: &f64| {
        let apart = clicks.iter().map(|click| (click - flash) * 1e3);
        apart
            .min_by(|a, b| a.abs().total_cmp(&b.abs()))
            .filter(|ms| ms.abs() < 500.0)
    };
    Ok(flashes.iter().filter_map(nearest).collect())
}

/// The packets of one appended piece, at their places on the media element's timeline.
fn packets(mut bytes: Bytes, scale: u32, offset: f64) -> Vec<Result<Packet, Failure>> {
    // What stands before the first fragment are the init segment's boxes.
    let Some(moof) = bytes.windows(4).position(|kind| kind == b"moof") else {
        return Vec::new();
    };
    let mut bytes = bytes.split_off(moof - 4);
    let mut packets = Vec::new();
    while let Some(chunk) = cmaf::read_chunk(&mut bytes).transpose() {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(e) => return vec![Err(e.into())],
        };
        let mut ticks = chunk.base_decode_time as i64;
        for sample in chunk.samples {
            let pts =
                Timestamp::from_nanos(Timestamp::from_ticks(ticks, scale).as_nanos() + (offset * 1e9) as i64);
            ticks += i64::from(sample.duration);
            packets.push(Ok(Packet::at(TrackKind::Audio, pts, true, sample.data)));
        }
    }
    packets
}

fn find_click(block: &media::AudioBlock, clicks: &mut Vec<f64>) {
    let channels = usize::from(block.channels);
    for (n, sample) in block.samples.iter().step_by(channels).enumerate() {
        let at = block.pts.as_secs_f64() + n as f64 / f64::from(block.rate);
        if sample.abs() > CLICK && clicks.last().is_none_or(|last| (at - last).abs() > 0.5) {
            clicks.push(at);
        }
    }
}

/// Ticks a second of the one track of an init segment: `mdhd` (ISO/IEC 14496-12, 8.4.2).
fn timescale(init: &[u8]) -> Option<u32> {
    let at = init.windows(4).position(|kind| kind == b"mdhd")? + 4;
    let times = if init[at] == 1 { 16 } else { 8 };
    Some(u32::from_be_bytes(
        init.get(at + 4 + times..)?.get(..4)?.try_into().ok()?,
    ))
}

fn from_hex(text: &str) -> Bytes {
    let digit = |pair: &[u8]| {
        std::str::from_utf8(pair)
            .ok()
            .and_then(|p| u8::from_str_radix(p, 16).ok())
    };
    text.as_bytes().chunks(2).filter_map(digit).collect()
}
