//! What the show is made of.

use api::place::LineMode;
use api::state::State;

use super::words::{count, switch};
use crate::Opened;

/// The show's shape, and each of its sources.
pub(super) fn lines(opened: &Opened) -> Vec<String> {
    opened.state.as_ref().map(told).unwrap_or_default()
}

fn told(state: &State) -> Vec<String> {
    let (canvas, frames) = (&state.canvas, &state.program_frames);
    let layers: usize = state.scenes.iter().map(|scene| scene.layers.len()).sum();
    let mut lines = vec![
        format!(
            "{}x{} at {} pictures a second; {} with {}; on air: {}",
            canvas.width,
            canvas.height,
            canvas.rate,
            count(state.scenes.len(), "scene"),
            count(layers, "layer"),
            state.on_air
        ),
        format!(
            "pictures of the program: {} due, {} late, {} shown again",
            frames.due, frames.late, frames.repeated
        ),
        format!(
            "covered {}, back on the air by itself {}, kept on a weak line: {}",
            switch(state.covered),
            switch(state.resume),
            match state.line_mode {
                LineMode::Steady => "quality",
                LineMode::LowestDelay => "the least delay",
            }
        ),
    ];
    for picture in &state.pictures {
        let is = match (picture.live, picture.visible) {
            (true, true) => "seen",
            (true, false) => "not shown",
            (false, _) => "no pictures",
        };
        let rates = picture.rate.zip(picture.wanted_rate);
        let rates = rates.map(|(rate, wanted)| format!(", {rate:.1} of {wanted:.1} a second"));
        let format = picture.format.as_deref().map(|format| format!("; {format}"));
        lines.push(format!(
            "{}: {is}{}{}",
            picture.name,
            rates.unwrap_or_default(),
            format.unwrap_or_default()
        ));
    }
    for sound in &state.sounds {
        let mute = if sound.mute { ", silenced" } else { "" };
        lines.push(format!(
            "{}: loudest {:.0} dB, fader {:+.0} dB{mute}",
            sound.name, sound.level.peak_db, sound.gain_db
        ));
    }
    lines
}
