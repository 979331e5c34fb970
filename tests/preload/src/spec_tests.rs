use super::*;

#[test]
fn everything_has_a_default() {
    let cameras = parse("name=Desk;;size=640x480").unwrap();
    assert_eq!(cameras.len(), 2);
    assert_eq!(
        cameras[0],
        Spec {
            name: "Desk".into(),
            ..Spec::numbered(0)
        }
    );
    assert_eq!(
        cameras[1],
        Spec {
            sizes: vec![(640, 480)],
            ..Spec::numbered(1)
        }
    );
    assert_eq!(parse("").unwrap(), []);
}

#[test]
fn a_camera_can_do_several_things() {
    let cameras = parse("size=1280x720+640x360,fps=30+30000/1001,format=NV12+YUYV").unwrap();
    assert_eq!(cameras[0].sizes, [(1280, 720), (640, 360)]);
    assert_eq!(
        cameras[0].intervals[1],
        Fraction {
            numerator: 1001,
            denominator: 30000
        }
    );
    assert_eq!(cameras[0].formats, [Pixels::Nv12, Pixels::Yuyv]);
}

#[test]
fn a_file_has_one_size_and_format() {
    let cameras = parse("size=64x64+32x32,format=NV12+YUYV,file=/a b/c=d.raw").unwrap();
    assert_eq!(cameras[0].file.as_deref(), Some("/a b/c=d.raw".as_ref()));
    assert_eq!((cameras[0].sizes.len(), cameras[0].formats.len()), (1, 1));
}

#[test]
fn nonsense_is_refused_with_its_reason() {
    for (text, reason) in [
        ("size=1280", "size"),
        ("size=1281x720", "even"),
        ("size=8192x16", "4096"),
        ("fps=0", "fps"),
        ("fps=30/0", "fps"),
        ("format=XVID", "YUYV"),
        ("colour=red", "colour"),
        ("name", "no value"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn codes_and_lengths() {
    assert_eq!(Pixels::Yuyv.fourcc(), 0x5659_5559);
    assert_eq!(Pixels::Yuyv.frame_len((1280, 720)), 1_843_200);
    assert_eq!(Pixels::Nv12.frame_len((1280, 720)), 1_382_400);
}
