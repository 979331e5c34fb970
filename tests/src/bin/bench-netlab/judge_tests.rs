use super::*;

/// A line of 1 Mbit/s that is cut to 100 kbit/s from 10 to 20 s.
fn scenario() -> Scenario {
    toml::from_str(
        "title = \"x\"\nseconds = 40\nfault = [10, 20]\nplace = [{ protocol = \"rtmp\" }]\n\
         line = [{ up = { rate_kbps = 1000 } }]\n\
         event = [{ at = 10, up = { rate_kbps = 100 } }, { at = 20, up = { rate_kbps = 1000 } }]",
    )
    .unwrap()
}

/// 25 pictures a second, from 5 s before the begin to 40 s behind it, each `late` ms after it was taken and of as many
/// bytes as said.
fn show(late: impl Fn(f64) -> f64, bytes: impl Fn(f64) -> usize) -> Vec<Arrived> {
    let at = |n: u32| f64::from(n) * 40.0 - 5_000.0;
    (0..1_125)
        .map(|n| Arrived {
            at: at(n) + late(at(n)),
            bytes: bytes(at(n)),
            picture: Some((n, at(n))),
        })
        .collect()
}

#[test]
fn what_comes_as_usual_is_shown_a_buffer_behind() {
    let figures = judge(&scenario(), [0.0, 40_000.0], &show(|_| 30.0, |_| 1_000));
    assert_eq!((figures.pictures, figures.missing), (1_125, 0));
    assert_eq!((figures.freeze, figures.delay), (Some(40.0), Some(530.0)));
    assert_eq!((figures.live, figures.full), (Some(0.03), Some(0.0)));
    // 200 kbit/s come, of 100.
    assert!((figures.share.unwrap() - 2.0).abs() < 0.02, "{figures:?}");
}

#[test]
fn within_the_buffer_nothing_freezes_and_beyond_it_does() {
    let late = |by: f64| {
        move |at: f64| {
            if (12_000.0..13_000.0).contains(&at) {
                by
            } else {
                30.0
            }
        }
    };
    let figures = judge(&scenario(), [0.0, 40_000.0], &show(late(520.0), |_| 1_000));
    assert_eq!(figures.freeze, Some(40.0));
    let figures = judge(&scenario(), [0.0, 40_000.0], &show(late(1_530.0), |_| 1_000));
    assert_eq!((figures.freeze, figures.delay), (Some(1_040.0), Some(1_530.0)));
}

#[test]
fn what_never_came_is_missed_and_the_return_of_the_rate_is_seen() {
    let bytes = |at: f64| {
        if (10_000.0..23_000.0).contains(&at) {
            100
        } else {
            1_000
        }
    };
    let mut all = show(|_| 30.0, bytes);
    all.retain(|a| !(15_000.0..20_500.0).contains(&a.picture.unwrap().1));
    let figures = judge(&scenario(), [0.0, 40_000.0], &all);
    assert_eq!(figures.missing, 138);
    assert!((figures.live.unwrap() - 0.55).abs() < 0.05, "{figures:?}");
    assert!((2.8..=3.1).contains(&figures.full.unwrap()), "{figures:?}");
    assert!(figures.share.unwrap() < 0.2);
}

#[test]
fn who_never_comes_back_stands_still_to_the_end() {
    let mut all = show(|_| 30.0, |_| 1_000);
    all.retain(|a| a.at < 20_000.0);
    let figures = judge(&scenario(), [0.0, 40_000.0], &all);
    assert!(
        (19_400.0..19_600.0).contains(&figures.freeze.unwrap()),
        "{figures:?}"
    );
    assert_eq!((figures.live, figures.full), (None, None));
}

#[test]
fn nothing_is_no_figure() {
    let figures = judge(&scenario(), [0.0, 40_000.0], &[]);
    assert_eq!((figures.pictures, figures.freeze), (0, None));
    assert_eq!((figures.live, figures.full), (None, None));
}
