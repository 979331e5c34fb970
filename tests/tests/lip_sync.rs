//! Picture and sound stay together: flashes and clicks of one moment, decoded from what viewers receive.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use container::flv::audio::{self, AudioTag};
use container::flv::video::{self, VideoTag};
use container::flv::{Tag, TagKind};
use container::{aac, cmaf, h264};
use media::{AudioBlock, Packet, Timestamp, TrackKind, VideoFrame};
use pipeline::decode::{FrameDecoder, SampleDecoder};
use system_tests::PATIENCE;
use system_tests::playlist;
use system_tests::server::Server;
use system_tests::studio::{CLICK_AND_FLASH, Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::wait::until;

/// Picture and sound are apart by so much at most, in ms.
const TOLERANCE: f64 = 10.0;
/// Flashes that a judgement rests on.
const FLASHES: usize = 8;
/// Segments with as many, of two seconds each.
const SEGMENTS: usize = 5;
/// Halfway from black to white.
const WHITE: u64 = 125;
/// The click's first sample is its loudest, at half of full scale.
const CLICK: f32 = 0.25;
/// Nothing of one click is so much later than its onset, in seconds.
const CLICK_LENGTH: f64 = 0.5;

/// Decodes one stream and notes when it flashes and clicks, in seconds.
struct Marks {
    frames: FrameDecoder,
    samples: SampleDecoder,
    flashes: Vec<f64>,
    clicks: Vec<f64>,
    white: bool,
}

impl Marks {
    fn new(avcc: &Bytes, config: &Bytes) -> Self {
        pipeline::init().unwrap();
        Self {
            frames: FrameDecoder::new(&h264::parameters(avcc).unwrap()).unwrap(),
            samples: SampleDecoder::new(&aac::parameters(config).unwrap()).unwrap(),
            flashes: Vec::new(),
            clicks: Vec::new(),
            white: false,
        }
    }

    fn take(&mut self, packet: &Packet) {
        match packet.kind {
            TrackKind::Video => {
                let frames = self.frames.decode(packet).unwrap();
                frames.iter().for_each(|frame| self.frame(frame));
            }
            TrackKind::Audio => {
                let blocks = self.samples.decode(packet).unwrap();
                blocks.iter().for_each(|block| self.block(block));
            }
        }
    }

    fn frame(&mut self, frame: &VideoFrame) {
        let luma = frame.plane(0);
        let mean = luma.iter().map(|&y| u64::from(y)).sum::<u64>() / luma.len() as u64;
        let white = mean > WHITE;
        if white && !self.white {
            self.flashes.push(frame.pts.as_secs_f64());
        }
        self.white = white;
    }

    fn block(&mut self, block: &AudioBlock) {
        let channels = usize::from(block.channels);
        for (n, sample) in block.samples.iter().step_by(channels).enumerate() {
            let at = block.pts.as_secs_f64() + n as f64 / f64::from(block.rate);
            let known = self.clicks.last().is_some_and(|last| at - last < CLICK_LENGTH);
            if sample.abs() > CLICK && !known {
                self.clicks.push(at);
            }
        }
    }

    /// How much later than its flash each click comes, in ms. A flash whose picture came too late for its tick
    /// was never sent, and the click of another second is no answer to it.
    fn apart(&self) -> Vec<f64> {
        let nearest = |flash: &f64| {
            let apart = self.clicks.iter().map(|click| (click - flash) * 1e3);
            apart
                .min_by(|a, b| a.abs().total_cmp(&b.abs()))
                .filter(|ms| ms.abs() < 500.0)
        };
        self.flashes.iter().filter_map(nearest).collect()
    }

    fn judge(&self, what: &str) {
        let apart = self.apart();
        let rounded: Vec<_> = apart.iter().map(|ms| (ms * 10.0).round() / 10.0).collect();
        println!("{what}: clicks later than flashes by ms {rounded:?}");
        assert!(apart.len() >= FLASHES, "{:?} {:?}", self.flashes, self.clicks);
        assert!(
            apart.iter().all(|ms| ms.abs() <= TOLERANCE),
            "{what}: {rounded:?}"
        );
    }
}

fn packet(kind: TrackKind, dts: Timestamp, pts: Timestamp, key: bool, data: Bytes) -> Packet {
    Packet {
        kind,
        track: 0,
        pts,
        dts,
        key,
        data,
    }
}

/// What a viewer by HTTP-FLV receives.
#[derive(Default)]
struct Flv {
    avcc: Bytes,
    config: Bytes,
    packets: Vec<Packet>,
}

impl Flv {
    fn take(&mut self, tag: &Tag) {
        let dts = Timestamp::from_millis(tag.timestamp.into());
        match tag.kind {
            TagKind::Video => match video::parse(&tag.data).unwrap() {
                VideoTag::SequenceHeader(avcc) => self.avcc = avcc,
                VideoTag::Frame {
                    key,
                    composition_ms,
                    data,
                } => {
                    let pts = Timestamp::from_millis(dts.as_millis() + i64::from(composition_ms));
                    self.packets.push(packet(TrackKind::Video, dts, pts, key, data));
                }
                _ => {}
            },
            TagKind::Audio => match audio::parse(&tag.data).unwrap() {
                AudioTag::SequenceHeader(config) => self.config = config,
                AudioTag::Frame(data) => self.packets.push(packet(TrackKind::Audio, dts, dts, true, data)),
                AudioTag::EndOfSequence | AudioTag::Other => {}
            },
            TagKind::Script => {}
        }
    }

    /// Receives until enough flashes are seen; answers what was decoded.
    async fn watch(&mut self, viewer: &mut Viewer) -> Marks {
        while self.avcc.is_empty() || self.config.is_empty() {
            self.take(&viewer.tag().await.unwrap());
        }
        let mut marks = Marks::new(&self.avcc, &self.config);
        while marks.apart().len() < FLASHES + 1 {
            self.packets.drain(..).for_each(|packet| marks.take(&packet));
            self.take(&viewer.tag().await.unwrap());
        }
        marks
    }
}

/// Decodes the complete segments of one rendition, with the times that they and their init segments say.
async fn take_segments(server: &Server, kind: TrackKind, marks: &mut Marks) {
    let rendition = match kind {
        TrackKind::Video => "video",
        TrackKind::Audio => "audio",
    };
    let segments = until(PATIENCE, async || {
        let segments = playlist::read(server.http, "spring", rendition).await?;
        Ok((segments.len() >= SEGMENTS).then_some(segments))
    });
    let segments = segments.await.unwrap();
    for segment in &segments {
        let file = async |name: &str| {
            playlist::fetch(server.http, "spring", name)
                .await
                .unwrap()
                .unwrap()
        };
        let scale = timescale(&file(&segment.init).await);
        let mut bytes = file(&segment.uri).await;
        while let Some(chunk) = cmaf::read_chunk(&mut bytes).unwrap() {
            let mut ticks = i64::try_from(chunk.base_decode_time).unwrap();
            for sample in chunk.samples {
                let dts = Timestamp::from_ticks(ticks, scale);
                let pts = Timestamp::from_ticks(ticks + i64::from(sample.composition), scale);
                marks.take(&packet(kind, dts, pts, sample.key, sample.data));
                ticks += i64::from(sample.duration);
            }
        }
    }
}

/// Ticks a second of the one track: `mdhd` (ISO/IEC 14496-12, 8.4.2).
fn timescale(init: &[u8]) -> u32 {
    let at = init.windows(4).position(|kind| kind == b"mdhd").unwrap() + 4;
    let times = if init[at] == 1 { 16 } else { 8 };
    let field = &init[at + 4 + times..][..4];
    u32::from_be_bytes(field.try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn flash_and_click_are_together_in_what_viewers_receive() {
    let server = Server::start().await.unwrap();
    let publish = server.add_stream("spring").await.unwrap();
    let show = Show::new(CLICK_AND_FLASH)
        .companion(&server.url(""))
        .output("mine", &publish);
    let studio = Studio::start(&show).unwrap();

    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut flv = Flv::default();
    let by_flv = tokio::time::timeout(PATIENCE, flv.watch(&mut viewer))
        .await
        .unwrap();
    let mut by_hls = Marks::new(&flv.avcc, &flv.config);
    for kind in [TrackKind::Video, TrackKind::Audio] {
        take_segments(&server, kind, &mut by_hls).await;
    }
    studio.stop().await.unwrap();

    by_flv.judge("HTTP-FLV");
    by_hls.judge("HLS");
}
