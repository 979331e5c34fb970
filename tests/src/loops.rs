//! The demo show's loops as files for the cameras of user space, with a number burnt into each picture if wanted.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use media::{Size, counter};

/// Length of what is unpacked: the camera begins again after it.
const SECONDS: u32 = 2;
/// Luma that means nothing, and chroma without colour.
const GREY: u8 = 128;

/// One of the loops as a camera of 30 pictures a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// `host` or `table`.
    pub name: &'static str,
    /// Size of the pictures; even.
    pub size: Size,
    /// The row at which [`media::counter`] stands in each picture, counted from 1, where it is wanted.
    pub numbered: Option<usize>,
}

impl Loop {
    /// Its pictures as YUYV, one behind the other: [`SECONDS`] of them. Unpacked once by ffmpeg, then kept in the
    /// build directory.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] without ffmpeg; or it refuses; or the size has no room for the number.
    pub fn yuyv(&self) -> io::Result<PathBuf> {
        let folder = std::env::current_exe()?.with_file_name("demo-cameras");
        let file = folder.join(format!("{}.yuyv", self.file()));
        if file.exists() {
            return Ok(file);
        }
        std::fs::create_dir_all(&folder)?;
        // Another program may unpack at the same time: whole files only take the name.
        let draft = folder.join(format!("{}.{}", self.file(), std::process::id()));
        self.unpack(&draft)?;
        std::fs::rename(&draft, &file)?;
        Ok(file)
    }

    fn file(&self) -> String {
        let Size { width, height } = self.size;
        let numbered = self.numbered.map(|row| format!("-{row}")).unwrap_or_default();
        format!("{}-{width}x{height}{numbered}", self.name)
    }

    fn unpack(&self, to: &Path) -> io::Result<()> {
        let Size { width, height } = self.size;
        let ffmpeg = crate::program("ANCHOR_FFMPEG", &["ffmpeg"]).ok_or(io::ErrorKind::NotFound)?;
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
        let mut ffmpeg = Command::new(ffmpeg)
            .args(["-v", "error", "-t", &SECONDS.to_string(), "-i"])
            .arg(demo.join(format!("{}.mp4", self.name)))
            .args(["-vf", &format!("scale={width}:{height}"), "-pix_fmt", "yuyv422"])
            .args(["-f", "rawvideo", "pipe:1"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut pictures = ffmpeg.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut file = std::fs::File::create(to)?;
        let mut picture = vec![0; self.size.area() * 2];
        let mut number = 0;
        while let Ok(()) = pictures.read_exact(&mut picture) {
            number += 1;
            self.mark(&mut picture, number)?;
            file.write_all(&picture)?;
        }
        match ffmpeg.wait()?.success() && number > 0 {
            true => Ok(()),
            false => Err(io::Error::other(format!("ffmpeg can't unpack {}", self.name))),
        }
    }

    fn mark(&self, picture: &mut [u8], number: u32) -> io::Result<()> {
        let Some(row) = self.numbered else { return Ok(()) };
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
        let of = |row| Loop {
            name: "host",
            size: Size::new(640, 40),
            numbered: Some(row),
        };
        let mut picture = vec![7; 640 * 40 * 2];
        of(20).mark(&mut picture, 77).unwrap();
        let luma: Vec<u8> = picture.iter().step_by(2).copied().collect();
        assert_eq!(counter::read(&luma[640 * 20..], 640), Some(77));
        assert!(luma[..640 * 20].iter().chain(&luma[640 * 36..]).all(|&y| y == 7));
        assert!(of(30).mark(&mut picture, 1).is_err());
    }
}
