use super::*;
use crate::show::{Source, SourceKind};

fn input(name: &str) -> Input {
    Input {
        source: Box::new(sound::Tone::new(440.0, -20.0)),
        fader: Arc::new(Fader::of(&source(name, SourceKind::Pattern))),
    }
}

fn source(name: &str, kind: SourceKind) -> Source {
    Source {
        name: name.to_owned(),
        gain_db: 0.0,
        mute: false,
        kind,
    }
}

#[test]
fn nobody_speaks_into_music() {
    let music = SourceKind::File {
        path: "music.flac".into(),
        grain: false,
        track: crate::show::FileTrack::Audio,
    };
    let level = sound::level::Level {
        rms_db: -20.0,
        ..sound::level::Level::SILENCE
    };
    let levels = sound::InputLevels {
        before: level,
        after: sound::level::Level::SILENCE,
        clipped: 0,
        gain_db: -60.0,
        muted: false,
    };
    let heard = |kind| {
        let fader = Fader::of(&source("one", kind));
        fader.show(&levels);
        fader.state().spoken_unheard
    };
    let microphone = SourceKind::Microphone {
        device: "default".into(),
    };
    assert!(heard(microphone) && !heard(music));
}

fn peak(block: &AudioBlock) -> f32 {
    block.samples.iter().fold(0.0, |peak, s| s.abs().max(peak))
}

#[test]
fn a_hushed_program_is_silent_from_the_second_block_on_and_comes_back_without_a_click() {
    let one = input("voice");
    let desk = Arc::new(Desk::new(vec![Arc::clone(&one.fader)]));
    let mut table = Table::new(vec![one], Arc::clone(&desk));
    let mut program = silence(0);
    let mut mixed = |table: &mut Table, number| {
        table.mix(number, &mut program);
        program.clone()
    };
    (0..4).for_each(|n| drop(mixed(&mut table, n)));
    let loud = peak(&mixed(&mut table, 4));
    assert!(loud > 0.05, "{loud}");
    desk.hush(true);
    let falling = mixed(&mut table, 5);
    assert_eq!(falling.samples.last(), Some(&0.0));
    assert_eq!(peak(&mixed(&mut table, 6)), 0.0);
    desk.hush(false);
    let rising = mixed(&mut table, 7);
    assert!(rising.samples[0].abs() < 0.01, "{}", rising.samples[0]);
    assert!((peak(&mixed(&mut table, 8)) - loud).abs() < 0.01);
}

#[test]
fn inputs_come_and_go_while_others_are_heard() {
    let desk = Arc::new(Desk::new(Vec::new()));
    let mut table = Table::new(Vec::new(), Arc::clone(&desk));
    let (orders, ordered) = sync_channel(WAITING);
    let patch = Patch { desk, orders };
    let mut program = silence(0);
    let mut next = 0;
    let mut mixed = |table: &mut Table| {
        ordered.try_iter().for_each(|order| table.obey(order));
        table.mix(next, &mut program);
        next += 1;
        peak(&program)
    };
    assert_eq!(mixed(&mut table), 0.0);
    assert!(patch.plug(input("a")) && patch.plug(input("b")));
    (0..4).for_each(|_| _ = mixed(&mut table));
    let both = mixed(&mut table);
    patch.pull("a");
    assert!(patch.desk().fader("a").is_none() && patch.desk().fader("b").is_some());
    (0..4).for_each(|_| _ = mixed(&mut table));
    let one = mixed(&mut table);
    assert!((both - 2.0 * one).abs() < 0.01 && one > 0.05, "{both} and {one}");
    patch.pull("nobody");
    patch.pull("b");
    (0..4).for_each(|_| _ = mixed(&mut table));
    assert_eq!(mixed(&mut table), 0.0);
    assert_eq!(table.gone.len(), 2);
}
