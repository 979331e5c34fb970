use super::*;

const FRAME: Duration = Duration::from_millis(33);

fn ms(n: i64) -> Timestamp {
    Timestamp::from_millis(n)
}

fn wait(n: u64) -> Action {
    Action::Wait(Duration::from_millis(n))
}

/// A camera that was opened at 0 and gave its first picture after 100 ms.
fn running() -> Policy {
    let mut policy = Policy::new();
    assert_eq!(policy.next(ms(0)), Action::Start);
    policy.found(FRAME, ms(50));
    assert!(policy.alive(ms(100)));
    policy
}

#[test]
fn a_stall_is_noticed_after_half_a_second_and_answered_by_a_new_child() {
    let mut policy = running();
    assert!(!policy.alive(ms(133)));
    assert_eq!(policy.next(ms(140)), wait(493));
    assert_eq!(policy.next(ms(633)), Action::Kill(Silence::Stalled));
    assert_eq!(policy.next(ms(633)), Action::Start);
    // It stalls still: what was opened once is as quick again, so it is tried each second.
    policy.found(FRAME, ms(650));
    assert_eq!(policy.next(ms(700)), wait(950));
    assert_eq!(
        policy.next(ms(1650)),
        Action::Kill(Silence::Never(Duration::from_millis(1017)))
    );
    assert_eq!(policy.next(ms(1650)), Action::Start);
    policy.found(FRAME, ms(1660));
    assert!(policy.alive(ms(1700)));
}

#[test]
fn a_slow_camera_is_given_three_of_its_frames() {
    let mut policy = running();
    policy.found(Duration::from_millis(400), ms(120));
    policy.alive(ms(200));
    assert_eq!(policy.next(ms(1_399)), wait(1));
    assert_eq!(policy.next(ms(1_400)), Action::Kill(Silence::Stalled));
}

#[test]
fn the_first_opening_is_given_its_time() {
    let mut policy = Policy::new();
    policy.next(ms(0));
    assert_eq!(policy.next(ms(0)), wait(8_000));
    assert_eq!(policy.next(ms(8_000)), Action::Kill(Silence::Never(FIRST)));
}

#[test]
fn a_camera_that_was_pulled_is_waited_for_by_the_child() {
    let mut policy = running();
    policy.ended(End::Lost, ms(1_000));
    assert_eq!(policy.next(ms(1_000)), Action::Start);
    for n in 0..1_000 {
        let now = ms(1_050 + n * 250);
        policy.absent(now);
        assert_eq!(policy.next(now), wait(2_000));
    }
    // It is back: the time it takes counts from there.
    policy.found(FRAME, ms(251_000));
    assert_eq!(policy.next(ms(251_000)), wait(1_000));
    assert!(policy.alive(ms(251_100)));
    assert_eq!(policy.next(ms(251_100)), wait(500));
    // A child that hangs where it looks for its camera is given up too.
    policy.ended(End::Lost, ms(252_000));
    policy.next(ms(252_000));
    policy.absent(ms(252_100));
    assert!(matches!(
        policy.next(ms(254_100)),
        Action::Kill(Silence::Never(_))
    ));
}

#[test]
fn another_programs_camera_is_tried_each_second_and_a_refused_one_less_and_less() {
    let mut policy = running();
    policy.ended(End::Busy, ms(1_000));
    assert_eq!(policy.next(ms(1_400)), wait(600));
    assert_eq!(policy.next(ms(2_000)), Action::Start);
    // It ran for a while in between.
    assert!(policy.alive(ms(2_100)));
    policy.ended(End::Lost, ms(3_000));
    let mut pauses = Vec::new();
    for n in 0..12 {
        let now = ms(10_000 * (n + 1));
        policy.next(now);
        policy.ended(End::Refused, now);
        match policy.next(now) {
            Action::Wait(pause) => pauses.push(pause.as_millis()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        (pauses[0], pauses[7], pauses[8], pauses[11]),
        (250, 250, 1_000, 1_000)
    );
}

#[test]
fn a_camera_that_became_slow_to_open_is_still_reached() {
    let mut policy = running();
    policy.ended(End::Lost, ms(1_000));
    let (mut now, mut tries) = (1_000, 0);
    // It takes three seconds to its first picture now.
    loop {
        assert_eq!(policy.next(ms(now)), Action::Start);
        let Action::Wait(patience) = policy.next(ms(now)) else {
            panic!()
        };
        if patience >= Duration::from_secs(3) {
            break;
        }
        now += patience.as_millis() as i64 + 1;
        assert!(matches!(policy.next(ms(now)), Action::Kill(_)));
        tries += 1;
    }
    assert!(tries < 20, "{tries}");
}

#[test]
fn what_is_heard_of_a_child_that_was_given_up_changes_nothing() {
    let mut policy = running();
    assert_eq!(policy.next(ms(5_000)), Action::Kill(Silence::Stalled));
    assert!(!policy.alive(ms(5_000)));
    assert_eq!(policy.next(ms(5_000)), Action::Start);
}
