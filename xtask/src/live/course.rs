//! From the start of a show to its end: the window that opens, the first picture, keys, and what ends it.

use std::path::Path;
use std::time::{Duration, Instant};

use super::addresses::Addresses;
use super::build::{self, Programs};
use super::children::Running;
use super::fixtures::Fixtures;
use super::keys::Keys;
use super::line::Line;
use super::tricks::{Deed, PULLED_FOR, Tricks};
use super::{Options, Times, line, viewer, window};
use crate::{http, signals};

/// The longest the show may take from its start to the first key frame, where it starts by itself.
const START: Duration = Duration::from_secs(60);

/// What a show is run with.
pub(super) struct Surroundings<'a> {
    pub(super) options: &'a Options,
    pub(super) programs: &'a Programs,
    pub(super) folder: &'a Path,
    pub(super) file: &'a Path,
    pub(super) addresses: Addresses,
    pub(super) fixtures: Option<&'a Fixtures>,
    pub(super) line: Option<&'a Line>,
    pub(super) keys: Option<&'a Keys>,
    pub(super) times: &'a Times,
}

/// One show.
struct Course<'a> {
    with: &'a Surroundings<'a>,
    running: &'a mut Running,
    began: Instant,
    /// The window is built meanwhile.
    coming: Option<window::Build>,
    /// Whether the window runs the show.
    windowed: bool,
    /// Whether a key frame has come out of the server.
    on_air: bool,
    viewer: Option<viewer::Viewer>,
    seen: bool,
    tricks: Tricks,
}

/// Runs the show until Ctrl-C, `q`, the end of `--for`, or until the window is closed.
pub(super) fn run(with: &Surroundings<'_>, running: &mut Running) -> Result<(), String> {
    let mut course = Course {
        with,
        running,
        began: Instant::now(),
        coming: None,
        windowed: false,
        on_air: false,
        viewer: None,
        seen: false,
        tricks: Tricks::new(with.fixtures.is_some()),
    };
    course.start()?;
    let seconds = with.options.seconds;
    while !signals::ended() && seconds.is_none_or(|s| course.began.elapsed().as_secs() < s) {
        if course.step()? {
            break;
        }
        std::thread::sleep(Duration::from_millis(if course.on_air { 100 } else { 20 }));
    }
    Ok(())
}

impl Course<'_> {
    fn start(&mut self) -> Result<(), String> {
        let with = self.with;
        println!("  Watch at  http://{}/watch/demo", with.addresses.http);
        if with.options.window && with.programs.window.exists() {
            // Quick where nothing has changed.
            build::window()?;
            self.open()?;
        } else {
            self.running.studio(with.programs, with.file, with.fixtures)?;
            if with.options.window {
                println!(
                    "  The window is being built for the first time: {}. The show is on meanwhile, without it.",
                    build::WINDOW_TAKES
                );
                self.coming = Some(window::Build::begin(with.folder)?);
            }
        }
        self.explain();
        Ok(())
    }

    fn explain(&self) {
        if self.with.keys.is_some() {
            let camera = if self.tricks.cameras() {
                "p pulls the camera for 5 s, "
            } else {
                ""
            };
            println!("  Keys: {camera}l makes the line bad for 20 s, q ends the show.");
        } else if self.with.options.seconds.is_none() {
            println!("  Ctrl-C ends the show.");
        }
    }

    fn open(&mut self) -> Result<(), String> {
        let with = self.with;
        self.running.window(with.programs, with.file, with.fixtures)?;
        self.windowed = true;
        self.on_air = false;
        println!("  The window opens. Its show goes on air when you press Go live.");
        Ok(())
    }

    /// One look at everything; whether the show is over.
    fn step(&mut self) -> Result<bool, String> {
        if self.windowed && self.running.window_closed() {
            println!("  The window was closed.");
            return Ok(true);
        }
        self.running.alive()?;
        self.change_over()?;
        self.picture()?;
        Ok(self.keys())
    }

    /// The window takes the show over when it is built.
    fn change_over(&mut self) -> Result<(), String> {
        let Some(ended) = self.coming.as_mut().and_then(window::Build::ended) else {
            return Ok(());
        };
        self.coming = None;
        match ended {
            Ok(()) => {
                println!("  The window is built; the show without it ends.");
                self.running.end_studio();
                self.open()
            }
            Err(sentence) => {
                println!("  {sentence}");
                Ok(())
            }
        }
    }

    /// Says when the first picture can be seen.
    fn picture(&mut self) -> Result<(), String> {
        let with = self.with;
        if !self.on_air {
            self.on_air = http::serves_key_frame(with.addresses.http, "/live/demo.flv");
            if self.on_air {
                self.first_picture()?;
            } else if !self.windowed && self.began.elapsed() > START {
                let log = self.running.log();
                return Err(format!("no picture came within {} s; see {log}", START.as_secs()));
            }
        }
        if self.viewer.is_some() && !self.seen && viewer::has_drawn(with.addresses.admin) {
            self.seen = true;
            println!("  First picture in a browser {}", with.times.since());
        }
        Ok(())
    }

    fn first_picture(&mut self) -> Result<(), String> {
        let with = self.with;
        if self.windowed {
            println!("  On air.");
        } else {
            println!("  First key frame over HTTP-FLV {}", with.times.since());
        }
        if with.options.watch && self.viewer.is_none() {
            self.viewer = Some(viewer::open(with.addresses.http)?);
        }
        if with.options.window && !with.options.watch && !self.seen {
            self.seen = true;
            // Its sound is off until the person there switches it on.
            window::browse(&format!("http://{}/watch/demo", with.addresses.http));
        }
        Ok(())
    }

    /// Does what keys ask for and mends what is due; whether the person wants to end.
    fn keys(&mut self) -> bool {
        let now = self.began.elapsed();
        while let Some(deed) = self.tricks.due(now) {
            self.perform(deed);
        }
        let mut end = false;
        while let Some(key) = self.with.keys.and_then(Keys::next) {
            let deed = self.tricks.key(key, now);
            end |= deed == Some(Deed::End);
            if let Some(deed) = deed {
                self.perform(deed);
            }
        }
        end
    }

    fn perform(&self, deed: Deed) {
        let plug = |plugged| self.with.fixtures.iter().for_each(|f| f.plug(plugged));
        let bad = |bad| self.with.line.iter().for_each(|l| l.set_bad(bad));
        match deed {
            Deed::Pull => {
                println!("  The camera is pulled for {} s.", PULLED_FOR.as_secs());
                plug(false);
            }
            Deed::Plug => {
                println!("  The camera is plugged in again.");
                plug(true);
            }
            Deed::SpoilLine => {
                println!(
                    "  The line carries {} kbit/s for {} s.",
                    Line::bad_kbits(),
                    line::BAD_FOR.as_secs()
                );
                bad(true);
            }
            Deed::MendLine => {
                println!("  The line is good again.");
                bad(false);
            }
            Deed::NoCamera => println!("  {}", self.with.options.material.pulling()),
            Deed::End => {}
        }
    }
}
