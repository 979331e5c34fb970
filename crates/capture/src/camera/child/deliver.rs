//! From the driver into the parent's memory.

use std::sync::Arc;

use media::driver::{Backend, BadPicture, DeviceFormat, DevicePicture, DeviceRequest, Driver};
use media::{Plane, Size};

use super::super::memory::Slots;
use super::super::wire::{Failure, Fault, Said};
use super::decode;
use super::{Child, Line};
use crate::clock::monotonic;

/// Delivers pictures until the driver fails: why it did.
pub(super) fn all(
    child: &Child,
    asked: &DeviceRequest,
    driver: &mut dyn Driver,
    backend: &dyn Backend,
) -> Failure {
    if asked.format == DeviceFormat::Mjpeg
        && let Err(error) = decode::start(child, asked.size, backend)
    {
        return error.into();
    }
    let mut number = 0;
    loop {
        let picture = match driver.next() {
            Ok(picture) => picture,
            // Streaming begins with the first picture, and so may its refusal.
            Err(error) if number == 0 => return error.into(),
            Err(error) => return Failure::Lost(error.to_string()),
        };
        number += 1;
        let fault = match asked.format {
            DeviceFormat::Mjpeg => jpeg(child, asked.size, &picture, number, backend),
            _ => raw(child, asked, &picture, number),
        };
        if let Err(fault) = fault {
            child.line.say(&Said::Left(fault));
        }
    }
}

fn taken(line: &Line, picture: &DevicePicture<'_>, number: u64) {
    line.say(&Said::Taken {
        number,
        taken: picture.taken,
        arrival: picture.arrival,
    });
}

/// A raw picture goes straight over, where anybody wants it.
fn raw(child: &Child, asked: &DeviceRequest, picture: &DevicePicture<'_>, number: u64) -> Result<(), Fault> {
    let rows = rows(asked.format, asked.size);
    let planes = picture.planes.unwrap_or_else(|| packed(rows));
    if picture.damaged || !fits(picture.data.len(), planes, rows) {
        return Err(Fault::Short);
    }
    taken(&child.line, picture, number);
    if !child.desk.wanted() {
        return Ok(());
    }
    let len = rows.iter().map(|(row, rows)| row * rows).sum();
    let mut slot = child.slots.take(len).ok_or(Fault::Full)?;
    copy(picture.data, planes, rows, slot.bytes());
    let slot = slot.done();
    let ready = Some(monotonic());
    child.line.say(&Said::Picture { number, slot, ready });
    Ok(())
}

/// A JPEG is laid on the desk of the thread that decodes.
fn jpeg(
    child: &Child,
    size: Size,
    picture: &DevicePicture<'_>,
    number: u64,
    backend: &dyn Backend,
) -> Result<(), Fault> {
    let len = backend.inspect(picture.data, size).map_err(fault)?;
    let data = picture.data.get(..len).ok_or(Fault::Broken)?;
    taken(&child.line, picture, number);
    match child.desk.put(number, data) {
        true => Ok(()),
        false => Err(Fault::Full),
    }
}

pub(super) fn fault(bad: BadPicture) -> Fault {
    match bad {
        BadPicture::Broken => Fault::Broken,
        BadPicture::WrongSize => Fault::Size,
    }
}

/// What the decoder's thread needs of the child.
pub(super) struct Outlet {
    pub(super) line: Arc<Line>,
    pub(super) slots: Arc<Slots>,
}

/// Bytes of a row, and rows, of each plane.
type Rows = [(usize, usize); 2];

fn rows(format: DeviceFormat, size: Size) -> Rows {
    let (width, height) = (size.width as usize, size.height as usize);
    match format {
        DeviceFormat::Nv12 => [(width, height), (width, height / 2)],
        _ => [(2 * width, height), (0, 0)],
    }
}

/// Planes tightly one after another.
fn packed(rows: Rows) -> [Plane; 3] {
    let [(first, count), (second, _)] = rows;
    let plane = |offset, stride| Plane { offset, stride };
    [plane(0, first), plane(first * count, second), Plane::default()]
}

/// Whether every row lies within `len` bytes.
fn fits(len: usize, planes: [Plane; 3], rows: Rows) -> bool {
    planes.iter().zip(rows).all(|(plane, (row, count))| {
        let before_last = plane.stride.checked_mul(count.saturating_sub(1));
        let end = before_last.and_then(|b| b.checked_add(plane.offset)?.checked_add(row));
        count == 0 || (plane.stride >= row && end.is_some_and(|end| end <= len))
    })
}

/// Copies the planes tightly one after another; they fit.
fn copy(from: &[u8], planes: [Plane; 3], rows: Rows, mut to: &mut [u8]) {
    for (plane, (row, count)) in planes.iter().zip(rows) {
        let (here, rest) = to.split_at_mut(row * count);
        to = rest;
        // What the driver says of a plane that the format hasn't got means nothing.
        if here.is_empty() {
            continue;
        }
        if plane.stride == row {
            here.copy_from_slice(&from[plane.offset..][..row * count]);
        } else {
            let lines = from[plane.offset..].chunks(plane.stride);
            here.chunks_exact_mut(row)
                .zip(lines)
                .for_each(|(to, from)| to.copy_from_slice(&from[..row]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padded_rows_are_packed() {
        let size = Size::new(4, 2);
        let rows = rows(DeviceFormat::Nv12, size);
        let plane = |offset, stride| Plane { offset, stride };
        let planes = [plane(1, 6), plane(13, 5), Plane::default()];
        let from: Vec<u8> = (0..17).collect();
        assert!(fits(from.len(), planes, rows) && !fits(from.len() - 1, planes, rows));
        let mut to = [0; 12];
        copy(&from, planes, rows, &mut to);
        assert_eq!(to, [1, 2, 3, 4, 7, 8, 9, 10, 13, 14, 15, 16]);
    }

    #[test]
    fn a_plane_that_the_format_has_not_is_not_looked_at() {
        let rows = rows(DeviceFormat::Yuyv, Size::new(2, 2));
        let nowhere = Plane {
            offset: 50,
            stride: 0,
        };
        let planes = [Plane { offset: 0, stride: 4 }, nowhere, Plane::default()];
        assert!(fits(8, planes, rows));
        let mut to = [0; 8];
        copy(&[7; 8], planes, rows, &mut to);
        assert_eq!(to, [7; 8]);
    }

    proptest! {
        #[test]
        fn whatever_a_driver_says_nothing_is_read_outside(
            len in 0usize..64, offsets in prop::array::uniform2(0usize..80), strides in prop::array::uniform2(0usize..20),
            width in (1u32..5).prop_map(|w| 2 * w), height in (1u32..4).prop_map(|h| 2 * h), nv12 in any::<bool>(),
        ) {
            let format = if nv12 { DeviceFormat::Nv12 } else { DeviceFormat::Yuyv };
            let rows = rows(format, Size::new(width, height));
            let plane = |n: usize| Plane { offset: offsets[n], stride: strides[n] };
            let planes = [plane(0), plane(1), Plane::default()];
            let from = vec![7; len];
            if fits(len, planes, rows) {
                let mut to = vec![0; rows.iter().map(|(r, c)| r * c).sum()];
                copy(&from, planes, rows, &mut to);
                prop_assert!(to.iter().all(|b| *b == 7));
            }
        }
    }
}
