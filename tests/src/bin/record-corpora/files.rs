//! Files that ffmpeg writes: FLV, transport streams, fragments of MP4; and stream ids as people type them.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use system_tests::peers;

use crate::corpus::Corpus;

/// Pictures and sound, small: two and a half seconds.
const SOURCE: &str = "-f lavfi -i testsrc2=size=160x90:rate=10 -f lavfi -i sine=frequency=440:sample_rate=48000 \
    -pix_fmt yuv420p -ac 1 -t 2.5";
const H264: &str = "-c:v libx264 -preset ultrafast -g 10 -b:v 30k";
const HEVC: &str = "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=10 -b:v 30k";
const AAC: &str = "-c:a aac -b:a 32k";
const OPUS: &str = "-c:a libopus -b:a 24k";

/// Name, target and what ffmpeg is told; those of the newer ffmpeg alone, which knows Enhanced RTMP, are marked.
const FILES: [(&str, &str, &[&str], bool); 9] = [
    ("ffmpeg-h264-aac.flv", "flv", &[H264, AAC], false),
    ("ffmpeg-hevc-aac.flv", "flv", &[HEVC, AAC], true),
    (
        "ffmpeg-av1-opus.flv",
        "flv",
        &["-c:v libsvtav1 -preset 12 -g 10 -crf 50", OPUS],
        true,
    ),
    (
        "ffmpeg-vp9-opus.flv",
        "flv",
        &[
            "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 10 -b:v 30k",
            OPUS,
        ],
        true,
    ),
    ("ffmpeg-h264-aac.ts", "ts", &["-muxrate 0", H264, AAC], false),
    ("ffmpeg-hevc-opus.ts", "ts", &[HEVC, OPUS], false),
    (
        "ffmpeg-mpeg2-mp2.ts",
        "ts",
        &["-c:v mpeg2video -b:v 40k -c:a mp2 -b:a 32k -r 25"],
        false,
    ),
    (
        "ffmpeg-h264.mp4",
        "cmaf",
        &[
            H264,
            "-an -movflags +cmaf+frag_keyframe+skip_trailer -write_prft wallclock",
        ],
        false,
    ),
    (
        "ffmpeg-aac.mp4",
        "cmaf",
        &[AAC, "-vn -movflags +cmaf+skip_trailer -frag_duration 500000"],
        false,
    ),
];

/// Stream ids: two in the form of "SRT Access Control (Stream ID) Guidelines", two in MediaMTX's, and a bare name.
const STREAM_IDS: [(&str, &str); 5] = [
    ("guidelines-request", "#!::u=viewer,r=spring,m=request,t=stream"),
    (
        "guidelines-publish",
        "#!::h=example.test,m=publish,r=made-up-key,s=0451,t=stream,u=studio",
    ),
    (
        "mediamtx-publish",
        "publish:made-up-key:user:made-up-word:key=value",
    ),
    ("mediamtx-read", "read:spring"),
    ("bare-name", "spring?made-up=yes"),
];

/// Writes them all.
pub(crate) fn record(corpus: &Corpus) -> io::Result<()> {
    for (name, text) in STREAM_IDS {
        corpus.keep("srt-stream-id", name, text.as_bytes())?;
    }
    let newer = peers::ffmpeg_or_skip();
    for (name, target, options, enhanced) in FILES {
        let program = match (enhanced, &newer) {
            (false, _) => Path::new("ffmpeg"),
            (true, Some(newer)) => newer,
            (true, None) => continue,
        };
        let file = corpus.file(target, name)?;
        write(program, options, &file)?;
        let mut bytes = std::fs::read(&file)?;
        if target == "cmaf" {
            bytes.drain(..chunks_at(&bytes));
        }
        corpus.keep(target, name, &bytes)?;
    }
    Ok(())
}

fn write(program: &Path, options: &[&str], file: &PathBuf) -> io::Result<()> {
    let options = options.iter().flat_map(|words| words.split_whitespace());
    let output = Command::new(program)
        .args(["-nostdin", "-v", "error", "-y"])
        .args(SOURCE.split_whitespace())
        .args(options)
        .arg(file)
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )),
    }
}

/// Where the init segment (ftyp, moov) ends.
fn chunks_at(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&[a, b, c, d, ref kind @ ..]) = bytes[at..].first_chunk::<8>()
        && [*b"ftyp", *b"moov", *b"styp", *b"sidx"].contains(kind)
    {
        at += (u32::from_be_bytes([a, b, c, d]) as usize).clamp(8, bytes.len() - at);
    }
    at
}
