//! How this computer copes: what is read of it, what is given up because of that, and how it was. No clock.

use std::time::{Duration, Instant};

use api::health::LogEntry;
use api::machine::{MachineHistory, MachineState};
use uplink::machine::{Frames, Reading, Shed, Trouble, Watch};

use super::cameras::Cameras;
use super::wire;
use crate::past::{Effort, Record};
use crate::platform::{Machine, Uploads};

/// Time between two readings, and between two of what others send.
const READ: Duration = Duration::from_millis(900);
const UPLOADS: Duration = Duration::from_millis(200);

/// This computer, watched while a show is open.
pub(super) struct Computer {
    watch: Watch,
    pub(super) cameras: Cameras,
    /// Away while it reads.
    reader: Option<Machine>,
    read: Option<Instant>,
    uploads: Uploads,
    /// When they were read.
    looked: Option<Instant>,
    shed: Shed,
    /// Program frames lost so far: at the last look, and when the last second ended.
    lost: [u64; 2],
    record: Record<Effort>,
    last: Effort,
    began: Option<Instant>,
    /// Entries of the log that were taken, or are older than the show that is sent.
    taken: [u64; 2],
}

impl Computer {
    pub(super) fn new(reader: Machine, uploads: Uploads) -> Self {
        Self {
            watch: Watch::default(),
            cameras: Cameras::default(),
            reader: Some(reader),
            read: None,
            uploads,
            looked: None,
            shed: Shed::Nothing,
            lost: [0; 2],
            record: Record::default(),
            last: Effort::default(),
            began: None,
            taken: [0; 2],
        }
    }

    /// A show begins to be sent at `now`.
    pub(super) fn begin(&mut self, now: Instant) {
        self.record = Record::default();
        self.began = Some(now);
        self.lost[1] = self.lost[0];
        self.taken = [self.watch.log().count(); 2];
    }

    /// Takes note of the program's pictures, each 50 ms: what is given up from now on, where that has changed.
    pub(super) fn look(&mut self, frames: &Frames) -> Option<Shed> {
        self.lost[0] = frames.late + frames.refused;
        self.watch.look(frames);
        let shed = self.watch.shed();
        (std::mem::replace(&mut self.shed, shed) != shed).then_some(shed)
    }

    /// What is to read the system at `now`, on a thread that may wait, if that is due.
    pub(super) fn reader(&mut self, now: Instant) -> Option<Machine> {
        let due = self.read.is_none_or(|read| now - read >= READ);
        let reader = self.reader.take_if(|_| due)?;
        self.read = Some(now);
        Some(reader)
    }

    /// The system was read; none where that has panicked, which was printed.
    pub(super) fn was_read(&mut self, read: Option<(Machine, Reading)>) {
        let Some((reader, reading)) = read else {
            self.reader = Some(Machine::new());
            return;
        };
        self.reader = Some(reader);
        tracing::trace!(?reading, "this computer");
        self.watch.read(reading);
    }

    /// Why pictures are lost; none while they aren't.
    pub(super) fn losing(&self) -> Option<Trouble> {
        self.watch.losing()
    }

    /// What is given up now.
    pub(super) fn shed(&self) -> Shed {
        self.shed
    }

    /// The worst that is the matter.
    pub(super) fn worst(&self) -> Option<Trouble> {
        self.watch.troubles().next().map(|(trouble, _)| trouble)
    }

    /// Takes note of what other programs send at `now`, where that is due; `sent` are the bytes that the studio has sent
    /// outside.
    pub(super) fn look_at_uploads(&mut self, sent: impl FnOnce() -> u64, now: Instant) {
        if self.looked.is_none_or(|looked| now - looked >= UPLOADS) {
            self.looked = Some(now);
            self.watch.others_send(self.uploads.read(now, sent()));
        }
    }

    /// Whether other programs send so much that it counts beside a show of `own_kbps`.
    pub(super) fn is_line_shared(&self, own_kbps: u32) -> bool {
        self.watch.is_line_shared(own_kbps)
    }

    /// A second of the show has passed.
    pub(super) fn second(&mut self) {
        let [now, before] = self.lost;
        self.lost[1] = now;
        let lost = now.saturating_sub(before).min(u32::MAX.into()) as u32;
        self.last = wire::effort(&self.watch, lost);
        self.record.second(self.last);
    }

    /// How it was in the last second.
    pub(super) fn last_second(&self) -> Effort {
        self.last
    }

    /// How it was since the show began: the whole of it, or the last five minutes.
    pub(super) fn history(&self, whole: bool) -> Option<MachineHistory> {
        self.began.map(|_| self.record.columns(whole))
    }

    /// What has happened since the show began and wasn't taken before.
    pub(super) fn take_log(&mut self) -> Vec<LogEntry> {
        let fresh = self.entries(self.taken[1]);
        self.taken[1] = self.watch.log().count();
        fresh
    }

    /// What has happened since the show began.
    pub(super) fn log(&self) -> Vec<LogEntry> {
        self.entries(self.taken[0])
    }

    fn entries(&self, after: u64) -> Vec<LogEntry> {
        let Some(began) = self.began else {
            return Vec::new();
        };
        let entries = self.watch.log().after(after);
        entries.map(|entry| wire::done(entry, began)).collect()
    }

    /// How it is at `now`.
    pub(super) fn state(&self, now: Instant) -> MachineState {
        wire::machine(&self.watch, now)
    }
}
