//! The history of the show that is sent, and of earlier ones.

use api::control::{Done, Outcome};
use api::health::History;

use super::director::{Asker, Director, failure};
use crate::air::utc_of;
use crate::past::{self, Chronicle, Scribe, Unread};

impl Director {
    /// A show begins: so does its history, where one is kept.
    pub(super) fn begin_history(&mut self) {
        let Some(folder) = self.parts.past.clone() else {
            return;
        };
        let ground = &self.parts.ground;
        let began = utc_of(&ground.utc).utc(ground.clock.now()).iso_millis();
        let (chronicle, head) = Chronicle::begin(&self.parts.show.name, &began, self.wards.wanted());
        match Scribe::begin(folder, &began) {
            Ok(scribe) => {
                scribe.write(head);
                self.written = Some(scribe.name().to_owned());
                self.writing = Some((chronicle, scribe));
            }
            Err(error) => {
                tracing::warn!(%error, code = "history.unwritable", "the show's history isn't kept");
            }
        }
    }

    /// Writes down the second that has passed.
    pub(super) fn write_history(&mut self) {
        let Some((chronicle, scribe)) = &mut self.writing else {
            return;
        };
        let mut happened = self.wards.take_log(false);
        happened.extend(self.computer.take_log());
        let now = (self.wards.last_second(), self.computer.last_second());
        let lines = chronicle.second(now, happened);
        lines.into_iter().for_each(|line| scribe.write(line));
    }

    /// The show has ended.
    pub(super) fn end_history(&mut self) {
        let Some((mut chronicle, scribe)) = self.writing.take() else {
            return;
        };
        let mut happened = self.wards.take_log(true);
        happened.extend(self.computer.take_log());
        let lines = chronicle.end(happened);
        lines.into_iter().for_each(|line| scribe.write(line));
    }

    pub(super) fn history_so_far(&self, whole: bool) -> History {
        let mut history = self.wards.history(whole);
        history.machine = self.computer.history(whole);
        history.log.extend(self.computer.log());
        history.log.sort_by(|a, b| a.at.total_cmp(&b.at));
        history
    }

    /// How the show was, or an earlier one.
    pub(super) fn history(&self, whole: bool, of: Option<String>, answer: Asker) {
        let Some(id) = of else {
            let done = Done {
                history: Some(Box::new(self.history_so_far(whole))),
                ..Done::default()
            };
            let _ = answer.send(Outcome::Done(done));
            return;
        };
        let folder = self.parts.past.clone();
        read_aside(answer, move || {
            let read = folder.ok_or(Unread::Unknown);
            let read = read.and_then(|folder| past::read(&folder, &id, whole));
            read.map_or_else(
                |unread| Outcome::Failed(failure(unread.code(), &unread)),
                |history| {
                    Outcome::Done(Done {
                        history: Some(Box::new(history)),
                        ..Done::default()
                    })
                },
            )
        });
    }

    /// Which earlier shows there are; not the one that is known without its file.
    pub(super) fn histories(&self, answer: Asker) {
        let (folder, known) = (self.parts.past.clone(), self.written.clone());
        read_aside(answer, move || {
            let mut shows = folder.map(|folder| past::list(&folder)).unwrap_or_default();
            shows.retain(|show| known.as_ref().is_none_or(|known| !show.id.starts_with(known)));
            Outcome::Done(Done {
                histories: Some(shows),
                ..Done::default()
            })
        });
    }
}

/// Answers from a thread that may wait for the disk.
pub(super) fn read_aside(answer: Asker, read: impl FnOnce() -> Outcome + Send + 'static) {
    tokio::task::spawn_blocking(move || answer.send(read()));
}
