//! The controls of a camera: which there are, and what they are set to. Brightness moves the luma of the pattern; the
//! others only keep their value.

use std::sync::atomic::Ordering::SeqCst;

use crate::control::Record;

/// What kind of value a control has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A number.
    Integer,
    /// 0 or 1.
    Boolean,
    /// One of these; entries without a name aren't offered.
    Menu(&'static [&'static str]),
}

/// A control as the table has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Control {
    /// V4L2_CID_*.
    pub(crate) id: u32,
    /// As drivers name it.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Least value.
    pub(crate) least: i32,
    /// Greatest value.
    pub(crate) most: i32,
    /// What it is set to at first.
    pub(crate) default: i32,
}

const USER: u32 = 0x0098_0900;
const CAMERA: u32 = 0x009a_0900;

const fn control(id: u32, name: &'static str, (least, most): (i32, i32), default: i32) -> Control {
    Control {
        id,
        name,
        kind: Kind::Integer,
        least,
        most,
        default,
    }
}

const fn switch(id: u32, name: &'static str) -> Control {
    Control {
        kind: Kind::Boolean,
        ..control(id, name, (0, 1), 1)
    }
}

/// In the order of their ids, as QUERYCTRL goes through them.
pub(crate) const CONTROLS: [Control; 10] = [
    control(USER, "Brightness", (-64, 64), 0),
    control(USER + 1, "Contrast", (0, 64), 32),
    control(USER + 2, "Saturation", (0, 128), 64),
    switch(USER + 12, "White Balance, Automatic"),
    control(USER + 19, "Gain", (0, 100), 0),
    control(USER + 26, "White Balance Temperature", (2800, 6500), 4600),
    Control {
        kind: Kind::Menu(&["", "Manual Mode", "", "Aperture Priority Mode"]),
        ..control(CAMERA + 1, "Auto Exposure", (0, 3), 3)
    },
    control(CAMERA + 2, "Exposure Time, Absolute", (3, 2047), 250),
    control(CAMERA + 10, "Focus, Absolute", (0, 250), 0),
    switch(CAMERA + 12, "Focus, Automatic Continuous"),
];

/// The place of a control in the table.
pub(crate) fn find(id: u32) -> Option<usize> {
    CONTROLS.iter().position(|control| control.id == id)
}

/// The place of the first control behind an id.
pub(crate) fn next(id: u32) -> Option<usize> {
    CONTROLS.iter().position(|control| control.id > id)
}

/// What a control is set to.
pub(crate) fn value(record: &Record, place: usize) -> i32 {
    CONTROLS[place].default + record.controls[place].load(SeqCst)
}

/// Sets a control to the nearest it can be; answers that. Nothing if it can't be so at all: a menu without the entry.
pub(crate) fn set(record: &Record, place: usize, value: i32) -> Option<i32> {
    let control = &CONTROLS[place];
    let value = match control.kind {
        Kind::Menu(names) => {
            let name = usize::try_from(value).ok().and_then(|value| names.get(value))?;
            (!name.is_empty()).then_some(value)?
        }
        Kind::Boolean => i32::from(value != 0),
        Kind::Integer => value.clamp(control.least, control.most),
    };
    record.controls[place].store(value - control.default, SeqCst);
    Some(value)
}

/// What is added to the luma of the pattern.
pub(crate) fn brightness(record: &Record) -> i32 {
    value(record, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Control as File;

    #[test]
    fn controls_keep_their_values_within_their_limits() {
        let file = File::private().unwrap();
        let record = file.record(3);
        assert!(CONTROLS.len() <= record.controls.len() && CONTROLS.is_sorted_by_key(|c| c.id));
        for (place, control) in CONTROLS.iter().enumerate() {
            assert_eq!(
                (find(control.id), value(record, place)),
                (Some(place), control.default)
            );
        }
        assert_eq!(
            (set(record, 0, 1000), value(record, 0), brightness(record)),
            (Some(64), 64, 64)
        );
        assert_eq!((set(record, 3, 7), value(record, 3)), (Some(1), 1));
        let menu = find(CAMERA + 1).unwrap();
        for (wanted, got) in [(1, Some(1)), (2, None), (4, None), (-1, None)] {
            assert_eq!(set(record, menu, wanted), got);
        }
        assert_eq!(value(record, menu), 1);
    }

    #[test]
    fn going_through_them_ends() {
        let ids: Vec<_> = std::iter::successors(next(0), |&place| next(CONTROLS[place].id)).collect();
        assert_eq!(ids, (0..CONTROLS.len()).collect::<Vec<_>>());
        assert_eq!(find(USER + 3), None);
    }
}
