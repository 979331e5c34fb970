//! The painter's thread: from the tick's shot to a message for the page.
//!
//! It has way below all others, asks the tick for nothing while nobody looks, and holds the sources' frames no longer
//! than it takes to make them smaller.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use api::preview::{Header, Levels, SoundLevel, Tile, Took};
use bytes::Bytes;
use capture::clock::ShowClock;
use compositor::SourceFormat;
use media::{Size, VideoFrame};
use pipeline::encode::JpegEncoder;

use super::easel::{Easel, SMALLEST};
use super::gate::{Gate, Order, Wish};
use super::layout::{Layout, lay_out};
use super::prints::Prints;
use super::sheet::{Facts, Sheet};
use super::tap::{Shot, Tap};
use crate::mix::Desk;
use crate::platform;

/// In libjpeg's measure: no blocks are seen at the size shown.
const QUALITY: u8 = 75;
/// How long the painter waits for the tick before it looks whether all has ended.
const PATIENCE: Duration = Duration::from_millis(200);

/// What the painter works with.
pub(super) struct Painter {
    pub(super) clock: ShowClock,
    pub(super) tap: Arc<Tap>,
    pub(super) desk: Arc<Desk>,
    pub(super) gate: Arc<Gate>,
}

impl Painter {
    /// Paints until the gate is closed.
    pub(super) fn run(self) {
        platform::lower_priority();
        let mut work = Work {
            painter: self,
            prints: Prints::default(),
            easel: Easel::default(),
            encoder: JpegEncoder::new(QUALITY),
            laid: Laid::default(),
            formats: Vec::new(),
            made: Vec::new(),
        };
        // Whoever wants a preview looks soon.
        work.easel.want(SMALLEST);
        let mut known = Wish::Picture;
        loop {
            known = work.painter.gate.wish(known);
            match known {
                Wish::End => return work.painter.tap.look_at(Vec::new()),
                Wish::Nothing => work.painter.tap.look_at(Vec::new()),
                Wish::Picture => work.picture(),
            }
        }
    }
}

struct Work {
    painter: Painter,
    prints: Prints,
    easel: Easel,
    encoder: JpegEncoder,
    laid: Laid,
    formats: Vec<Option<SourceFormat>>,
    made: Vec<Option<VideoFrame>>,
}

/// Tiles in their places.
#[derive(Default)]
struct Laid {
    sizes: Vec<Size>,
    ideal: Layout,
    room: Option<Size>,
    layout: Layout,
}

impl Laid {
    fn new(sizes: Vec<Size>) -> Self {
        let ideal = lay_out(&sizes, None);
        Self {
            sizes,
            layout: ideal.clone(),
            ideal,
            room: None,
        }
    }

    /// The layout for `room`: smaller than it should be while more room is being made.
    fn within(&mut self, room: Size) -> &Layout {
        if self.room != Some(room) {
            let ideal = self.ideal.size;
            let fits = ideal.width <= room.width && ideal.height <= room.height;
            self.layout = match fits {
                true => self.ideal.clone(),
                false => lay_out(&self.sizes, Some(room)),
            };
            self.room = Some(room);
        }
        &self.layout
    }
}

impl Work {
    /// Waits for the next program frame and makes a picture of it, if one is due.
    fn picture(&mut self) {
        let Painter { tap, gate, .. } = &self.painter;
        tap.want();
        let shot = loop {
            // One that was asked for must be taken, even if nobody looks any more: it holds frames.
            match tap.take(PATIENCE) {
                Some(shot) => break shot,
                None if gate.has_ended() => return,
                None => {}
            }
        };
        let order = gate.order(shot.program.pts, &shot.on_air.name, shot.covered);
        let Some(order) = order else {
            return tap.recycle(shot.sources);
        };
        self.paint(shot, &order);
    }

    fn paint(&mut self, mut shot: Shot, order: &Order) {
        let began = Instant::now();
        let Some(sheet) = self.arrange(&shot, &order.numbered.look.tiles) else {
            return self.painter.tap.recycle(shot.sources);
        };
        let (prints, made) = (&mut self.prints, &mut self.made);
        prints.make(&sheet.prints, &shot.program, &mut shot.sources, made);
        self.painter.tap.recycle(std::mem::take(&mut shot.sources));
        let shrunk = began.elapsed();
        let drawn = self.easel.draw(&sheet, made);
        made.clear();
        let composed = began.elapsed();
        let Some(atlas) = drawn.and_then(|canvas| part(canvas, self.laid.layout.size)) else {
            return;
        };
        match self.encoder.encode(&atlas) {
            Ok(jpeg) => {
                let took = Took {
                    shrink_ms: ms(shrunk),
                    compose_ms: ms(composed - shrunk),
                    encode_ms: ms(began.elapsed() - composed),
                    ..Took::default()
                };
                self.send(order, &shot, atlas.size, &jpeg, took);
            }
            Err(error) => tracing::warn!(%error, "a picture of the preview can't be encoded"),
        }
    }

    /// Finds each tile its place, and what is drawn there; `None` while there is nothing to draw on.
    fn arrange(&mut self, shot: &Shot, tiles: &[Tile]) -> Option<Sheet> {
        self.formats.clear();
        let format = |frame: &Option<VideoFrame>| frame.as_ref().map(SourceFormat::from);
        self.formats.extend(shot.sources.iter().map(format));
        let facts = Facts {
            program: SourceFormat::from(&shot.program),
            on_air: (!shot.covered).then_some(shot.on_air.name.as_str()),
            scenes: &shot.scenes,
            names: &shot.names,
            formats: &self.formats,
        };
        self.painter.tap.look_at(facts.awake(tiles));
        let sizes: Vec<_> = tiles.iter().map(|tile| facts.size(tile)).collect();
        if self.laid.sizes != sizes {
            self.laid = Laid::new(sizes);
        }
        self.easel.want(self.laid.ideal.size);
        let layout = self.laid.within(self.easel.room()?);
        Some(facts.sheet(tiles, &layout.places))
    }

    fn send(&self, order: &Order, shot: &Shot, size: Size, jpeg: &[u8], took: Took) {
        let Painter {
            clock, desk, gate, ..
        } = &self.painter;
        let Some((n, way)) = gate.number(order) else {
            return;
        };
        let header = Header {
            n,
            l: order.numbered.number,
            tick: shot.tick,
            on_air: shot.on_air.name.clone(),
            covered: shot.covered,
            width: size.width,
            height: size.height,
            tiles: self.laid.layout.places.clone(),
            levels: levels(desk),
            took: Took {
                age_ms: ms(clock.now().saturating_since(shot.program.pts)),
                at_ms: now_ms(),
                ..took
            },
        };
        way.send(message(&header, jpeg));
    }
}

fn ms(time: Duration) -> f32 {
    time.as_secs_f32() * 1000.0
}

/// The upper left part of `size` of a picture, its bytes shared.
fn part(atlas: VideoFrame, size: Size) -> Option<VideoFrame> {
    let inside = size.width <= atlas.size.width && size.height <= atlas.size.height;
    (inside && size.area() > 0).then_some(VideoFrame { size, ..atlas })
}

fn levels(desk: &Desk) -> Levels {
    let sound = |fader: &Arc<crate::mix::Fader>| {
        let state = fader.state();
        SoundLevel {
            name: state.name,
            peak_db: state.level.peak_db,
            rms_db: state.level.rms_db,
            clipped: state.clipped,
            heard: state.spoken_unheard,
        }
    };
    Levels {
        program: desk.program.get(),
        limiter_db: desk.limiter_db(),
        sounds: desk.faders().iter().map(sound).collect(),
    }
}

fn now_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1000.0
}

/// Length of the header, header, JPEG.
fn message(header: &Header, jpeg: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(jpeg.len() + 2048);
    out.extend([0; 4]);
    // Writing to memory can't fail, nor can these types be refused.
    let _ = serde_json::to_writer(&mut out, header);
    let len = (out.len() - 4) as u32;
    out[..4].copy_from_slice(&len.to_le_bytes());
    let _ = out.write_all(jpeg);
    out.into()
}

#[cfg(test)]
#[path = "painter_tests.rs"]
mod tests;
