use bytes::Bytes;
use media::Size;

use super::*;

fn pictures(codec: VideoCodec) -> VideoParameters {
    VideoParameters {
        codec,
        config: Bytes::new(),
        size: Size {
            width: 1_280,
            height: 720,
        },
        rate: None,
    }
}

fn sound(codec: AudioCodec, channels: u8) -> AudioParameters {
    AudioParameters {
        codec,
        config: Bytes::new(),
        rate: 48_000,
        channels,
        frame_samples: 1_024,
    }
}

#[test]
fn only_what_browsers_cannot_play_is_made() {
    let (avc, hevc) = (pictures(VideoCodec::H264), pictures(VideoCodec::Hevc));
    let (aac, opus) = (sound(AudioCodec::Aac, 2), sound(AudioCodec::Opus, 2));
    let made = |video, audio, order| {
        let job = job(video, audio, order, 0);
        (job.video.is_some(), job.audio.is_some())
    };
    assert_eq!(made(Some(&avc), Some(&opus), Order::Straight), (false, false));
    assert_eq!(made(Some(&avc), Some(&aac), Order::Straight), (false, true));
    assert_eq!(made(Some(&avc), Some(&aac), Order::Mixed), (true, true));
    assert_eq!(made(Some(&hevc), Some(&opus), Order::Straight), (true, false));
    assert_eq!(made(None, Some(&aac), Order::Unknown), (false, true));
    assert_eq!(made(None, None, Order::Unknown), (false, false));
}

#[test]
fn pictures_get_what_the_publisher_sends_within_bounds_and_sound_two_channels_at_most() {
    let hevc = pictures(VideoCodec::Hevc);
    for (sent, given) in [(0, 2_500), (100, 300), (6_000, 6_000), (50_000, 8_000)] {
        let job = job(Some(&hevc), None, Order::Straight, sent);
        assert_eq!(job.video.unwrap().bitrate_kbps, given, "of {sent}");
    }
    for (channels, given) in [(1, 1), (2, 2), (6, 2)] {
        let surround = sound(AudioCodec::Aac, channels);
        let job = job(None, Some(&surround), Order::Unknown, 0);
        assert_eq!(job.audio.unwrap().channels, given);
    }
}
