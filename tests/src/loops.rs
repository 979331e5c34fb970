//! The demo show's loops as files for the cameras of user space, with a number burnt into each picture if wanted.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use media::{FrameRate, Size, counter};

use crate::preload;

/// Luma that means nothing, and chroma without colour.
const GREY: u8 = 128;

/// How a camera's pictures come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Raw, 4:2:2.
    Yuyv,
    /// Raw, 4:2:0.
    Nv12,
    /// A JPEG picture each.
    Mjpeg,
}

/// One of the loops as a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// `host` or `table`.
    pub name: &'static str,
    /// Size of the pictures; even.
    pub size: Size,
    /// How they come.
    pub format: Format,
    /// Pictures a second.
    pub rate: FrameRate,
    /// The row at which [`media::counter`] stands in each picture, counted from 1, where it is wanted; YUYV only.
    pub numbered: Option<usize>,
}

impl Loop {
    /// A raw camera (YUYV) of 30 pictures a second.
    pub const fn raw(name: &'static str, size: Size) -> Self {
        Self {
            name,
            size,
            format: Format::Yuyv,
            rate: FrameRate::whole(30),
            numbered: None,
        }
    }

    /// The camera as the preload library is told of it, by the name `name`. What it sees is unpacked once by ffmpeg,
    /// then kept in the build directory.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] without ffmpeg; or it refuses; or the size has no room for the number.
    pub fn spec(&self, name: &str) -> io::Result<String> {
        let Size { width, height } = self.size;
        let (num, den) = (self.rate.num(), self.rate.den());
        let format = match self.format {
            Format::Yuyv => "YUYV",
            Format::Nv12 => "NV12",
            Format::Mjpeg => "MJPG",
        };
        let file = self.file()?;
        let file = file.display();
        Ok(format!(
            "name={name},size={width}x{height},fps={num}/{den},format={format},file={file}"
        ))
    }

    fn file(&self) -> io::Result<PathBuf> {
        let size = (self.size.width, self.size.height);
        let plain = match self.format {
            Format::Yuyv => preload::unpacked_at(self.name, size, "yuyv422"),
            Format::Nv12 => preload::unpacked_at(self.name, size, "nv12"),
            Format::Mjpeg => self.jpeg(&preload::unpacked_at(self.name, size, "nv12")?),
        }?;
        let Some(row) = self.numbered else {
            return Ok(plain);
        };
        let file = plain.with_extension(format!("numbered-{row}"));
        if !file.exists() {
            // Another program may number them at the same time: whole files only take the name.
            let draft = file.with_extension(std::process::id().to_string());
            self.number(&plain, &draft, row)?;
            std::fs::rename(&draft, &file)?;
        }
        Ok(file)
    }

    /// The pictures of `plain`, NV12, as JPEGs with chroma of half size both ways, one behind the other.
    fn jpeg(&self, plain: &Path) -> io::Result<PathBuf> {
        let file = plain.with_extension("jpegs");
        if file.exists() {
            return Ok(file);
        }
        let draft = file.with_extension(format!("jpegs-{}", std::process::id()));
        let ffmpeg = crate::program("ANCHOR_FFMPEG", &["ffmpeg"]).ok_or(io::ErrorKind::NotFound)?;
        let Size { width, height } = self.size;
        let status = Command::new(ffmpeg)
            .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "nv12"])
            .args(["-s", &format!("{width}x{height}"), "-i"])
            .arg(plain)
            .args(["-pix_fmt", "yuvj420p", "-q:v", "3", "-f", "mjpeg"])
            .arg(&draft)
            .status()?;
        if !status.success() {
            return Err(io::Error::other(format!("ffmpeg makes no JPEGs: {status}")));
        }
        std::fs::rename(&draft, &file)?;
        Ok(file)
    }

    fn number(&self, plain: &Path, to: &Path, row: usize) -> io::Result<()> {
        let (mut from, mut to) = (std::fs::File::open(plain)?, std::fs::File::create(to)?);
        let mut picture = vec![0; self.size.area() * 2];
        let mut number = 0;
        while let Ok(()) = from.read_exact(&mut picture) {
            number += 1;
            self.mark(&mut picture, row, number)?;
            to.write_all(&picture)?;
        }
        Ok(())
    }

    fn mark(&self, picture: &mut [u8], row: usize, number: u32) -> io::Result<()> {
        let stride = self.size.width as usize;
        let mut luma = vec![GREY; stride * counter::HEIGHT];
        let rows = picture.get_mut(row * stride * 2..).unwrap_or_default();
        if rows.len() < luma.len() * 2 || !counter::write(&mut luma, stride, number) {
            return Err(io::Error::other("the picture has no room for its number"));
        }
        for (line, luma) in rows.chunks_exact_mut(stride * 2).zip(luma.chunks_exact(stride)) {
            for (pixel, &luma) in line.chunks_exact_mut(2).zip(&luma[..counter::WIDTH]) {
                pixel.copy_from_slice(&[luma, GREY]);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_where_it_is_wanted() {
        let camera = Loop::raw("host", Size::new(640, 40));
        let mut picture = vec![7; 640 * 40 * 2];
        camera.mark(&mut picture, 20, 77).unwrap();
        let luma: Vec<u8> = picture.iter().step_by(2).copied().collect();
        assert_eq!(counter::read(&luma[640 * 20..], 640), Some(77));
        assert!(luma[..640 * 20].iter().chain(&luma[640 * 36..]).all(|&y| y == 7));
        assert!(camera.mark(&mut picture, 30, 1).is_err());
    }
}
