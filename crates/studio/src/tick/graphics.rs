//! The compositor, and a new one in its place when its device is lost.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use compositor::{Compositor, Counters, Error, Options, SourceFormat};
use media::{Timestamp, VideoFrame};

use super::order::{News, Teller};
use crate::aside::drop_aside;
use crate::scene::{self, Flat, Switch};

/// Time between two tries to open the device.
const RETRY: Duration = Duration::from_secs(1);

/// A compositor that comes back.
pub(crate) struct Graphics {
    options: Options,
    compositor: Option<Compositor>,
    /// The one that is being opened.
    next: Option<Receiver<Compositor>>,
    adapter: String,
    teller: Teller,
    /// Of compositors that are gone.
    before: Counters,
    lost: u64,
    filters: bool,
    /// Gone with this: nobody waits for a device any more.
    wanted: Arc<()>,
}

impl Graphics {
    /// Opens the device.
    ///
    /// # Errors
    /// The compositor's.
    pub(crate) fn new(options: Options, teller: Teller) -> Result<Self, Error> {
        let compositor = Compositor::new(options)?;
        Ok(Self {
            options,
            adapter: adapter_line(compositor.adapter()),
            compositor: Some(compositor),
            next: None,
            teller,
            before: Counters::default(),
            lost: 0,
            filters: true,
            wanted: Arc::new(()),
        })
    }

    /// The adapter, for people: `llvmpipe (vulkan, software)`.
    pub(crate) fn adapter(&self) -> &str {
        &self.adapter
    }

    /// Whether frames can be drawn now.
    pub(crate) fn stands(&self) -> bool {
        self.compositor.is_some()
    }

    /// How often the device was lost.
    pub(crate) fn lost(&self) -> u64 {
        self.lost
    }

    /// Frames drawn layer by layer while kernels were compiled.
    pub(crate) fn layered(&self) -> u64 {
        self.before.layered + self.compositor.as_ref().map_or(0, |c| c.counters().layered)
    }

    /// Draws with the filters that a scene can do without, or doesn't; whether that is another picture.
    pub(crate) fn use_filters(&mut self, on: bool) -> bool {
        std::mem::replace(&mut self.filters, on) != on
    }

    /// Has the kernels of `scene` made ready, with its filters and without.
    pub(crate) fn prepare(&self, scene: &Flat, formats: &[Option<SourceFormat>]) {
        let Some(compositor) = &self.compositor else {
            return;
        };
        let compiled = scene::compile(scene, self.options.size, formats);
        let plain = scene
            .has_filters()
            .then(|| scene::without_filters(compiled.clone()));
        for form in std::iter::once(compiled).chain(plain) {
            if let Err(error) = compositor.prepare(&form) {
                tracing::debug!(%error, scene = scene.name, "this scene can't be made ready");
            }
        }
    }

    /// Waits until what was to be made ready is, `patience` at most.
    pub(crate) fn wait_prepared(&self, patience: Duration) {
        if let Some(compositor) = &self.compositor {
            compositor.wait_prepared(patience);
        }
    }

    /// Draws from now on what `switch` shows.
    ///
    /// # Errors
    /// What the compositor refuses in the scene; the one before stays. A lost device is no error here.
    pub(crate) fn set(&mut self, switch: &Switch, formats: &[Option<SourceFormat>]) -> Result<(), Error> {
        let compile = |flat: &Flat| {
            let compiled = scene::compile(flat, self.options.size, formats);
            if self.filters {
                compiled
            } else {
                scene::without_filters(compiled)
            }
        };
        let on_air = compile(switch.on_air());
        let leaving = switch.leaving().map(|flat| compile(flat));
        let Some(compositor) = &mut self.compositor else {
            return Ok(());
        };
        let set = match leaving {
            Some(from) => compositor.set_fade(&from, &on_air),
            None => compositor.set_scene(&on_air),
        };
        self.unless_lost(set)
    }

    /// Draws one frame; whether it was submitted.
    pub(crate) fn render(&mut self, at: Timestamp, frames: &[Option<VideoFrame>], mix: Option<f32>) -> bool {
        let Some(compositor) = &mut self.compositor else {
            return false;
        };
        if let Some(mix) = mix {
            compositor.set_mix(mix);
        }
        let drawn = compositor.render(at, frames);
        let submitted = drawn.is_ok();
        // Busy: its tick is given up when its time has passed.
        let _ = self.unless_lost(drawn);
        submitted
    }

    /// The next finished frame, waiting up to `patience`.
    pub(crate) fn finished(&self, patience: Duration) -> Option<VideoFrame> {
        self.compositor.as_ref()?.finished(patience)
    }

    /// Throws the device away, as a driver's reset does.
    pub(crate) fn restart(&mut self) {
        if let Some(compositor) = &self.compositor {
            compositor.discard_device();
        }
    }

    /// Whether a device that was lost has been opened again since the last call: its scenes must be set anew.
    pub(crate) fn is_back(&mut self, tick: u64) -> bool {
        let Some(next) = &self.next else {
            if !self.stands() {
                self.next = self.open();
            }
            return false;
        };
        match next.try_recv() {
            Ok(compositor) => {
                self.next = None;
                self.adapter = adapter_line(compositor.adapter());
                self.compositor = Some(compositor);
                let adapter = self.adapter.clone();
                self.teller.tell(News::GraphicsBack { adapter, tick });
                true
            }
            Err(TryRecvError::Empty) => false,
            // Its thread could not be started, or panicked.
            Err(TryRecvError::Disconnected) => {
                self.next = None;
                false
            }
        }
    }

    fn unless_lost(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        let Err(error @ Error::DeviceLost(_)) = result else {
            return result;
        };
        self.lost += 1;
        if let Some(gone) = self.compositor.take() {
            self.before.layered += gone.counters().layered;
            drop_aside("gpu-drop", gone);
        }
        self.teller.tell(News::GraphicsLost(error));
        self.next = self.open();
        Ok(())
    }

    /// Opens the device on a thread of its own, again and again, until it stands or nobody waits for it.
    fn open(&self) -> Option<Receiver<Compositor>> {
        let (sender, receiver) = sync_channel(1);
        let (options, teller) = (self.options, self.teller.clone());
        let wanted = Arc::downgrade(&self.wanted);
        let body = move || {
            while wanted.strong_count() > 0 {
                match Compositor::new(options) {
                    Ok(compositor) => return drop(sender.send(compositor)),
                    Err(error) => teller.tell(News::GraphicsRefused(error)),
                }
                std::thread::park_timeout(RETRY);
            }
        };
        let started = std::thread::Builder::new().name("gpu-open".into()).spawn(body);
        started.is_ok().then_some(receiver)
    }
}

/// The adapter, for people: `llvmpipe (vulkan, software)`.
fn adapter_line(adapter: &compositor::Adapter) -> String {
    let software = if adapter.software { ", software" } else { "" };
    format!("{} ({}{software})", adapter.name, adapter.backend)
}
