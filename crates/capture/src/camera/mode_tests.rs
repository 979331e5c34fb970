use super::*;
use DeviceFormat::{Mjpeg, Nv12, Yuyv};

const HD: Size = Size::new(1280, 720);
const VGA: Size = Size::new(640, 480);
const FULL: Size = Size::new(1920, 1080);

fn mode(format: DeviceFormat, size: Size, rates: &[&str]) -> Mode {
    let rates = rates.iter().map(|r| r.parse().unwrap()).collect();
    Mode { format, size, rates }
}

fn chosen(
    modes: &[Mode],
    size: Size,
    rate: &str,
    format: Option<DeviceFormat>,
) -> (DeviceFormat, Size, String, String) {
    let choice = choose(modes, size, rate.parse().unwrap(), format).unwrap();
    assert!(choice.mode.rates.contains(&choice.rate) && modes.contains(&choice.mode));
    (choice.mode.format, choice.mode.size, fps(choice.rate), choice.why)
}

/// A usual webcam on USB 2.
fn webcam() -> Vec<Mode> {
    vec![
        mode(Yuyv, VGA, &["30", "15"]),
        mode(Yuyv, HD, &["10", "5"]),
        mode(Yuyv, FULL, &["5"]),
        mode(Mjpeg, VGA, &["30"]),
        mode(Mjpeg, HD, &["15", "30"]),
        mode(Mjpeg, FULL, &["30"]),
    ]
}

#[test]
fn raw_pictures_are_taken_where_they_come_quickly_enough() {
    let why = "YUYV, 640x480 at 30 fps, as asked for".to_owned();
    assert_eq!(chosen(&webcam(), VGA, "30", None), (Yuyv, VGA, "30".into(), why));
    let why = "MJPEG, because raw pictures of 1280x720 come at 10 fps only".to_owned();
    assert_eq!(chosen(&webcam(), HD, "30", None), (Mjpeg, HD, "30".into(), why));
    // A little slower raw pictures are no reason for MJPEG, but for a wanted 5 fps YUYV will do.
    assert_eq!(chosen(&webcam(), HD, "5", None).0, Yuyv);
}

#[test]
fn nearly_the_rate_counts_as_the_rate() {
    let grabber = [
        mode(Nv12, HD, &["30000/1001", "60000/1001"]),
        mode(Mjpeg, HD, &["30"]),
    ];
    let why = "NV12, 1280x720 at 29.97 fps, as asked for".to_owned();
    assert_eq!(chosen(&grabber, HD, "30", None), (Nv12, HD, "29.97".into(), why));
    let both = [mode(Nv12, HD, &["30000/1001", "30"])];
    assert_eq!(chosen(&both, HD, "30", None).2, "30");
    assert_eq!(chosen(&both, HD, "29.97", None).2, "29.97");
}

#[test]
fn another_size_is_the_nearest_larger_one_and_says_so() {
    let odd = [
        mode(Yuyv, VGA, &["30"]),
        mode(Mjpeg, FULL, &["30"]),
        mode(Mjpeg, Size::new(2560, 1440), &["30"]),
    ];
    let (format, size, rate, why) = chosen(&odd, HD, "30", None);
    assert_eq!((format, size, rate.as_str()), (Mjpeg, FULL, "30"));
    let sentence = "MJPEG, because it has no raw pictures of 1920x1080; 1920x1080 instead of 1280x720, \
                    because it has no such pictures";
    assert_eq!(why, sentence);
    // Smaller ones when there is nothing else, the largest of them.
    let small = [mode(Yuyv, Size::new(320, 240), &["30"]), mode(Yuyv, VGA, &["30"])];
    assert_eq!(chosen(&small, HD, "30", None).1, VGA);
}

#[test]
fn a_smaller_picture_that_moves_goes_before_a_large_one_that_does_not() {
    let slow = [mode(Yuyv, VGA, &["30"]), mode(Yuyv, HD, &["10"])];
    let (_, size, rate, why) = chosen(&slow, HD, "30", None);
    assert_eq!((size, rate.as_str()), (VGA, "30"));
    assert!(
        why.ends_with("640x480 instead of 1280x720, because those of 1280x720 come too slowly"),
        "{why}"
    );
    let (_, _, rate, why) = chosen(&[mode(Nv12, HD, &["5", "10"])], HD, "30", None);
    assert_eq!(
        (rate.as_str(), why.as_str()),
        (
            "10",
            "NV12; 10 fps, because it does not offer 30 fps at this size"
        )
    );
    // A higher rate before a lower one.
    assert_eq!(chosen(&[mode(Nv12, HD, &["25", "50"])], HD, "30", None).2, "50");
}

#[test]
fn a_format_that_is_asked_for_is_kept_to() {
    let (format, _, rate, why) = chosen(&webcam(), HD, "30", Some(Yuyv));
    assert_eq!((format, rate.as_str()), (Yuyv, "30"));
    assert!(why.starts_with("YUYV; 640x480 instead of 1280x720"), "{why}");
    assert_eq!(choose(&webcam(), HD, FrameRate::whole(30), Some(Nv12)), None);
    assert_eq!(
        choose(
            &[mode(Yuyv, Size::new(33, 20), &["30"])],
            HD,
            FrameRate::whole(30),
            None
        ),
        None
    );
}

#[test]
fn what_no_camera_can_mean_is_left_out() {
    let wild = [
        mode(Yuyv, Size::new(u32::MAX, u32::MAX), &["30"]),
        mode(Yuyv, Size::new(8192, 8192), &["30"]),
        mode(Yuyv, Size::new(0, 720), &["30"]),
        mode(Yuyv, HD, &["1/1000", "4000000000/1"]),
        mode(Yuyv, VGA, &["15"]),
    ];
    assert_eq!(chosen(&wild, HD, "30", None).1, VGA);
    assert_eq!(choose(&wild[..4], HD, FrameRate::whole(30), None), None);
}
