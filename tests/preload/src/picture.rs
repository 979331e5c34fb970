//! What a camera sees: frames of a file in a loop, or a moving pattern that carries its frame number.
//!
//! The pattern: a luma ramp from left to right with a bright bar that moves 8 pixels a frame over it, grey chroma that
//! leans with the height, and in the top 16 lines 32 equal fields that spell the sequence number, the highest bit at
//! the left, 235 for a one and 16 for a zero.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::spec::{Pixels, Spec};

/// The source of a camera's frames.
#[derive(Debug)]
pub(crate) enum Picture {
    /// Frames of this many bytes one behind the other.
    File(File, u64),
    /// The pattern.
    Pattern,
}

impl Picture {
    /// Opens what a camera shows. Fails when its file can't be read or holds no whole frame.
    pub(crate) fn open(spec: &Spec) -> io::Result<Self> {
        match &spec.file {
            Some(path) => Self::open_file(path, u64::from(spec.formats[0].frame_len(spec.sizes[0]))),
            None => Ok(Self::Pattern),
        }
    }

    fn open_file(path: &Path, frame_len: u64) -> io::Result<Self> {
        let file = File::open(path)?;
        match file.metadata()?.len() / frame_len {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file holds no whole frame",
            )),
            frames => Ok(Self::File(file, frames)),
        }
    }

    /// The frame with this sequence number.
    pub(crate) fn frame(&self, pixels: Pixels, size: (u32, u32), sequence: u32) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; pixels.frame_len(size) as usize];
        match self {
            Self::File(file, frames) => {
                let offset = u64::from(sequence) % frames * u64::from(pixels.frame_len(size));
                file.read_exact_at(&mut bytes, offset)?;
            }
            Self::Pattern => pattern(&mut bytes, pixels, size, sequence),
        }
        Ok(bytes)
    }
}

fn pattern(bytes: &mut [u8], pixels: Pixels, size: (u32, u32), sequence: u32) {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let digits: Vec<u8> = (0..width).map(|x| digit(x, width, sequence)).collect();
    let ramp: Vec<u8> = (0..width).map(|x| ramp(x, width, sequence)).collect();
    match pixels {
        Pixels::Yuyv => {
            for (y, line) in bytes.chunks_exact_mut(width * 2).enumerate() {
                let luma = if y < 16 { &digits } else { &ramp };
                let (u, v) = chroma(y, height);
                for (pair, luma) in line.chunks_exact_mut(4).zip(luma.chunks_exact(2)) {
                    pair.copy_from_slice(&[luma[0], u, luma[1], v]);
                }
            }
        }
        Pixels::Nv12 => {
            let (luma, colour) = bytes.split_at_mut(width * height);
            for (y, line) in luma.chunks_exact_mut(width).enumerate() {
                line.copy_from_slice(if y < 16 { &digits } else { &ramp });
            }
            for (y, line) in colour.chunks_exact_mut(width).enumerate() {
                let (u, v) = chroma(2 * y, height);
                line.chunks_exact_mut(2)
                    .for_each(|pair| pair.copy_from_slice(&[u, v]));
            }
        }
    }
}

fn digit(x: usize, width: usize, sequence: u32) -> u8 {
    let bit = 31 - x * 32 / width;
    if sequence >> bit & 1 == 1 { 235 } else { 16 }
}

fn ramp(x: usize, width: usize, sequence: u32) -> u8 {
    let bar = (u64::from(sequence) * 8 % width as u64) as usize;
    if (x + width - bar) % width < width / 16 {
        235
    } else {
        (40 + 140 * x / width) as u8
    }
}

fn chroma(y: usize, height: usize) -> (u8, u8) {
    let lean = (48 * y / height) as u8;
    (104 + lean, 152 - lean)
}

#[cfg(test)]
#[path = "picture_tests.rs"]
mod tests;
