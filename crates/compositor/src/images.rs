//! Which images are shown, prepared or as they came.

use std::sync::Arc;

use media::VideoFrame;

use crate::image::{Content, Look, Prepared};
use crate::place::Shown;
use crate::plan::Plan;
use crate::workshop::Workshop;

/// The images of the scene on air. Everything has a stamp, so that a slot knows what it holds already.
#[derive(Default)]
pub(crate) struct Images {
    /// For each source, its pixels at the last tick.
    contents: Vec<Option<(Content, u64)>>,
    /// For each layer, its prepared image.
    prepared: Vec<Option<(Arc<Prepared>, u64)>>,
    stamps: u64,
    /// Which layout of the arena the scene has.
    pub(crate) layout: u64,
}

impl Images {
    /// A scene takes the place of another; whether its sources lie where they did, `same_places` says.
    pub(crate) fn change(&mut self, plan: &Plan, same_places: bool) {
        self.layout += u64::from(!same_places);
        self.contents.resize_with(plan.regions.len(), || None);
        self.prepared.clear();
        self.prepared.resize_with(plan.layers.len(), || None);
    }

    /// What there is to show of each layer. Asks `workshop` to prepare images that weren't there at the tick
    /// before for the first time: those that change at each tick are drawn as they come.
    pub(crate) fn shown(
        &mut self,
        plan: &Plan,
        frames: &[Option<&VideoFrame>],
        workshop: &Workshop,
    ) -> Vec<Shown> {
        let fresh = self.note_contents(plan, frames);
        let layers = plan.layers.iter().zip(frames).enumerate();
        let shown = layers.map(|(index, (placed, frame))| match (frame, &placed.image) {
            (None, _) => Shown::Nothing,
            (Some(frame), Some(place)) => {
                let look = Look::of(placed, place);
                let wanted = !fresh[placed.layer.source];
                self.prepared(index, frame, &look, wanted.then_some(workshop))
            }
            (Some(_), None) if placed.step.fetch.is_image() => Shown::Raw,
            (Some(frame), None) => Shown::Video(frame.color),
        });
        shown.collect()
    }

    /// Notes each source's pixels; answers which are new.
    fn note_contents(&mut self, plan: &Plan, frames: &[Option<&VideoFrame>]) -> Vec<bool> {
        let mut fresh = vec![false; self.contents.len()];
        for (placed, frame) in plan.layers.iter().zip(frames) {
            let Some(frame) = frame.filter(|_| placed.step.fetch.is_image()) else {
                continue;
            };
            let known = &mut self.contents[placed.layer.source];
            if known.as_ref().is_none_or(|(content, _)| !content.is(frame)) {
                self.stamps += 1;
                *known = Some((Content::of(frame), self.stamps));
                fresh[placed.layer.source] = true;
            }
        }
        fresh
    }

    fn prepared(
        &mut self,
        index: usize,
        frame: &VideoFrame,
        look: &Look,
        workshop: Option<&Workshop>,
    ) -> Shown {
        let kept = &mut self.prepared[index];
        if kept.as_ref().is_some_and(|(image, _)| image.is(frame, look)) {
            return Shown::Prepared;
        }
        let Some(workshop) = workshop else {
            return Shown::Raw;
        };
        let Some(image) = workshop.image(frame, look) else {
            workshop.want_image(frame, look);
            return Shown::Raw;
        };
        self.stamps += 1;
        *kept = Some((image, self.stamps));
        Shown::Prepared
    }

    /// The bytes and the stamp of a layer's prepared image.
    pub(crate) fn planes(&self, layer: usize) -> Option<(&[u8], u64)> {
        let (image, stamp) = self.prepared[layer].as_ref()?;
        Some((&image.bytes, *stamp))
    }

    /// The stamp of a source's pixels.
    pub(crate) fn stamp(&self, source: usize) -> u64 {
        self.contents[source].as_ref().map_or(0, |(_, stamp)| *stamp)
    }
}
