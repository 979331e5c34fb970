//! Worker processes: fed, damaged, killed and orphaned. The clips in `clips/` were made by ffmpeg 8.1.2.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use api::{Code, Fault};
use bytes::Bytes;
use container::flv::audio::{self, AudioTag};
use container::flv::video::{self, VideoTag};
use container::flv::{Tag, TagKind, header, write_tag};
use container::{cmaf, h264, opus};
use media::CodecParameters;
use server::worker::{AudioJob, Job, Output, VideoJob, Worker, WorkerStats, Workers};

use crate::support::PATIENCE;
use crate::support::media::{ONE_KEY_FRAME, WITH_B_FRAMES, is_media, probe, tags};

const PROGRAM: &str = env!("CARGO_BIN_EXE_anchor-server");

const BOTH: Job = Job {
    video: Some(VideoJob { bitrate_kbps: 400 }),
    audio: Some(AudioJob {
        bitrate_kbps: 96,
        channels: 2,
    }),
};

/// Hands `tags` over as fast as the worker takes them, as long as it lives; those that `job` doesn't want are left out.
async fn feed(worker: &mut Worker, job: Job, tags: &[Tag]) {
    let wanted = |tag: &&Tag| match tag.kind {
        TagKind::Video => job.video.is_some(),
        TagKind::Audio => job.audio.is_some(),
        TagKind::Script => true,
    };
    let begun = worker.stats().given;
    for (n, tag) in (begun..).zip(tags.iter().filter(wanted)) {
        assert!(worker.push(tag));
        // Half a second of pictures and sound waits at most.
        until(worker, |stats| stats.given + 30 >= n).await;
    }
}

/// Done when `there` says so, or the worker is no more.
async fn until(worker: &Worker, there: impl Fn(&WorkerStats) -> bool) {
    let mut stats = worker.stats();
    while stats.pid.is_some() && !there(&stats) {
        tokio::task::yield_now().await;
        stats = worker.stats();
    }
}

/// All that is made until the end.
async fn rest(output: &mut Output) -> Result<Vec<Tag>, Fault> {
    let mut made = Vec::new();
    while let Some(tag) = output.next().await {
        made.push(tag?);
    }
    Ok(made)
}

/// What a worker makes of `tags`.
async fn transcode(job: Job, tags: &[Tag]) -> Result<Vec<Tag>, Fault> {
    let (mut worker, mut output) = Workers::of(PROGRAM).start(&job).unwrap();
    let fed = async {
        feed(&mut worker, job, tags).await;
        worker.finish();
    };
    tokio::join!(fed, rest(&mut output)).1
}

/// Times of the pictures, whether each is a key frame, in the order of the tags.
fn pictures(tags: &[Tag]) -> Vec<(i64, bool)> {
    let video = tags.iter().filter(|tag| tag.kind == TagKind::Video);
    let pictures = video.filter_map(|tag| {
        let part = video::parts(&tag.data).unwrap().next()?.unwrap();
        let VideoTag::Frame {
            key, composition_ms, ..
        } = part.tag
        else {
            return None;
        };
        Some((i64::from(tag.timestamp) + i64::from(composition_ms), key))
    });
    pictures.collect()
}

/// Times and packets of the sound.
fn sounds(tags: &[Tag]) -> Vec<(u32, Bytes)> {
    let sounds = tags.iter().filter(|tag| tag.kind == TagKind::Audio);
    let packets = sounds.filter_map(|tag| {
        let part = audio::parts(&tag.data).unwrap().next()?.unwrap();
        match part.tag {
            AudioTag::Frame(data) => Some((tag.timestamp, data)),
            _ => None,
        }
    });
    packets.collect()
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

#[tokio::test]
async fn b_frames_and_aac_become_what_webrtc_takes() {
    let clip = WITH_B_FRAMES.tags(3);
    let made = transcode(BOTH, &clip).await.unwrap();

    let (sent, got) = (pictures(&clip), pictures(&made));
    assert_ne!(sent, sorted(sent.clone()), "no B-frames to begin with");
    assert_eq!(got, sorted(sent), "times and key frames, in the order of showing");
    let video: Vec<_> = made
        .iter()
        .filter(|tag| tag.kind == TagKind::Video)
        .cloned()
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("video.flv");
    let whole = video.iter().fold(header(true, false).to_vec(), |mut all, tag| {
        all.extend_from_slice(&write_tag(tag));
        all
    });
    std::fs::write(&file, whole).unwrap();
    let entries = "stream=codec_name,profile,width,height,has_b_frames";
    let said = probe(&file, &["-show_entries", entries]);
    assert_eq!(said, "h264,Constrained Baseline,320,180,0");
    let kinds = probe(&file, &["-show_entries", "frame=pict_type"]);
    let kinds: BTreeSet<&str> = kinds.lines().map(|line| line.trim_matches(',')).collect();
    assert_eq!(kinds, BTreeSet::from(["I", "P"]));

    let sound = sounds(&made);
    for pair in sound.windows(2) {
        assert_eq!(pair[1].0 - pair[0].0, 20);
    }
    let aac = sounds(&clip);
    assert_eq!(sound[0].0, aac[0].0);
    let (made, sent) = (sound.len() as i64 * 20, aac.len() as i64 * 1_024 / 48);
    assert!((made - sent).abs() <= 40, "{made} ms of {sent} ms");
    decodes(dir.path(), &sound);
}

/// ffmpeg renders all of the sound. Its version 5.1 knows no Opus in FLV, so it gets it as fragmented MP4.
fn decodes(dir: &Path, sound: &[(u32, Bytes)]) {
    let parameters = opus::parameters(&opus::head(2)).unwrap();
    let init = cmaf::init_segment(&CodecParameters::Audio(parameters), 48_000, 1).unwrap();
    let sample = |(_, data): &(u32, Bytes)| cmaf::Sample {
        duration: 960,
        composition: 0,
        key: true,
        data: data.clone(),
    };
    let samples: Vec<_> = sound.iter().map(sample).collect();
    let chunk = cmaf::chunk(1, 1, 0, &samples, None).unwrap();
    let file = dir.join("sound.mp4");
    std::fs::write(&file, [init, chunk].concat()).unwrap();
    let rendered = probe(&file, &["-show_entries", "frame=nb_samples"]);
    let rendered: usize = rendered
        .lines()
        .map(|line| line.trim_matches(',').parse::<usize>().unwrap())
        .sum();
    assert_eq!(rendered, sound.len() * 960);
}

#[tokio::test]
async fn every_codec_that_is_carried_becomes_h264() {
    let job = Job { audio: None, ..BOTH };
    for clip in [
        &include_bytes!("clips/hevc_aac.flv")[..],
        include_bytes!("clips/av1_opus.flv"),
        include_bytes!("clips/vp9_opus.flv"),
    ] {
        let clip = tags(clip);
        let made = transcode(job, &clip).await.unwrap();
        assert_eq!(pictures(&made), sorted(pictures(&clip)));
        let record = made
            .iter()
            .find(|tag| video::is_sequence_header(&tag.data))
            .unwrap();
        let VideoTag::SequenceHeader(record) = video::parse(&record.data).unwrap() else {
            panic!("{record:?}");
        };
        assert_eq!(h264::parameters(&record).unwrap().size, media::Size::new(160, 90));
    }
}

#[tokio::test]
async fn a_key_frame_comes_when_it_is_asked_for() {
    let clip = ONE_KEY_FRAME.tags(8);
    let (mut worker, mut output) = Workers::of(PROGRAM).start(&BOTH).unwrap();
    let asked = clip.len() / 4;
    let fed = async {
        feed(&mut worker, BOTH, &clip[..asked]).await;
        // Not before the first picture, which is one anyway.
        until(&worker, |stats| stats.made > 20).await;
        worker.key_frame();
        worker.key_frame();
        feed(&mut worker, BOTH, &clip[asked..]).await;
        worker.finish();
    };
    let made = tokio::join!(fed, rest(&mut output)).1.unwrap();
    assert_eq!(pictures(&clip).iter().filter(|(_, key)| *key).count(), 1);
    let keys: Vec<_> = pictures(&made).into_iter().filter(|(_, key)| *key).collect();
    // The second request may have come while the first was on its way.
    assert!((2..=3).contains(&keys.len()), "{keys:?}");
}

#[tokio::test]
async fn garbage_in_the_middle_does_not_end_it() {
    let mut clip = WITH_B_FRAMES.tags(3);
    let sent = sorted(pictures(&clip));
    let last = *sent.iter().rfind(|(_, key)| *key).unwrap();
    let middle = clip.len() / 3;
    for (n, tag) in clip[middle..middle + 20].iter_mut().enumerate() {
        if is_media(tag) {
            let head = tag.data.slice(..2.min(tag.data.len()));
            let noise = (0..500).map(|i| (i * 37 + n * 101) as u8);
            tag.data = head.iter().copied().chain(noise).collect();
        }
    }
    let made = transcode(BOTH, &clip).await.unwrap();
    let expected: Vec<_> = sent.into_iter().filter(|picture| *picture >= last).collect();
    let shown = pictures(&made);
    assert_eq!(shown[shown.len() - expected.len()..], expected);
    let (sound, aac) = (sounds(&made), sounds(&clip));
    let end = sound.last().unwrap().0;
    assert!(end + 60 >= aac.last().unwrap().0, "{end}");
}

#[tokio::test]
async fn a_process_that_is_killed_is_a_fault_with_its_reason() {
    let clip = WITH_B_FRAMES.tags(1);
    let (mut worker, mut output) = Workers::of(PROGRAM).start(&BOTH).unwrap();
    feed(&mut worker, BOTH, &clip).await;
    output.next().await.unwrap().unwrap();
    let pid = worker.stats().pid.unwrap().to_string();
    assert!(worker.stats().ready && worker.stats().resident_bytes.is_some());
    assert!(
        Command::new("kill")
            .args(["-s", "KILL", &pid])
            .status()
            .unwrap()
            .success()
    );
    let fault = rest(&mut output).await.unwrap_err();
    assert_eq!(fault.code, Code::WorkerLost);
    assert!(fault.message.contains("signal: 9"), "{fault}");
    assert!(output.next().await.is_none());
    assert_eq!(worker.stats().pid, None);
}

#[tokio::test]
async fn one_that_is_dropped_is_gone_without_a_fault() {
    let (worker, mut output) = Workers::of(PROGRAM).start(&BOTH).unwrap();
    let pid = worker.stats().pid.unwrap();
    drop(worker);
    assert_eq!(output.next().await, None);
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "not even a zombie");
}

#[tokio::test]
async fn what_cant_be_made_is_said() {
    let missing = Workers::of("/nonexistent/anchor-server").start(&BOTH);
    assert_eq!(missing.unwrap_err().code, Code::WorkerUnavailable);
    // A program that is no worker ends at once, with what it wrote.
    let (_worker, mut output) = Workers::of("/bin/cat").start(&BOTH).unwrap();
    let fault = output.next().await.unwrap().unwrap_err();
    assert_eq!(fault.code, Code::WorkerLost);
    assert!(fault.message.contains("cat: "), "{fault}");
    // Opus is not made of Opus.
    let clip = tags(include_bytes!("clips/vp9_opus.flv"));
    let fault = transcode(Job { video: None, ..BOTH }, &clip).await.unwrap_err();
    assert_eq!(fault.code, Code::MediaUnsupported);
}

/// Field `n` of proc(5)'s stat, counted from the state, which is 3.
fn stat(pid: &str, n: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields = stat.rsplit(')').next()?.split_whitespace().nth(n - 3)?;
    Some(fields.to_owned())
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn it_ends_with_the_process_that_started_it() {
    let dir = tempfile::tempdir().unwrap();
    let control = dir.path().join("control");
    assert!(Command::new("mkfifo").arg(&control).status().unwrap().success());
    // Descriptor 3 is held open by the worker itself, so that it never sees an end of it.
    let script = "\"$0\" worker 3<>\"$1\" </dev/zero >/dev/null & echo $!; read end";
    let mut parent = Command::new("sh")
        .args(["-c", script, PROGRAM])
        .arg(&control)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pid = String::new();
    BufReader::new(parent.stdout.take().unwrap())
        .read_line(&mut pid)
        .unwrap();
    let pid = pid.trim().to_owned();
    // Its priority is what it changes last before it waits for its job.
    wait_until("it begins", || stat(&pid, 19).as_deref() == Some("5"));
    parent.kill().unwrap();
    parent.wait().unwrap();
    let gone = || stat(&pid, 3).is_none_or(|state| state == "Z");
    wait_until("it ends", gone);
}

#[test]
fn it_is_not_for_people() {
    let out = Command::new(PROGRAM)
        .arg("worker")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!out.status.success());
    assert!(String::from_utf8_lossy(&out.stderr).contains("started by the server"));
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert!(!String::from_utf8_lossy(&help.stdout).contains("worker"));
}
