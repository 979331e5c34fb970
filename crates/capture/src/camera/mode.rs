//! What a camera offers, and which of it to take.

use std::cmp::Reverse;

use media::driver::DeviceFormat;
use media::{FrameRate, Size};

/// A way in which a camera can deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Layout of the pictures.
    pub format: DeviceFormat,
    /// Their size.
    pub size: Size,
    /// How many a second it can deliver so, in no order.
    pub rates: Vec<FrameRate>,
}

/// What was taken of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The mode.
    pub mode: Mode,
    /// One of its rates.
    pub rate: FrameRate,
    /// Why, for a person: half a sentence without a full stop.
    pub why: String,
}

/// The most pixels a picture may have, and a side of it.
const MOST_PIXELS: usize = 4096 * 2304;
const LONGEST: u32 = 8192;
/// The least and the most pictures a second that a camera can mean.
const RATES: std::ops::RangeInclusive<f64> = 0.1..=1_000.0;
/// A rate of at least this part of the one that is wanted will do.
const ENOUGH: f64 = 0.8;
/// Rates no further apart than this part of them look alike: 30 and 29.97.
const ALIKE: f64 = 0.002;

/// The best of `modes` for pictures of `size` at `rate`, of one format where it is given: a rate that will do
/// first, then the size or the nearest larger one, then the rate itself, then raw pictures rather than MJPEG.
/// `None` when there is nothing to choose from. What no camera can mean, sizes of an odd number of pixels, and
/// pictures of more than 4096 by 2304 are left out.
pub fn choose(modes: &[Mode], size: Size, rate: FrameRate, format: Option<DeviceFormat>) -> Option<Choice> {
    let fitting = |m: &&Mode| possible(m.size) && format.is_none_or(|f| m.format == f);
    let offers = modes.iter().filter(fitting).flat_map(|m| {
        let rates = m.rates.iter().filter(|r| plausible(**r));
        rates.map(move |r| (m, *r))
    });
    let (mode, taken) = offers.min_by_key(|(mode, offered)| worth(mode, *offered, size, rate))?;
    Some(Choice {
        mode: mode.clone(),
        rate: taken,
        why: why(modes, mode, taken, (size, rate, format)),
    })
}

/// Whether pictures of this size can be carried.
pub(super) fn possible(size: Size) -> bool {
    let even = size.width.is_multiple_of(2) && size.height.is_multiple_of(2);
    let sides = (2..=LONGEST).contains(&size.width) && (2..=LONGEST).contains(&size.height);
    even && sides && size.area() <= MOST_PIXELS
}

/// Whether a camera can mean this rate.
pub(super) fn plausible(rate: FrameRate) -> bool {
    RATES.contains(&rate.as_f64())
}

/// The smallest is the best.
fn worth(mode: &Mode, offered: FrameRate, size: Size, rate: FrameRate) -> impl Ord + use<> {
    let (wanted, given) = (rate.as_f64(), offered.as_f64());
    let slow = given < wanted * ENOUGH;
    // In thousandths of a frame a second; of rates that won't do the quickest is the nearest.
    let apart = if alike(offered, rate) {
        0
    } else {
        ((given - wanted).abs() * 1e3) as u64
    };
    let order = match mode.format {
        DeviceFormat::Yuyv => 0,
        DeviceFormat::Nv12 => 1,
        DeviceFormat::Mjpeg => 2,
    };
    let slowness = if slow { apart } else { 0 };
    let exactly = u8::from(offered != rate);
    (
        slow,
        slowness,
        distance(mode.size, size),
        u8::from(given < wanted && apart > 0),
        apart,
        order,
        exactly,
    )
}

/// How far a size is from the wanted one: the same, larger ones by their area, smaller ones by theirs.
fn distance(offered: Size, wanted: Size) -> (u8, usize, Reverse<usize>) {
    if offered == wanted {
        (0, 0, Reverse(0))
    } else if offered.width >= wanted.width && offered.height >= wanted.height {
        (1, offered.area(), Reverse(0))
    } else {
        (2, 0, Reverse(offered.area()))
    }
}

fn alike(a: FrameRate, b: FrameRate) -> bool {
    (a.as_f64() - b.as_f64()).abs() <= ALIKE * b.as_f64()
}

/// What was asked for.
type Wanted = (Size, FrameRate, Option<DeviceFormat>);

fn why(modes: &[Mode], mode: &Mode, taken: FrameRate, (size, rate, format): Wanted) -> String {
    let mut reasons = Vec::new();
    if mode.format == DeviceFormat::Mjpeg && format.is_none() {
        reasons.push(format!("MJPEG, because {}", no_raw(modes, mode.size)));
    } else {
        reasons.push(mode.format.to_string());
    }
    if mode.size != size {
        reasons.push(format!(
            "{} instead of {}, because {}",
            text(mode.size),
            text(size),
            no_size(modes, size, format)
        ));
    }
    if !alike(taken, rate) {
        let (wanted, given) = (fps(rate), fps(taken));
        reasons.push(format!(
            "{given} fps, because it does not offer {wanted} fps at this size"
        ));
    }
    match reasons.as_slice() {
        [format] if mode.format != DeviceFormat::Mjpeg => {
            format!("{format}, {} at {} fps, as asked for", text(size), fps(taken))
        }
        _ => reasons.join("; "),
    }
}

/// Why there are no raw pictures of `size`.
fn no_raw(modes: &[Mode], size: Size) -> String {
    let raw = modes
        .iter()
        .filter(|m| m.format != DeviceFormat::Mjpeg && m.size == size);
    let best = raw
        .flat_map(|m| m.rates.iter().copied())
        .max_by(|a, b| a.as_f64().total_cmp(&b.as_f64()));
    match best {
        Some(rate) => format!("raw pictures of {} come at {} fps only", text(size), fps(rate)),
        None => format!("it has no raw pictures of {}", text(size)),
    }
}

/// Why the pictures aren't of `size`.
fn no_size(modes: &[Mode], size: Size, format: Option<DeviceFormat>) -> String {
    let has = modes
        .iter()
        .any(|m| m.size == size && format.is_none_or(|f| m.format == f));
    match has {
        true => format!("those of {} come too slowly", text(size)),
        false => "it has no such pictures".to_owned(),
    }
}

fn text(size: Size) -> String {
    format!("{}x{}", size.width, size.height)
}

/// A rate as people write it: 30, 29.97.
pub(super) fn fps(rate: FrameRate) -> String {
    let text = format!("{:.2}", rate.as_f64());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
#[path = "mode_tests.rs"]
mod tests;
