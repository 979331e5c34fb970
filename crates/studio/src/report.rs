//! What became of a show, put together at its end.

use api::studio::{ClockStats, CounterMap, ShowReport, SourceStats};
use media::{ShowId, Timestamp};

use crate::clock::UtcMap;
use crate::show::Show;
use crate::tick;

/// What the tick and the clock know of `show`; `offset` is how far the machine's own clock was off, in microseconds.
pub(crate) fn report(
    show: &Show,
    id: Option<ShowId>,
    outcome: &tick::Outcome,
    mut utc: UtcMap,
    offset: Option<i64>,
) -> ShowReport {
    let rate = show.canvas.rate;
    let counter = show.canvas.counter.then(|| CounterMap {
        // Counter n is burnt into the frame of tick n - 1.
        first_counter: outcome.first_tick + 1,
        rate_num: rate.num(),
        rate_den: rate.den(),
        utc_micros: utc.utc(Timestamp::ZERO).as_micros() - rate.frame_nanos() / 1_000,
    });
    ShowReport {
        show: show.name.clone(),
        show_id: id.map(|id| id.to_string()).unwrap_or_default(),
        seconds: rate.tick(outcome.stats.due).as_secs_f64(),
        adapter: outcome.adapter.clone(),
        program: outcome.stats.clone(),
        clock: ClockStats {
            synchronised: utc.is_synchronised(),
            error_ms: utc.error().map(|e| e.as_secs_f64() * 1e3),
            machine_offset_ms: offset.map(|micros| micros as f64 / 1e3),
        },
        counter,
        ..ShowReport::default()
    }
}

/// Sources of pictures, then those of sound alone; a source of both keeps its pictures' counters.
pub(crate) fn merge(pictures: Vec<SourceStats>, sounds: Vec<SourceStats>) -> Vec<SourceStats> {
    let mut all = pictures;
    for sound in sounds {
        if !all.iter().any(|s| s.name == sound.name) {
            all.push(sound);
        }
    }
    all
}
