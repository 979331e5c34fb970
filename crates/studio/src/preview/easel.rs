//! The compositor of the atlas: a small one with a device of its own, so that nothing of the preview stands between
//! the program and its device. It is opened, and exchanged for a larger one, on another thread.

use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use compositor::{Background, Compositor, Options, Scene, SourceFormat};
use media::{ColorInfo, Size, Timestamp, VideoFrame};

use super::layout::LONGEST;
use super::sheet::Sheet;
use crate::aside::drop_aside;

/// Canvases grow by this many pixels, so that few are made.
const STEP: u32 = 64;
/// A smaller canvas isn't worth a device.
pub(super) const SMALLEST: Size = Size::new(640, 384);
/// Time between two tries to open the device.
const RETRY: Duration = Duration::from_secs(2);
/// A picture that takes longer was lost with its device.
const HANGS: Duration = Duration::from_secs(6);

/// Draws atlases; there may be none to draw on for a while.
#[derive(Default)]
pub(super) struct Easel {
    current: Option<Compositor>,
    /// What `current` draws.
    scene: Option<Scene>,
    opening: Option<Receiver<Result<Compositor, compositor::Error>>>,
    /// After a failure: when it may be tried again.
    not_before: Option<Instant>,
    drawn: i64,
}

impl Easel {
    /// The size there is room for; `None` while there is no device.
    pub(super) fn room(&self) -> Option<Size> {
        self.current.as_ref().map(Compositor::size)
    }

    /// Has room made for `size`. What there is stays until then.
    pub(super) fn want(&mut self, size: Size) {
        self.look();
        let room = self.room().unwrap_or(SMALLEST);
        let fits = self.current.is_some() && size.width <= room.width && size.height <= room.height;
        let early = self.not_before.is_some_and(|then| Instant::now() < then);
        if fits || early || self.opening.is_some() {
            return;
        }
        let side = |room: u32, asked: u32| room.max(asked.next_multiple_of(STEP)).min(LONGEST);
        let size = Size::new(side(room.width, size.width), side(room.height, size.height));
        let (sender, receiver) = sync_channel(1);
        let open = move || {
            let options = Options { size, queue: 1 };
            drop(sender.send(Compositor::unhurried(options, ColorInfo::JPEG)));
        };
        // Its threads have the painter's priority, as this one has.
        let started = std::thread::Builder::new()
            .name("preview-open".into())
            .spawn(open);
        self.opening = started.is_ok().then_some(receiver);
    }

    /// Takes what has been opened.
    fn look(&mut self) {
        let Some(opening) = &self.opening else { return };
        match opening.try_recv() {
            Err(TryRecvError::Empty) => return,
            Ok(Ok(compositor)) => {
                self.leave();
                tracing::debug!(size = ?compositor.size(), "the preview has a device");
                self.current = Some(compositor);
            }
            Ok(Err(error)) => self.failed(&error),
            Err(TryRecvError::Disconnected) => self.failed(&compositor::Error::NoAdapter),
        }
        self.opening = None;
    }

    fn failed(&mut self, error: &compositor::Error) {
        tracing::warn!(%error, code = error.code(), "the preview can't be drawn; it is tried again");
        self.not_before = Some(Instant::now() + RETRY);
    }

    /// Puts the compositor away.
    fn leave(&mut self) {
        self.scene = None;
        if let Some(gone) = self.current.take() {
            drop_aside("preview-drop", gone);
        }
    }

    /// Draws `sheet` with its prints; the whole canvas, in the colours of JPEG. `None` when there is nothing to draw
    /// on, or it was lost.
    pub(super) fn draw(&mut self, sheet: &Sheet, prints: &[Option<VideoFrame>]) -> Option<VideoFrame> {
        match self.try_draw(sheet, prints) {
            Ok(drawn) => drawn,
            Err(error @ compositor::Error::DeviceLost(_)) => {
                self.failed(&error);
                self.leave();
                None
            }
            Err(error) => {
                tracing::debug!(%error, code = error.code(), "this picture of the preview can't be drawn");
                self.scene = None;
                None
            }
        }
    }

    fn try_draw(
        &mut self,
        sheet: &Sheet,
        prints: &[Option<VideoFrame>],
    ) -> Result<Option<VideoFrame>, compositor::Error> {
        let Some(compositor) = &mut self.current else {
            return Ok(None);
        };
        let source = |p: &super::sheet::Print| SourceFormat {
            format: p.form.format,
            size: p.form.size,
        };
        let same = |scene: &Scene| {
            scene.layers == sheet.layers && scene.sources.iter().copied().eq(sheet.prints.iter().map(source))
        };
        if !self.scene.as_ref().is_some_and(same) {
            let scene = Scene {
                sources: sheet.prints.iter().map(source).collect(),
                background: Background::Color([0, 0, 0]),
                layers: sheet.layers.clone(),
            };
            compositor.set_scene(&scene)?;
            self.scene = Some(scene);
        }
        self.drawn += 1;
        let number = Timestamp::from_nanos(self.drawn);
        compositor.render(number, prints)?;
        match compositor.finished(HANGS) {
            Some(frame) if frame.pts == number => Ok(Some(frame)),
            _ => Err(compositor::Error::DeviceLost(
                "a picture did not come back".into(),
            )),
        }
    }
}
