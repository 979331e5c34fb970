//! What viewers get while their publisher is away.

use std::path::Path;
use std::process::Command;

use container::flv::{Tag, TagKind, audio, video};

use crate::support::TestServer;
use crate::support::media::{PLAIN, Viewer, is_key, is_media, picture, probe, tags, watchable};

const BEGUN: &str = "viewers get the slate";
const OVER: &str = "the slate is over";

/// What ffprobe has to complain of when it decodes all of an FLV file.
fn complaints(file: &Path) -> String {
    let out = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_frames",
            "-show_entries",
            "stream=nb_read_frames",
        ])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8_lossy(&out.stderr).into_owned()
}

fn written(viewer: &Viewer, dir: &Path) -> std::path::PathBuf {
    let file = dir.join("seen.flv");
    std::fs::write(&file, &viewer.file).unwrap();
    file
}

/// The tags up to the first that is a configuration of pictures.
fn until_configured(viewer: &mut Viewer) -> Tag {
    std::iter::from_fn(|| viewer.next())
        .find(|tag| tag.kind == TagKind::Video && video::is_sequence_header(&tag.data))
        .unwrap()
}

/// Times of a kind's tags, none of which goes back.
fn times(tags: &[Tag], kind: TagKind) -> Vec<u32> {
    let times: Vec<u32> = tags
        .iter()
        .filter(|tag| tag.kind == kind)
        .map(|tag| tag.timestamp)
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    times
}

#[test]
fn a_slate_stands_in_on_the_streams_own_line_and_gives_way_to_the_publisher() {
    let mut server = TestServer::start();
    let clip = PLAIN.pictures(2);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let publishers = until_configured(&mut {
        sender.send_all(&clip);
        viewer
    })
    .data;
    viewer = Viewer::new(server.get("/live/show.flv"));
    drop(sender);
    server.wait_log(BEGUN);
    assert_eq!(
        server.text("/live/show/status"),
        r#"{"state":"interrupted","begins":null,"live":true,"estimated":true,"rtc":false}"#
    );
    assert!(server.stats().slate);

    until_configured(&mut viewer);
    let slates = until_configured(&mut viewer).data;
    assert_ne!(slates, publishers, "its own configuration");
    let slate = viewer.media(200);
    assert!(is_key(&slate[0]));
    let (pictures, sounds) = (times(&slate, TagKind::Video), times(&slate, TagKind::Audio));
    assert!(
        pictures.windows(2).all(|w| (33..=34).contains(&(w[1] - w[0]))),
        "{pictures:?}"
    );
    assert!(
        sounds.windows(2).all(|w| (21..=22).contains(&(w[1] - w[0]))),
        "{sounds:?}"
    );
    assert_eq!(
        server.stats().received_bytes,
        clip_bytes(&clip),
        "nobody sent the slate"
    );

    // Who comes now gets it, too.
    let mut late = Viewer::new(server.get("/live/show.flv"));
    assert_eq!(until_configured(&mut late).data, slates);
    assert!(is_key(&late.media(1)[0]));

    let mut sender = server.publish();
    sender.send_all(&clip);
    server.wait_log(OVER);
    assert_eq!(until_configured(&mut viewer).data, publishers);
    let after = viewer.media(watchable(&clip).len());
    assert_eq!(picture(&after[0]), picture(watchable(&clip)[0]));
    let last = slate.last().unwrap().timestamp;
    assert!(after[0].timestamp > last);
    let file = written(&viewer, server.dir.path());
    assert_eq!(complaints(&file), "", "a decoder goes through all of it");
    assert!(!server.stats().slate);
}

fn clip_bytes(tags: &[Tag]) -> u64 {
    let media = tags.iter().filter(|tag| tag.kind != TagKind::Script);
    media.map(|tag| tag.data.len() as u64).sum()
}

#[test]
fn playlists_lead_through_slate_and_back_with_an_init_segment_each() {
    let mut server = TestServer::start();
    let clip = PLAIN.pictures(5);
    let mut sender = server.publish();
    sender.send_all(&clip);
    server.text("/live/show/video.m3u8");
    drop(sender);
    server.wait_log(BEGUN);
    let mut sender = server.publish();
    // The first of it that is in a playlist ends the slate's last segment.
    sender.send_all(&clip);
    server.wait_log(OVER);
    for kind in ["video", "audio"] {
        let playlist = server.text(&format!("/live/show/{kind}.m3u8"));
        let count = |what: &str| playlist.lines().filter(|line| line.starts_with(what)).count();
        assert_eq!(count("#EXT-X-DISCONTINUITY-SEQUENCE"), 1, "{playlist}");
        assert_eq!(count("#EXT-X-DISCONTINUITY") - 1, 2, "{playlist}");
        assert_eq!(count("#EXT-X-GAP"), 0, "{playlist}");
        let maps = playlist.lines().filter(|line| line.starts_with("#EXT-X-MAP"));
        let maps: Vec<_> = maps.collect();
        let expected = if kind == "video" { 3 } else { 1 };
        assert!(maps.len() >= expected, "{playlist}");
        let mut joined = Vec::new();
        for line in playlist.lines() {
            let uri = match line.split_once("URI=\"") {
                Some((before, rest)) if before.starts_with("#EXT-X-MAP") => rest.split('"').next().unwrap(),
                _ if line.starts_with('#') || line.is_empty() => continue,
                _ => line,
            };
            joined.extend(server.get(&format!("/live/show/{uri}")).whole().1);
        }
        assert!(!joined.is_empty());
    }
}

#[test]
fn the_picture_is_the_operators_own() {
    let dir = tempfile::tempdir().unwrap();
    let red = dir.path().join("red.png");
    let made = Command::new("ffmpeg")
        .args([
            "-nostdin",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "color=red:size=160x90",
            "-frames:v",
            "1",
        ])
        .arg(&red)
        .status()
        .unwrap();
    assert!(made.success());
    let config = format!("[stream]\nslate = {red:?}\n");
    let mut server = TestServer::start_with(&config, "info");
    let mut sender = server.publish();
    sender.send_all(&PLAIN.pictures(1));
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    viewer.media(10);
    drop(sender);
    server.wait_log(BEGUN);
    let mut late = Viewer::new(server.get("/live/show.flv"));
    late.media(60);
    let file = written(&late, server.dir.path());
    let values = "signalstats,metadata=print:file=-:key=lavfi.signalstats.VAVG";
    let out = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(&file)
        .args(["-frames:v", "1", "-vf", values, "-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8(out.stdout).unwrap();
    let red: f64 = said
        .split("VAVG=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(red > 220.0, "{said}");
}

#[test]
fn pictures_that_no_encoder_makes_stand_still() {
    let clip = tags(include_bytes!("clips/hevc_aac.flv"));
    let mut server = TestServer::start();
    let mut sender = server.publish();
    sender.send_all(&clip);
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    viewer.next();
    drop(sender);
    server.wait_log(BEGUN);
    let mut late = Viewer::new(server.get("/live/show.flv"));
    let sound = |tag: &Tag| tag.kind == TagKind::Audio && !audio::is_sequence_header(&tag.data);
    let tags: Vec<Tag> = std::iter::from_fn(|| late.next()).take(150).collect();
    let pictures: Vec<&Tag> = tags
        .iter()
        .filter(|tag| tag.kind == TagKind::Video && video::is_key_frame(&tag.data))
        .collect();
    assert!(pictures.len() > 3, "{}", pictures.len());
    assert!(pictures.windows(2).all(|w| w[0].data == w[1].data));
    assert!(
        pictures
            .windows(2)
            .all(|w| w[1].timestamp - w[0].timestamp == 320)
    );
    assert!(tags.iter().filter(|tag| sound(tag)).count() > 20);
    let file = written(&late, server.dir.path());
    // ffmpeg 5 reads no H.265 in FLV; of sound it has nothing to say.
    assert_eq!(
        probe(
            &file,
            &["-show_entries", "stream=codec_name", "-select_streams", "a"]
        ),
        "aac"
    );
}

#[test]
fn a_publisher_who_is_back_in_a_moment_is_not_missed() {
    let mut server = TestServer::start();
    let clip = PLAIN.pictures(1);
    let mut sender = server.publish();
    sender.send_all(&clip);
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    viewer.media(10);
    drop(sender);
    server.wait_log("publisher left");
    let mut sender = server.publish();
    sender.send_all(&clip);
    let seen = viewer.media(2 * watchable(&clip).len() - 10);
    assert!(seen.iter().filter(|tag| is_media(tag) && is_key(tag)).count() >= 1);
    assert!(!server.stats().slate);
}

#[test]
fn a_picture_that_is_none_is_said_before_the_server_starts() {
    let dir = tempfile::tempdir().unwrap();
    let strange = dir.path().join("strange.png");
    std::fs::write(&strange, b"GIF89a").unwrap();
    for (path, why) in [
        (dir.path().join("none.png"), "No such file"),
        (strange, "neither PNG nor JPEG"),
    ] {
        let file = dir.path().join("anchor.toml");
        std::fs::write(&file, format!("[stream]\nslate = {path:?}\n")).unwrap();
        let (file, data) = (file.display().to_string(), dir.path().display().to_string());
        let any = "127.0.0.1:0";
        let out = crate::support::anchor_server(&[
            "run", "--config", &file, "--data", &data, "--http", any, "--rtmp", any, "--admin", any,
        ]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(!out.status.success() && said.contains(why), "{said}");
    }
}
