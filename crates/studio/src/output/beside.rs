//! What goes on beside a line: it is asked how it is, and another one is made where it falls silent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use uplink::Silence;

use super::Destination;
use super::connect::{changed, connect_anew};
use super::line::Line;
use super::pulse::Pulse;
use super::route::Route;

/// A line in the making that its server has let in already is there within this.
const SOON: Duration = Duration::from_secs(1);

/// What goes on beside a destination's lines, one after the other.
pub(super) struct Beside {
    destination: Arc<Destination>,
    pulse: Pulse,
    silence: Silence,
    links: watch::Receiver<()>,
    /// Another line in the making.
    rescue: Option<AbortOnDropHandle<Line>>,
}

/// What [`Beside::heed`] is to be told.
pub(super) enum Due {
    Ask,
    LinksChanged,
    Made(Line),
}

impl Beside {
    pub(super) fn new(destination: &Arc<Destination>) -> Self {
        Self {
            destination: Arc::clone(destination),
            pulse: Pulse::new(destination),
            silence: Silence::new(Instant::now()),
            links: destination.links.clone(),
            rescue: None,
        }
    }

    /// Another line: what was known of the one before isn't any more.
    pub(super) fn begin(&mut self, line: &mut Line) {
        let kbps = self.pulse.begin(line.peer());
        line.pace(kbps);
        self.silence = Silence::new(Instant::now());
        self.rescue = None;
        self.links.mark_unchanged();
    }

    /// The line that goes on in place of one that has ended, where one is in the making and is there soon.
    pub(super) async fn instead(&mut self) -> Option<Line> {
        self.rescue.as_ref()?;
        tokio::time::timeout(SOON, made(&mut self.rescue)).await.ok()
    }

    /// There is no line any more.
    pub(super) fn end(&mut self) {
        self.pulse.end();
        self.rescue = None;
    }

    /// Until something is to be heeded. Can be dropped.
    pub(super) async fn due(&mut self) -> Due {
        tokio::select! {
            biased;
            line = made(&mut self.rescue) => Due::Made(line),
            () = changed(&mut self.links) => Due::LinksChanged,
            () = self.pulse.due() => Due::Ask,
        }
    }

    /// Does what is due: the line that goes on in place of `line`, if there is one. `moved` is where its server has moved
    /// us.
    pub(super) fn heed(&mut self, due: Due, line: &mut Line, moved: Option<&Route>) -> Option<Line> {
        match due {
            Due::Ask => self.ask(line, moved),
            Due::LinksChanged => self.silence.links_changed(Instant::now()),
            Due::Made(another) => return Some(another),
        }
        None
    }

    fn ask(&mut self, line: &mut Line, moved: Option<&Route>) {
        let Some(known) = line.sample() else { return };
        if let Some(kbps) = self.pulse.take(known) {
            line.pace(kbps);
        }
        if !self.silence.see(&known) {
            self.rescue = None;
        } else if self.rescue.is_none() {
            tracing::info!(
                output = self.destination.name,
                "the line is silent: another is tried"
            );
            let another = connect_anew(Arc::clone(&self.destination), moved.cloned());
            self.rescue = Some(AbortOnDropHandle::new(tokio::spawn(another)));
        }
    }
}

/// Until another line is there; forever where none is in the making.
async fn made(rescue: &mut Option<AbortOnDropHandle<Line>>) -> Line {
    if let Some(making) = rescue {
        let made = making.await;
        *rescue = None;
        // It can't have panicked or been given up while it is held here.
        if let Ok(line) = made {
            return line;
        }
    }
    std::future::pending().await
}
