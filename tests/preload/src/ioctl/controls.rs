//! The requests about controls.
#![allow(unsafe_code)] // Lists of controls are read and written through the program's pointer.

use std::ffi::c_void;

use super::{copied, text};
use crate::control::Record;
use crate::controls::{self, CONTROLS, Control, Kind};
use crate::device::Errno;
use crate::uapi::*;

/// Answers a request about controls; nothing if it is about something else.
///
/// # Safety
/// As for `answer`; the pointer in a list of controls points to as many as the list says.
pub(super) unsafe fn answer(
    record: &Record,
    request: u32,
    argument: *mut c_void,
) -> Option<Result<(), Errno>> {
    // SAFETY: of each line below: the request says which structure the caller has put there.
    unsafe {
        Some(match request {
            QUERYCTRL => copied(argument, query),
            QUERY_EXT_CTRL => copied(argument, query_extended),
            QUERYMENU => copied(argument, query_menu),
            G_CTRL => copied(argument, |c| get(record, c)),
            S_CTRL => copied(argument, |c| set(record, c)),
            G_EXT_CTRLS => copied(argument, |list| get_list(record, list)),
            S_EXT_CTRLS => copied(argument, |list| set_list(record, list)),
            TRY_EXT_CTRLS => copied(argument, |list| try_list(list)),
            _ => return None,
        })
    }
}

/// The control that is asked for: itself, or the one behind it.
fn asked(id: u32) -> Result<&'static Control, Errno> {
    let place = match id & (CTRL_FLAG_NEXT_CTRL | CTRL_FLAG_NEXT_COMPOUND) {
        0 => controls::find(id),
        CTRL_FLAG_NEXT_COMPOUND => None,
        _ => controls::next(id & CTRL_ID_MASK),
    };
    Ok(&CONTROLS[place.ok_or(libc::EINVAL)?])
}

fn place(id: u32) -> Result<usize, Errno> {
    controls::find(id).ok_or(libc::EINVAL)
}

fn kind(control: &Control) -> u32 {
    match control.kind {
        Kind::Integer => 1,
        Kind::Boolean => 2,
        Kind::Menu(_) => 3,
    }
}

fn query(query: &mut QueryControl) -> Result<(), Errno> {
    let control = asked(query.id)?;
    *query = QueryControl {
        id: control.id,
        kind: kind(control),
        name: text(control.name),
        minimum: control.least,
        maximum: control.most,
        step: 1,
        default: control.default,
        flags: 0,
        reserved: [0; 2],
    };
    Ok(())
}

fn query_extended(query: &mut QueryExtendedControl) -> Result<(), Errno> {
    let control = asked(query.id)?;
    *query = QueryExtendedControl {
        id: control.id,
        kind: kind(control),
        name: text(control.name),
        minimum: control.least.into(),
        maximum: control.most.into(),
        step: 1,
        default: control.default.into(),
        flags: 0,
        element_size: 4,
        elements: 1,
        dimensions: [0; 5],
        reserved: [0; 32],
    };
    Ok(())
}

fn query_menu(query: &mut QueryMenu) -> Result<(), Errno> {
    let Kind::Menu(names) = CONTROLS[place(query.id)?].kind else {
        return Err(libc::EINVAL);
    };
    let name = names.get(query.index as usize).filter(|name| !name.is_empty());
    query.name = text(name.ok_or(libc::EINVAL)?);
    query.reserved = 0;
    Ok(())
}

fn get(record: &Record, control: &mut PlainControl) -> Result<(), Errno> {
    control.value = controls::value(record, place(control.id)?);
    Ok(())
}

fn set(record: &Record, control: &mut PlainControl) -> Result<(), Errno> {
    control.value = controls::set(record, place(control.id)?, control.value).ok_or(libc::ERANGE)?;
    Ok(())
}

/// Does something with each control of a list.
///
/// # Safety
/// The list's pointer points to as many controls as it says.
unsafe fn each(
    list: &ExtendedControls,
    act: impl Fn(usize, &mut ExtendedControl) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let all = 0..list.count.min(1024) as usize;
    if list.controls.is_null() && !all.is_empty() {
        return Err(libc::EFAULT);
    }
    for index in all {
        // SAFETY: by this function's contract.
        let mut control = unsafe { list.controls.add(index).read_unaligned() };
        act(place(control.id)?, &mut control)?;
        // SAFETY: as above.
        unsafe { list.controls.add(index).write_unaligned(control) };
    }
    Ok(())
}

/// # Safety
/// As for `each`.
unsafe fn get_list(record: &Record, list: &mut ExtendedControls) -> Result<(), Errno> {
    let default = list.which == CTRL_WHICH_DEF_VAL;
    let value = |place: usize| match default {
        true => CONTROLS[place].default,
        false => controls::value(record, place),
    };
    // SAFETY: by this function's contract.
    unsafe {
        each(list, |place, control| {
            control.value = value(place);
            Ok(())
        })
    }
}

/// # Safety
/// As for `each`.
unsafe fn set_list(record: &Record, list: &mut ExtendedControls) -> Result<(), Errno> {
    // SAFETY: by this function's contract.
    unsafe {
        each(list, |place, control| {
            control.value = controls::set(record, place, control.value).ok_or(libc::ERANGE)?;
            Ok(())
        })
    }
}

/// # Safety
/// As for `each`.
unsafe fn try_list(list: &mut ExtendedControls) -> Result<(), Errno> {
    // SAFETY: by this function's contract.
    unsafe { each(list, |_, _| Ok(())) }
}
