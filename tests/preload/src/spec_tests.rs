use super::*;

fn rate(denominator: u32, numerator: u32) -> Fraction {
    Fraction {
        numerator,
        denominator,
    }
}

fn offer(pixels: Pixels, size: (u32, u32), intervals: &[Fraction]) -> Offer {
    Offer {
        pixels,
        size,
        intervals: intervals.to_vec(),
    }
}

#[test]
fn everything_has_a_default() {
    let cameras = parse("name=Desk;;size=640x480").unwrap();
    let wanted = |name: &str, size| Spec {
        name: name.into(),
        offers: vec![offer(Pixels::Yuyv, size, &[rate(30, 1)])],
        file: None,
        bus: None,
        serial: None,
    };
    assert_eq!(
        cameras,
        [wanted("Desk", (1280, 720)), wanted("Camera 1", (640, 480))]
    );
    assert_eq!(parse("").unwrap(), []);
}

#[test]
fn a_camera_can_do_several_things() {
    let cameras = parse("size=1280x720+640x360,fps=30+30000/1001,format=NV12+YUYV").unwrap();
    let rates = [rate(30, 1), rate(30_000, 1001)];
    let wanted = [Pixels::Nv12, Pixels::Yuyv]
        .map(|pixels| [(1280, 720), (640, 360)].map(|size| offer(pixels, size, &rates)));
    assert_eq!(cameras[0].offers, wanted.concat());
    assert_eq!(cameras[0].formats(), [Pixels::Nv12, Pixels::Yuyv]);
}

#[test]
fn a_camera_can_be_described_mode_by_mode() {
    let text =
        "mode=YUYV:1280x720@10,mode=YUYV:640x360@30,mode=MJPEG:1280x720@30+60000/1001,bus=usb-1,serial=A1B2";
    let camera = parse(text).unwrap().remove(0);
    let wanted = [
        offer(Pixels::Yuyv, (1280, 720), &[rate(10, 1)]),
        offer(Pixels::Yuyv, (640, 360), &[rate(30, 1)]),
        offer(Pixels::Mjpeg, (1280, 720), &[rate(30, 1), rate(60_000, 1001)]),
    ];
    assert_eq!(camera.offers, wanted);
    assert_eq!(camera.formats(), [Pixels::Yuyv, Pixels::Mjpeg]);
    assert_eq!(camera.of(Pixels::Yuyv).count(), 2);
    assert_eq!(
        (camera.bus.as_deref(), camera.serial.as_deref()),
        (Some("usb-1"), Some("A1B2"))
    );
}

#[test]
fn a_file_has_one_size_and_format() {
    let cameras = parse("size=64x64+32x32,format=NV12+YUYV,file=/a b/c=d.raw").unwrap();
    assert_eq!(cameras[0].file.as_deref(), Some("/a b/c=d.raw".as_ref()));
    assert_eq!(cameras[0].offers, [offer(Pixels::Nv12, (64, 64), &[rate(30, 1)])]);
    let cameras = parse("mode=MJPEG:64x64@30,mode=YUYV:64x64@5,file=/a").unwrap();
    assert_eq!(cameras[0].offers.len(), 2);
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
        ("mode=YUYV", "FORMAT:SIZE@FPS"),
        ("mode=YUYV:64x64@", "fps"),
        ("mode=H264:64x64@30", "MJPEG"),
        ("mode=YUYV:64x64@30,fps=30", "without"),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn codes_and_lengths() {
    assert_eq!(Pixels::Yuyv.fourcc(), 0x5659_5559);
    assert_eq!(Pixels::Yuyv.frame_len((1280, 720)), 1_843_200);
    assert_eq!(&Pixels::Mjpeg.fourcc().to_le_bytes(), b"MJPG");
    assert_eq!(Pixels::Nv12.frame_len((1280, 720)), 1_382_400);
}
