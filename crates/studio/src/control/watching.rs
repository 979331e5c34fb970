//! The director's eye on the computer: what it counts and reads of it, and what it gives up for the show.

use std::time::Instant;

use uplink::machine::{Frames, Shed, Sheddable};

use super::cameras::Looked;
use super::director::Director;
use crate::air::Air;
use crate::tick::Order;

/// Pictures a second of a preview that is slowed, and of one that all but stands.
const SLOW: u32 = 5;
const STILL: u32 = 1;

impl Director {
    /// Another beat: how do the program's pictures come along?
    pub(super) fn look_at_computer(&mut self, now: Instant) {
        self.computer.look_at_uploads(|| self.sending.sent_outside(), now);
        let frames = self.frames(now);
        if let Some(shed) = self.computer.look(&frames) {
            self.give_up(shed);
        }
        self.order_filters();
    }

    fn frames(&self, at: Instant) -> Frames {
        let counted = self.parts.frames.read();
        let (slow, drawn) = self.parts.frames.effort();
        let air = self.sending.air();
        let strain = air.map(Air::strain).unwrap_or_default();
        let stage = &self.parts.stage;
        let on_air = stage.flats().iter().find(|flat| flat.name == stage.on_air());
        Frames {
            due: counted.due,
            slow,
            late: counted.late,
            drawn,
            behind: strain.behind,
            refused: strain.refused,
            queued: strain.queued,
            sheddable: Sheddable {
                preview: self.parts.rein.is_looked_at(),
                filters: on_air.is_some_and(|flat| flat.has_filters()),
            },
            sent: air.is_some(),
            ..Frames::new(at)
        }
    }

    fn give_up(&mut self, shed: Shed) {
        tracing::warn!(?shed, "given up so that no picture of the show is lost");
        self.parts.rein.hold_to(match shed {
            Shed::Nothing => None,
            Shed::PreviewSlow => Some(SLOW),
            Shed::PreviewStill | Shed::Filters => Some(STILL),
        });
        self.filters = Some(shed < Shed::Filters);
    }

    /// Tells the tick whether to draw filters, as soon as it takes orders.
    fn order_filters(&mut self) {
        if let Some(on) = self.filters
            && self.parts.orders.try_send(Order::Filters { on }).is_ok()
        {
            self.filters = None;
        }
    }

    /// Has the system read, on a thread that may wait.
    pub(super) fn read_computer(&mut self) {
        let now = Instant::now();
        let Some(mut reader) = self.computer.reader(now) else {
            return;
        };
        let folder = self.saving.folder().or_else(|| self.parts.past.clone());
        self.readings.spawn_blocking(move || {
            let reading = reader.read(Instant::now(), folder.as_deref());
            (reader, reading)
        });
    }

    /// A second has passed: how many pictures do the cameras deliver?
    pub(super) fn look_at_cameras(&mut self) {
        let pictures = self.parts.pictures.iter().flatten();
        let cameras = pictures.filter_map(|facts| {
            let camera = facts.camera.as_ref()?;
            Some(Looked {
                name: facts.name.clone(),
                taken: camera.counters().taken,
                wanted: camera.choice().map(|choice| choice.rate.as_f64() as f32),
                live: camera.lost().is_none(),
            })
        });
        self.computer.cameras.see(cameras, Instant::now());
    }

    /// A camera that is seen and delivers too few pictures.
    pub(super) fn slow_camera(&self) -> Option<String> {
        let seen = |name: &str| {
            let mut pictures = self.parts.pictures.iter().flatten();
            pictures.any(|facts| facts.name == name && facts.lamp.visible())
        };
        self.computer
            .cameras
            .slow()
            .find(|name| seen(name))
            .map(str::to_owned)
    }
}
