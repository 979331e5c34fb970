//! A publisher that is not ours: ffmpeg sends a test picture with a frame counter, and a tone.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use media::{FrameRate, Size};
use rustix::process::{Pid, Signal, kill_process};

/// What is published.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Size of the picture; even, at least as large as the counter.
    pub size: Size,
    /// Pictures a second.
    pub rate: FrameRate,
    /// Pictures between key frames.
    pub gop: u32,
    /// Bits of video a second, in thousands.
    pub kbps: u32,
    /// The codecs; others than the first need a newer ffmpeg than Debian's.
    pub codec: Codec,
    /// From this place of the show on, timestamps are an hour later; over RTMP, whose times are milliseconds.
    pub jumps_at: Option<Duration>,
}

/// What ffmpeg encodes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// H.264 and AAC.
    H264,
    /// H.265 and AAC.
    Hevc,
    /// AV1 and Opus.
    Av1,
    /// VP9 and Opus.
    Vp9,
}

impl Codec {
    fn arguments(self, gop: u32) -> String {
        match self {
            Self::H264 => format!(
                "-c:v libx264 -preset ultrafast -tune zerolatency -threads 1 -g {gop} -keyint_min {gop} \
                 -sc_threshold 0 -c:a aac"
            ),
            Self::Hevc => format!(
                "-c:v libx265 -preset ultrafast -x265-params \
                 log-level=error:pools=1:frame-threads=1:bframes=0:scenecut=0:keyint={gop}:min-keyint={gop} -c:a aac"
            ),
            Self::Av1 => format!(
                "-c:v libsvtav1 -preset 12 -svtav1-params pred-struct=1:rc=2:scd=0:lp=1 -g {gop} -c:a libopus"
            ),
            Self::Vp9 => format!(
                "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -lag-in-frames 0 -g {gop} -keyint_min {gop} \
                 -c:a libopus"
            ),
        }
    }
}

impl Options {
    /// The same with a picture of 960x540.
    pub fn larger() -> Self {
        Self {
            size: Size::new(960, 540),
            ..Self::default()
        }
    }
}

impl Default for Options {
    /// 640x360 at 30 pictures a second, a key frame every 2 s, 800 kbit/s.
    fn default() -> Self {
        Self {
            size: Size::new(640, 360),
            rate: FrameRate::whole(30),
            gop: 60,
            kbps: 800,
            codec: Codec::H264,
            jumps_at: None,
        }
    }
}

/// A running publisher; dropped, it is killed, as when a laptop's lid is closed.
///
/// Picture number n (from 1) is handed to ffmpeg at [`Publisher::taken`]`(n)`, whatever ffmpeg does with it.
pub struct Publisher {
    process: Child,
    began: SystemTime,
    rate: FrameRate,
    end: Arc<AtomicBool>,
    said: Arc<Mutex<String>>,
    feeder: Option<thread::JoinHandle<()>>,
}

impl Publisher {
    /// Begins to publish to `url`; `None` when ffmpeg isn't installed, which it says.
    ///
    /// The address with its key is in ffmpeg's command line, so use a key that is good for the test alone.
    ///
    /// # Errors
    /// ffmpeg can't be started.
    pub fn start_or_skip(url: &str, options: Options) -> io::Result<Option<Self>> {
        let Some(program) = crate::program("ANCHOR_FFMPEG", &["ffmpeg"]) else {
            crate::skip("ffmpeg is not installed");
            return Ok(None);
        };
        Self::start(&program, url, options).map(Some)
    }

    /// The same with an ffmpeg of the caller's.
    ///
    /// # Errors
    /// It can't be started.
    pub fn start(program: &Path, url: &str, options: Options) -> io::Result<Self> {
        let mut process = Command::new(program)
            .args(arguments(options))
            .args(["-f", if url.starts_with("srt") { "mpegts" } else { "flv" }])
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let (stdin, stderr) = (process.stdin.take(), process.stderr.take());
        let mut publisher = Self {
            process,
            began: SystemTime::now(),
            rate: options.rate,
            end: Arc::default(),
            said: Arc::default(),
            feeder: None,
        };
        let stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        publisher.listen(stderr.ok_or(io::ErrorKind::BrokenPipe)?)?;
        publisher.feed(stdin, options)?;
        Ok(publisher)
    }

    /// When picture `number` (from 1) was taken, by this machine's clock: ms of UTC.
    pub fn taken(&self, number: u32) -> f64 {
        let since = self.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        since.as_secs_f64() * 1e3 + due(self.rate, number.saturating_sub(1)).as_secs_f64() * 1e3
    }

    /// It falls silent, as when its network is gone: its connection stays.
    ///
    /// # Errors
    /// It has ended.
    pub fn fall_silent(&self) -> io::Result<()> {
        let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.ok_or(io::ErrorKind::NotFound)?, Signal::STOP)?;
        Ok(())
    }

    /// What ffmpeg has complained of so far.
    pub fn complaints(&self) -> String {
        self.said.lock().map(|said| said.clone()).unwrap_or_default()
    }

    fn listen(&self, mut stderr: ChildStderr) -> io::Result<()> {
        let said = Arc::clone(&self.said);
        thread::Builder::new()
            .name("ffmpeg-stderr".into())
            .spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(length @ 1..) = stderr.read(&mut bytes) {
                    if let Ok(mut said) = said.lock() {
                        said.push_str(&String::from_utf8_lossy(&bytes[..length]));
                    }
                }
            })?;
        Ok(())
    }

    fn feed(&mut self, mut stdin: ChildStdin, options: Options) -> io::Result<()> {
        let end = Arc::clone(&self.end);
        self.began = SystemTime::now();
        let feeder = thread::Builder::new().name("ffmpeg-feed".into());
        self.feeder = Some(feeder.spawn(move || {
            let began = Instant::now();
            let mut picture = Picture::new(options.size);
            for number in 1..=u32::MAX {
                thread::sleep(
                    (began + due(options.rate, number - 1)).saturating_duration_since(Instant::now()),
                );
                if end.load(Ordering::Relaxed) || stdin.write_all(picture.draw(number)).is_err() {
                    return;
                }
            }
        })?);
        Ok(())
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(feeder) = self.feeder.take() {
            let _ = feeder.join();
        }
    }
}

/// When the picture after `count` others is due, from the first.
fn due(rate: FrameRate, count: u32) -> Duration {
    let nanos = rate.tick(count.into()).as_nanos();
    Duration::from_nanos(nanos.unsigned_abs())
}

fn arguments(options: Options) -> Vec<String> {
    let Options {
        size,
        rate,
        gop,
        kbps,
        codec,
        jumps_at,
    } = options;
    let picture = format!(
        "-f rawvideo -pix_fmt yuv420p -s {}x{} -r {}/{} -probesize 32 -analyzeduration 0 \
         -thread_queue_size 64 -i pipe:0",
        size.width,
        size.height,
        rate.num(),
        rate.den()
    );
    let sound = "-f lavfi -i sine=frequency=440:sample_rate=48000:samples_per_frame=480";
    let codecs = codec.arguments(gop);
    let most = match codec {
        // It takes no greatest rate with the constant one.
        Codec::Av1 => String::new(),
        _ => format!("-maxrate {kbps}k -bufsize {kbps}k"),
    };
    let jump = jumps_at.map_or(String::new(), |at| {
        let times = format!("setts=ts=if(gte(TS\\,{})\\,TS+3600000\\,TS)", at.as_millis());
        format!("-bsf:v {times} -bsf:a {times}")
    });
    format!(
        "-hide_banner -loglevel warning {picture} {sound} -map 0:v -map 1:a {codecs} -b:v {kbps}k {most} {jump} \
         -b:a 96k -ac 2 -flush_packets 1 -flvflags no_duration_filesize"
    )
    .split_whitespace()
    .map(str::to_owned)
    .collect()
}

/// Planar YUV 4:2:0: stripes that move, and the counter.
struct Picture {
    size: Size,
    bytes: Vec<u8>,
}

impl Picture {
    fn new(size: Size) -> Self {
        let bytes = vec![128; size.area() / 2 * 3];
        Self { size, bytes }
    }

    fn draw(&mut self, number: u32) -> &[u8] {
        let stride = self.size.width as usize;
        let luma = &mut self.bytes[..self.size.area()];
        for (y, row) in luma.chunks_exact_mut(stride).enumerate() {
            let shade = (y as u32).wrapping_add(number.wrapping_mul(4)) % 160;
            row.fill(40 + shade as u8);
        }
        media::counter::write(luma, stride, number);
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_is_in_each_picture() {
        let mut picture = Picture::new(Size::new(640, 360));
        for number in [1, 2, 70_000] {
            assert_eq!(media::counter::read(picture.draw(number), 640), Some(number));
        }
        assert_eq!(picture.bytes.len(), 640 * 360 * 3 / 2);
    }

    #[test]
    fn pictures_are_due_by_their_number() {
        let ntsc = FrameRate::new(30_000, 1001).unwrap();
        assert_eq!(due(ntsc, 0), Duration::ZERO);
        assert_eq!(due(ntsc, 30_000).as_millis(), 1_001_000);
    }
}
