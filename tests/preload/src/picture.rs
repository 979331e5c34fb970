//! What a camera sees: frames of a file in a loop, or a moving pattern that carries its frame number.
//!
//! The pattern: a luma ramp from left to right with a bright bar that moves 8 pixels a frame over it, grey chroma that
//! leans with the height, and in the top 16 lines 32 equal fields that spell the sequence number, the highest bit at
//! the left, 235 for a one and 16 for a zero. As MJPEG it is the same in blocks of 8x8, so the number can be read from
//! pictures at least 512 pixels wide.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::jpeg;
use crate::spec::{Offer, Pixels, Spec};

/// The source of a camera's frames.
#[derive(Debug)]
pub(crate) enum Picture {
    /// Frames of this file at these places, when the camera is set to this format and size; else the pattern.
    File(File, Vec<Range<u64>>, (Pixels, (u32, u32))),
    /// The pattern.
    Pattern,
}

impl Picture {
    /// Opens what a camera shows. Fails when its file can't be read or holds no whole frame.
    pub(crate) fn open(spec: &Spec) -> io::Result<Self> {
        match &spec.file {
            Some(path) => Self::open_file(path, &spec.offers[0]),
            None => Ok(Self::Pattern),
        }
    }

    fn open_file(path: &Path, offer: &Offer) -> io::Result<Self> {
        let file = File::open(path)?;
        let most = u64::from(offer.pixels.frame_len(offer.size));
        let mut frames: Vec<Range<u64>> = match offer.pixels {
            Pixels::Mjpeg => {
                let pictures = jpeg::split(&std::fs::read(path)?);
                pictures.iter().map(|p| p.start as u64..p.end as u64).collect()
            }
            _ => (0..file.metadata()?.len() / most)
                .map(|n| n * most..(n + 1) * most)
                .collect(),
        };
        frames.retain(|frame| frame.end - frame.start <= most);
        if frames.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file holds no whole frame",
            ));
        }
        Ok(Self::File(file, frames, (offer.pixels, offer.size)))
    }

    /// The frame with this sequence number; `brighter` is added to the luma of the pattern's ramp.
    pub(crate) fn frame(
        &self,
        pixels: Pixels,
        size: (u32, u32),
        sequence: u32,
        brighter: i32,
    ) -> io::Result<Vec<u8>> {
        match self {
            Self::File(file, frames, of) if *of == (pixels, size) => {
                let place = &frames[sequence as usize % frames.len()];
                let mut bytes = vec![0; (place.end - place.start) as usize];
                file.read_exact_at(&mut bytes, place.start)?;
                Ok(bytes)
            }
            _ => Ok(pattern(pixels, size, sequence, brighter)),
        }
    }
}

fn pattern(pixels: Pixels, size: (u32, u32), sequence: u32, brighter: i32) -> Vec<u8> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let digits: Vec<u8> = (0..width).map(|x| digit(x, width, sequence)).collect();
    let ramp: Vec<u8> = (0..width).map(|x| ramp(x, width, sequence, brighter)).collect();
    let line = |y: usize| if y < 16 { &digits } else { &ramp };
    let raw = || vec![0; pixels.frame_len(size) as usize];
    match pixels {
        Pixels::Yuyv => yuyv(raw(), size, line),
        Pixels::Nv12 => nv12(raw(), size, line),
        Pixels::Mjpeg => jpeg::blocks(size, |x, y| {
            let (u, v) = chroma(y as usize, height);
            full_range((line(y as usize)[x as usize], u, v))
        }),
    }
}

fn yuyv<'a>(mut bytes: Vec<u8>, size: (u32, u32), line: impl Fn(usize) -> &'a Vec<u8>) -> Vec<u8> {
    for (y, out) in bytes.chunks_exact_mut(size.0 as usize * 2).enumerate() {
        let (u, v) = chroma(y, size.1 as usize);
        for (pair, luma) in out.chunks_exact_mut(4).zip(line(y).chunks_exact(2)) {
            pair.copy_from_slice(&[luma[0], u, luma[1], v]);
        }
    }
    bytes
}

fn nv12<'a>(mut bytes: Vec<u8>, size: (u32, u32), line: impl Fn(usize) -> &'a Vec<u8>) -> Vec<u8> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let (luma, colour) = bytes.split_at_mut(width * height);
    for (y, out) in luma.chunks_exact_mut(width).enumerate() {
        out.copy_from_slice(line(y));
    }
    for (y, out) in colour.chunks_exact_mut(width).enumerate() {
        let (u, v) = chroma(2 * y, height);
        out.chunks_exact_mut(2)
            .for_each(|pair| pair.copy_from_slice(&[u, v]));
    }
    bytes
}

fn digit(x: usize, width: usize, sequence: u32) -> u8 {
    let bit = 31 - x * 32 / width;
    if sequence >> bit & 1 == 1 { 235 } else { 16 }
}

fn ramp(x: usize, width: usize, sequence: u32, brighter: i32) -> u8 {
    let bar = (u64::from(sequence) * 8 % width as u64) as usize;
    if (x + width - bar) % width < width / 16 {
        235
    } else {
        ((40 + 140 * x / width) as i32 + brighter).clamp(16, 235) as u8
    }
}

fn chroma(y: usize, height: usize) -> (u8, u8) {
    let lean = (48 * y / height) as u8;
    (104 + lean, 152 - lean)
}

/// Limited range (ITU-R BT.601) as JPEG has it, full.
fn full_range((y, u, v): jpeg::Sample) -> jpeg::Sample {
    let spread = |value: u8, zero: i32, range: i32, to: i32| {
        ((i32::from(value) - zero) * 255 / range + to).clamp(0, 255) as u8
    };
    (
        spread(y, 16, 219, 0),
        spread(u, 128, 224, 128),
        spread(v, 128, 224, 128),
    )
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
