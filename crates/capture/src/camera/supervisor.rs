//! The thread of a camera: starts its child process, turns what it says into frames on the show clock, and
//! starts another when it was lost.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use media::driver::DeviceFormat;
use media::{ColorInfo, FrameQueue, PixelFormat, Timestamp, VideoFrame};

use super::link::{Heard, Link, Unreaped};
use super::policy::{Action, End, Policy, Silence};
use super::shared::Shared;
use super::stamp::Stamper;
use super::wire::{Failure, Fault, Info, Request, Said};
use super::{CameraConfig, CameraInfo, Choice, Launch};
use crate::thread::Stop;
use crate::{DeviceInfo, DeviceKind, Error, ShowClock, Status};

/// Pictures whose times are remembered until they are decoded.
const PENDING: usize = 16;
/// What a child says arrived longer ago is held to be this old.
const ODD: Duration = Duration::from_secs(10);

/// Everything the thread has.
struct Supervisor {
    config: CameraConfig,
    clock: ShowClock,
    /// The show's time of the monotonic clock's zero.
    zero: Timestamp,
    launch: Launch,
    queue: FrameQueue,
    shared: Arc<Shared>,
    policy: Policy,
    link: Option<Link>,
    unreaped: Unreaped,
    device: Device,
}

/// What is known of the camera as it is open now.
#[derive(Default)]
struct Device {
    info: Option<CameraInfo>,
    choice: Option<Choice>,
    color: Option<ColorInfo>,
    stamper: Option<Stamper>,
    /// Numbers of pictures that were taken, with their times.
    pending: VecDeque<(u64, Timestamp)>,
    /// What was wrong with the last picture that was left out.
    fault: Option<Fault>,
    /// Why it ended, where the child said so.
    failure: Option<Failure>,
}

/// Supervises a camera until its owner is gone.
pub(super) fn run(
    config: CameraConfig,
    clock: ShowClock,
    launch: Launch,
    queue: FrameQueue,
    shared: &Arc<Shared>,
    stop: &Stop,
) {
    Supervisor::new(config, clock, launch, queue, shared.clone()).run(stop);
}

impl Supervisor {
    fn new(
        config: CameraConfig,
        clock: ShowClock,
        launch: Launch,
        queue: FrameQueue,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            config,
            clock,
            zero: clock.of_monotonic_zero(),
            launch,
            queue,
            shared,
            policy: Policy::new(),
            link: None,
            unreaped: Unreaped::default(),
            device: Device::default(),
        }
    }

    /// Runs until the owner is gone.
    fn run(mut self, stop: &Stop) {
        while !self.shared.stopped() {
            match self.policy.next(self.clock.now()) {
                Action::Start => self.start(),
                Action::Kill(silence) => self.silent(silence),
                Action::Wait(time) => self.wait(time, stop),
            }
            self.unreaped.look();
        }
        self.close();
    }

    fn start(&mut self) {
        let known = self.shared.state().info.clone();
        self.device = Device::default();
        match Link::start(&self.launch, self.request(known.as_ref())) {
            Ok(link) => {
                self.shared.set_line(Some(link.line()));
                self.link = Some(link);
            }
            Err(e) => {
                let reason = format!("its process could not be started: {e}");
                self.device.failure = Some(Failure::Refused(reason));
                self.ended();
            }
        }
    }

    fn request(&self, was: Option<&CameraInfo>) -> Request {
        let CameraConfig {
            id,
            size,
            rate,
            format,
        } = &self.config;
        Request {
            wanted: id.clone(),
            was: was.map(Info::from),
            width: size.width,
            height: size.height,
            rate: (rate.num(), rate.den()),
            format: format.map(Into::into),
            visible: self.shared.visible(),
        }
    }

    fn wait(&mut self, time: Duration, stop: &Stop) {
        let Some(link) = &mut self.link else {
            stop.wait(time);
            return;
        };
        match link.hear(time) {
            Heard::Said(said) => self.heard(said),
            Heard::Nothing => {}
            Heard::End => self.ended(),
        }
    }

    fn heard(&mut self, said: Said) {
        let now = self.clock.now();
        match said {
            Said::Absent { known } => {
                self.policy.absent(now);
                self.absent(known);
            }
            Said::Found { info, choice } => self.found(info.into(), choice.choice(), now),
            Said::Opened { driver, color } => {
                tracing::debug!(camera = self.config.id, driver, "open");
                self.device.color = Some(color.into());
            }
            Said::Taken {
                number,
                taken,
                arrival,
            } => self.taken(number, taken, arrival),
            Said::Picture { number, slot, ready } => self.picture(number, slot, ready, now),
            Said::Left(fault) => self.left(fault, now),
            Said::Failed(failure) => self.device.failure = Some(failure),
        }
    }

    fn found(&mut self, info: CameraInfo, choice: Option<Choice>, now: Timestamp) {
        if let Some(choice) = &choice {
            let frame = choice.rate.frame_nanos();
            self.policy.found(Duration::from_nanos(frame.unsigned_abs()), now);
            self.device.stamper = Some(Stamper::new(frame));
        }
        self.device.info = Some(info.clone());
        self.device.choice.clone_from(&choice);
        self.shared.change(|state| {
            if state.choice != choice
                && let Some(choice) = &choice
            {
                tracing::info!(camera = info.name, choice = choice.why, "found");
            }
            state.info = Some(info);
            state.choice = choice;
        });
    }

    /// A picture was taken: its time is laid on the camera's line, also where it won't be shown.
    fn taken(&mut self, number: u64, taken: Option<i64>, arrival: i64) {
        count(&self.shared.counts.taken);
        let arrival = self
            .show_time(arrival)
            .clamp(self.clock.now() - ODD, self.clock.now());
        // What is older than a second, or of the future, is no time of a picture.
        let sane = |t: &Timestamp| t <= &arrival && arrival.saturating_since(*t) < Duration::from_secs(1);
        let taken = taken.map(|t| self.show_time(t)).filter(sane);
        if taken.is_some() {
            count(&self.shared.counts.stamped);
        }
        let Some(stamper) = &mut self.device.stamper else {
            return;
        };
        let pts = stamper.stamp(taken, arrival);
        let pending = &mut self.device.pending;
        pending.push_back((number, pts));
        while pending.len() > PENDING {
            pending.pop_front();
        }
        // Of a camera that isn't seen this is all that is heard.
        if !self.shared.visible() {
            self.alive(self.clock.now());
        }
    }

    /// A picture lies in a slot.
    fn picture(&mut self, number: u64, slot: usize, ready: Option<i64>, now: Timestamp) {
        let frame = self.frame(number, slot);
        if let (Some(frame), Some(ready), Some(stamper)) = (&frame, ready, &mut self.device.stamper) {
            let ready = Timestamp::from_nanos(self.zero.as_nanos().saturating_add(ready));
            stamper.ready(frame.pts, ready);
            self.shared.set_delay(stamper.delay());
        }
        match frame {
            Some(frame) => {
                self.queue.push(frame);
                self.alive(now);
            }
            None => count(&self.shared.counts.dropped),
        }
    }

    fn frame(&mut self, number: u64, slot: usize) -> Option<VideoFrame> {
        let choice = self.device.choice.as_ref()?;
        let format = layout(choice.mode.format);
        let ring = &self.link.as_ref()?.ring;
        let data = ring.picture(slot, format.packed_len(choice.mode.size))?;
        let pending = &mut self.device.pending;
        let place = pending.iter().position(|(n, _)| *n == number)?;
        let pts = pending.drain(..=place).next_back()?.1;
        VideoFrame::packed(pts, choice.mode.size, format, self.device.color?, data)
    }

    fn left(&mut self, fault: Fault, now: Timestamp) {
        let counts = &self.shared.counts;
        count(match fault {
            Fault::Short => &counts.short,
            Fault::Broken => &counts.broken,
            Fault::Size => &counts.resized,
            Fault::Full => &counts.dropped,
        });
        match fault {
            // The camera is well: it's us who hold all its pictures.
            Fault::Full => self.alive(now),
            _ => self.device.fault = Some(fault),
        }
    }

    fn alive(&mut self, now: Timestamp) {
        self.device.fault = None;
        if self.policy.alive(now) {
            self.shared.change(|state| {
                state.status = Status::Running;
                state.problem = None;
            });
        }
    }

    fn absent(&mut self, known: Vec<Info>) {
        let known = known.into_iter().map(CameraInfo::from).map(|c| DeviceInfo {
            id: c.path,
            name: c.name,
        });
        self.lose(Error::Unknown {
            kind: DeviceKind::Camera,
            wanted: self.config.id.clone(),
            known: known.collect(),
        });
    }

    /// The child was silent for too long.
    fn silent(&mut self, silence: Silence) {
        let (kind, name) = (DeviceKind::Camera, self.name());
        let error = match (self.device.fault, silence) {
            (Some(fault), _) => Error::Pictures {
                kind,
                name,
                reason: reason(fault).to_owned(),
            },
            (None, Silence::Stalled) => Error::Stalled { kind, name },
            (None, Silence::Never(time)) => Error::Silent {
                kind,
                name,
                seconds: time.as_secs().max(1),
            },
        };
        self.lose(error);
        self.close();
    }

    /// The child ended by itself.
    fn ended(&mut self) {
        let (kind, name) = (DeviceKind::Camera, self.name());
        let running = self.shared.state().status == Status::Running;
        let (end, error) = match self.device.failure.take() {
            Some(Failure::Busy) => (End::Busy, Error::Busy { kind, name }),
            Some(Failure::Lost(reason)) => (End::Lost, Error::Lost { kind, name, reason }),
            Some(Failure::Refused(reason)) => (End::Refused, Error::Refused { kind, name, reason }),
            Some(Failure::Format(reason)) => {
                let wanted = self.config.wanted();
                (
                    End::Refused,
                    Error::Format {
                        kind,
                        name,
                        wanted,
                        reason,
                    },
                )
            }
            None => {
                let reason = "the process that read it ended".to_owned();
                let end = if running { End::Lost } else { End::Refused };
                (end, Error::Refused { kind, name, reason })
            }
        };
        self.lose(error);
        self.close();
        self.policy.ended(end, self.clock.now());
    }

    /// What a person calls it.
    fn name(&self) -> String {
        let info = self.shared.state().info.clone();
        info.map_or_else(|| self.config.id.clone(), |i| i.name)
    }

    /// The camera is gone: its source is empty from now on.
    fn lose(&mut self, error: Error) {
        self.queue.clear();
        let first = self.shared.state().problem.as_ref() != Some(&error);
        if first && !self.shared.stopped() {
            tracing::warn!(camera = self.config.id, code = error.code(), "{error}");
        }
        self.shared.change(|state| {
            if state.status == Status::Running {
                count(&self.shared.counts.lost);
            }
            state.status = Status::Lost(error.to_string());
            state.problem = Some(error);
        });
    }

    fn close(&mut self) {
        self.shared.set_line(None);
        let child = self.link.take().and_then(Link::end);
        if child.is_some() {
            tracing::warn!(camera = self.config.id, "its process is stuck in the driver");
        }
        self.unreaped.keep(child);
    }

    fn show_time(&self, monotonic: i64) -> Timestamp {
        Timestamp::from_nanos(self.zero.as_nanos().saturating_add(monotonic))
    }
}

/// Layout of the pictures that a camera's come as.
fn layout(format: DeviceFormat) -> PixelFormat {
    match format {
        DeviceFormat::Yuyv => PixelFormat::Yuyv,
        DeviceFormat::Nv12 => PixelFormat::Nv12,
        DeviceFormat::Mjpeg => PixelFormat::I420,
    }
}

fn reason(fault: Fault) -> &'static str {
    match fault {
        Fault::Short => "its pictures are cut off",
        Fault::Broken => "its pictures are broken",
        Fault::Size => "its pictures are of another size than it said",
        Fault::Full => "nobody takes its pictures",
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
