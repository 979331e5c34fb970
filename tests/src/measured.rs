//! A show of our studio, run and counted at the receiver.

use std::io;

use api::studio::ShowReport;
use container::flv::Tag;
use serde_json::{Value, json};

use crate::PATIENCE;
use crate::cpu::{Meter, Spent};
use crate::player::{Mark, Player};
use crate::recorder::Recorder;
use crate::server::Server;
use crate::stage::{RATE, Stage};
use crate::studio::{Studio, output};
use crate::tally::{Slot, Tally};

/// Name of the stream and of the output.
pub const NAME: &str = "bench";

/// A running show, its server, and who keeps what comes.
pub struct Running {
    /// The server it is pushed to.
    pub server: Server,
    /// The studio.
    pub studio: Studio,
    /// What a viewer receives.
    pub recorder: Recorder,
}

/// What was found.
pub struct Measured {
    /// Pictures at the receiver.
    pub player: Player,
    /// The same, counted.
    pub tally: Tally,
    /// The studio's own word.
    pub report: ShowReport,
    /// All that the studio said.
    pub said: String,
    /// What the receiver got, as it came.
    pub tags: Vec<Tag>,
}

impl Running {
    /// Starts a server and a studio that shows `stage`, and waits for its first picture. `counted`: every program frame
    /// bears its number.
    ///
    /// # Errors
    /// One of them doesn't start, or no picture comes.
    pub async fn start(stage: &Stage, counted: bool) -> io::Result<Self> {
        Self::start_in(stage, counted, |_| Ok(())).await
    }

    /// As [`Running::start`], the studio's command changed by `change`.
    ///
    /// # Errors
    /// As [`Running::start`], and those of `change`.
    pub async fn start_in(
        stage: &Stage,
        counted: bool,
        change: impl FnOnce(&mut tokio::process::Command) -> io::Result<()>,
    ) -> io::Result<Self> {
        let server = Server::start().await?;
        let address = server.add_stream(NAME).await?;
        let show = stage.show(counted)?.output_at(NAME, &address, &stage.video());
        let mut recorder = Recorder::start(server.http, NAME);
        let mut changed = Ok(());
        let studio = Studio::start_in(&show, |command| {
            changed = stage.cameras(command).and_then(|()| change(command));
        })?;
        changed?;
        let began = recorder.pictures(1, PATIENCE).await;
        began.map_err(|error| io::Error::other(format!("{error}: {}", studio.said())))?;
        Ok(Self {
            server,
            studio,
            recorder,
        })
    }

    /// Measures the studio with its children, the server and this program.
    ///
    /// # Errors
    /// One of them has ended.
    pub fn meter(&self) -> io::Result<Meter> {
        let studio = self.studio.id().ok_or(io::ErrorKind::NotFound)?;
        let server = self.server.id().ok_or(io::ErrorKind::NotFound)?;
        Meter::start(&[studio, server, std::process::id()])
    }

    /// Ends the show, waits for its last picture, then decodes and counts what came; `mark` reads one thing more in
    /// each picture.
    ///
    /// # Errors
    /// The studio fails, its last pictures don't come, or what comes can't be decoded.
    pub async fn finish(mut self, mark: Option<Mark>) -> io::Result<Measured> {
        let (report, said) = self.studio.stop().await?;
        let sent = output(&report, NAME).map_or(0, |output| output.frames_sent);
        self.recorder.pictures(sent, PATIENCE).await?;
        let tags = self.recorder.stop();
        let mut player = Player::new();
        player.mark = mark;
        tags.iter().try_for_each(|tag| player.take(tag))?;
        player.finish()?;
        Ok(Measured {
            tally: Tally::of(&player.pictures, RATE),
            player,
            report,
            said,
            tags,
        })
    }
}

impl Measured {
    /// Where the report and the count differ; nothing when they agree.
    pub fn differences(&self) -> Vec<String> {
        match output(&self.report, NAME) {
            Some(output) => self.tally.differences(&self.report, output),
            None => vec!["the report says nothing of the output".into()],
        }
    }

    /// All figures, for programs; `length`: how many frames in a row are judged.
    pub fn json(&self, spent: &Spent, length: usize) -> Value {
        json!({
            "received": self.tally.slots.len(),
            "in_a_row": length,
            "worst_in_a_row": self.tally.worst(length),
            "repeated": self.tally.count(Slot::Repeated),
            "absent": self.tally.count(Slot::Absent),
            "unread": self.tally.count(Slot::Unread),
            "missing_numbers": self.tally.missing,
            "true_rate": self.tally.true_rate(RATE),
            "differences": self.differences(),
            "report": self.report,
            "cpu": {
                "seconds": spent.seconds, "studio": spent.each.first(), "server": spent.each.get(1),
                "bench": spent.each.get(2), "idle": spent.idle, "steal": spent.steal,
            },
        })
    }
}
