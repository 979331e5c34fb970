//! Drawing one frame: frames into the arena, dispatches to the device.

use std::sync::Arc;

use media::{Timestamp, VideoFrame};

use crate::Error;
use crate::compositor::Compositor;
use crate::params::Params;
use crate::place::{Placed, Shown};
use crate::plan::{Pass, Plan};
use crate::readback::Job;
use crate::shader::WORKGROUP;
use crate::slot::Slot;

/// One dispatch to be handed over: its kernel, the offset of its parameters, its blocks.
struct Dispatch {
    kernel: wgpu::ComputePipeline,
    params: u32,
    area: [u32; 4],
}

impl Compositor {
    /// Draws one program frame of `frames` (one for each source of the scene, in its order; what is lacking
    /// counts as `None`), to be shown at `pts`. Copies the frames and submits; never waits for the device.
    /// A layer without a frame isn't drawn; a background without one is black.
    ///
    /// # Errors
    /// [`Error::NoScene`], [`Error::Busy`] (try at the next tick), [`Error::DeviceLost`].
    pub fn render(&mut self, pts: Timestamp, frames: &[Option<VideoFrame>]) -> Result<(), Error> {
        self.check_device()?;
        let plan = self.plan.take().ok_or(Error::NoScene)?;
        let result = self.draw(&plan, pts, frames);
        self.plan = Some(plan);
        result
    }

    fn draw(&mut self, plan: &Plan, pts: Timestamp, frames: &[Option<VideoFrame>]) -> Result<(), Error> {
        self.workshop.drawing();
        let Some(mut slot) = self.ring.take(plan.arena_len, &self.maker) else {
            self.counters.busy += 1;
            return Err(Error::Busy);
        };
        let frames = self.match_frames(plan, frames);
        let shown = self.images.shown(plan, &frames, &self.workshop);
        let made = match self
            .unhurried
            .then(|| self.make_kernels(plan, &shown))
            .transpose()
        {
            Ok(made) => made,
            Err(error) => {
                self.ring.put_back(slot);
                return Err(error);
            }
        };
        let filled = self.fill(plan, &frames, &shown, made, &mut slot);
        let dispatches = filled.map_err(|e| Error::DeviceLost(e.to_string()))?;
        let submission = self.submit(plan, &dispatches, &slot);
        self.check_device()?;
        self.counters.submitted += 1;
        let job = Job {
            slot,
            pts,
            submission,
        };
        match self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok()) {
            true => Ok(()),
            false => self
                .check_device()
                .and(Err(Error::DeviceLost("its thread has ended".into()))),
        }
    }

    /// The frame of each layer, where there is one and it is as the scene says.
    fn match_frames<'f>(
        &mut self,
        plan: &Plan,
        frames: &'f [Option<VideoFrame>],
    ) -> Vec<Option<&'f VideoFrame>> {
        let mut frame_of = |placed: &Placed| {
            let Some(frame) = frames.get(placed.layer.source).and_then(Option::as_ref) else {
                self.counters.missing += 1;
                return None;
            };
            let fits = plan.regions[placed.layer.source].fits(frame);
            if !fits {
                self.counters.mismatched += 1;
            }
            fits.then_some(frame)
        };
        plan.layers.iter().map(&mut frame_of).collect()
    }

    /// Writes parameters and frames into the slot's arena; answers what there is to draw.
    fn fill(
        &mut self,
        plan: &Plan,
        frames: &[Option<&VideoFrame>],
        shown: &[Shown],
        made: Option<Arc<[wgpu::ComputePipeline]>>,
        slot: &mut Slot,
    ) -> Result<Vec<Dispatch>, wgpu::MapRangeError> {
        slot.belong(self.images.layout, plan.layers.len(), plan.regions.len());
        let mut arena = slot.upload.get_mapped_range_mut(..)?;
        for (index, (placed, shown)) in plan.layers.iter().zip(shown).enumerate() {
            let (Some(frame), source) = (frames[index], placed.layer.source) else {
                continue;
            };
            match shown {
                Shown::Nothing => {}
                Shown::Video(_) => {
                    if plan.reads_first(index) {
                        plan.regions[source].write(frame, &mut arena);
                    }
                }
                Shown::Raw => {
                    let stamp = self.images.stamp(source);
                    if std::mem::replace(&mut slot.sources[source], stamp) != stamp {
                        plan.regions[source].write(frame, &mut arena);
                    }
                }
                Shown::Prepared => {
                    let (Some(place), Some((bytes, stamp))) = (&placed.image, self.images.planes(index))
                    else {
                        continue;
                    };
                    if std::mem::replace(&mut slot.images[index], stamp) != stamp {
                        arena.slice(place.offset()..place.end()).copy_from_slice(bytes);
                    }
                }
            }
        }
        let mut dispatches = Vec::with_capacity(plan.layered.len());
        let (passes, kernels) = match made {
            Some(made) => (&plan.fused[..], Some(made)),
            None => self.passes(plan, shown),
        };
        for (index, pass) in passes.iter().enumerate() {
            let Some(params) = plan.params(pass, shown, self.mix) else {
                continue;
            };
            let kernel = match &kernels {
                Some(kernels) => kernels.get(index),
                None => self.fixed.get(&pass.kernel_for(shown)),
            };
            let at = index * Params::STRIDE;
            arena
                .slice(at..at + Params::SIZE)
                .copy_from_slice(bytemuck::bytes_of(&params));
            dispatches.extend(kernel.map(|kernel| Dispatch {
                kernel: kernel.clone(),
                params: at as u32,
                area: pass.area,
            }));
        }
        Ok(dispatches)
    }

    /// The fused passes and their kernels when all are there, and all images; else the layers'.
    fn passes<'p>(
        &mut self,
        plan: &'p Plan,
        shown: &[Shown],
    ) -> (&'p [Pass], Option<Arc<[wgpu::ComputePipeline]>>) {
        let unprepared = |(placed, shown): (&Placed, &Shown)| placed.image.is_some() && *shown == Shown::Raw;
        let images = !plan.layers.iter().zip(shown).any(unprepared);
        #[cfg(test)]
        let images = images && !self.layered_only;
        if self.find_kernels(plan) && images {
            return (&plan.fused, self.fused.clone());
        }
        self.counters.layered += 1;
        (&plan.layered, None)
    }

    /// Hands one frame's work to the device: one pass, one submission.
    fn submit(&self, plan: &Plan, dispatches: &[Dispatch], slot: &Slot) -> wgpu::SubmissionIndex {
        slot.upload.unmap();
        let mut encoder = self.opened.device.create_command_encoder(&Default::default());
        if let Some(arena) = &slot.arena {
            encoder.copy_buffer_to_buffer(&slot.upload, 0, arena, 0, plan.arena_len as u64);
        }
        let mut compute = encoder.begin_compute_pass(&Default::default());
        for Dispatch { kernel, params, area } in dispatches {
            let [x0, y0, x1, y1] = area;
            compute.set_pipeline(kernel);
            compute.set_bind_group(0, &slot.bind, &[*params]);
            compute.dispatch_workgroups(
                (x1 - x0).div_ceil(WORKGROUP[0]),
                (y1 - y0).div_ceil(WORKGROUP[1]),
                1,
            );
        }
        drop(compute);
        if let Some(staging) = &slot.staging {
            encoder.copy_buffer_to_buffer(&slot.program, 0, staging, 0, staging.size());
        }
        self.opened.queue.submit([encoder.finish()])
    }
}
