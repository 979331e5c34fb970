use serde::de::DeserializeOwned;

use super::*;
use crate::{LEFT_OUT, read, sample};

/// `value` with `canary` in every text that a `T` can hold it in, but those that end a path as one of `spare` does.
fn filled<T: DeserializeOwned>(value: &Value, canary: &str, spare: &[&str]) -> (Value, usize) {
    fn texts(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::String(_) => found.push(at.to_owned()),
            Value::Array(items) => {
                for (n, item) in items.iter().enumerate() {
                    texts(item, &format!("{at}/{n}"), found);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    texts(field, &format!("{at}/{name}"), found);
                }
            }
            _ => {}
        }
    }
    let (mut all, mut filled, mut count) = (Vec::new(), value.clone(), 0);
    texts(value, "", &mut all);
    for at in all
        .into_iter()
        .filter(|at| !spare.iter().any(|end| at.ends_with(end)))
    {
        let before = std::mem::replace(filled.pointer_mut(&at).unwrap(), canary.into());
        if serde_json::from_value::<T>(filled.clone()).is_ok() {
            count += 1;
        } else {
            *filled.pointer_mut(&at).unwrap() = before;
        }
    }
    (filled, count)
}

fn text_with(canary: &str, spare: &[&str]) -> String {
    let (state, in_state) = filled::<State>(&sample::state(), canary, spare);
    let mut short = sample::history();
    for place in short["places"].as_array_mut().unwrap() {
        for column in place
            .as_object_mut()
            .unwrap()
            .values_mut()
            .filter(|column| column.is_array())
        {
            column.as_array_mut().unwrap().truncate(3);
        }
    }
    let (history, in_history) = filled::<History>(&short, canary, spare);
    assert!(in_state >= 20 && in_history >= 10, "{in_state}, {in_history}");
    let mut material = sample::material(state, history);
    material.kinds = vec![(canary.into(), Kind::Camera)];
    make(material).text()
}

#[test]
fn what_somebody_wrote_into_any_field_is_in_no_bundle() {
    // What a person can't write: words of this program.
    let ours = ["/code", "/cause"];
    // Likewise: what drivers and the system say, which may be anything but the words that are private.
    let theirs = ["/adapter", "/format", "/busiest/name"];
    let both = [&ours[..], &theirs].concat();
    for (canary, spare) in [
        ("Canary 17 /home/anna/x", &[][..]),
        ("Anna", &[]),
        ("anna", &ours),
        ("canary17", &both),
        ("#canary", &both),
        ("place canary", &both),
        ("rtmp, canary", &both),
    ] {
        let text = text_with(canary, spare);
        assert!(
            !text.to_lowercase().contains(&canary.to_lowercase()),
            "{canary}: {text}"
        );
    }
}

#[test]
fn what_the_computer_says_is_in_it_but_not_who_uses_it() {
    let mut material = sample::material(sample::state(), sample::history());
    material.about.kernel = "6.1-of-Anna".into();
    let text = make(material).text();
    assert!(!text.to_lowercase().contains("anna"), "{text}");
    for said in [
        "Debian GNU/Linux 12",
        "llvmpipe",
        "chrome",
        "640x360",
        "rtmps, internet",
        "twitch",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn it_reads_back_as_it_was_made() {
    let bundle = make(sample::material(sample::state(), sample::history()));
    let parts: Vec<_> = bundle.parts.iter().map(|part| title(part.part)).collect();
    assert_eq!(parts, ["report", "about", "show", "history", "notes"]);
    let opened = read(&bundle.text()).unwrap();
    assert_eq!(opened.unread, [""; 0]);
    assert_eq!(opened.about, sample::about());
    let state = opened.state.unwrap();
    assert_eq!(
        (state.on_air.as_str(), state.show.as_str()),
        ("scene 1", "the show")
    );
    assert_eq!(state.scenes[0].layers[0].source.as_deref(), Some("camera 1"));
    assert_eq!(state.scenes[2].layers[0].scene.as_deref(), Some("scene 2"));
    assert_eq!(state.sounds[0].name, "microphone 1");
    assert_eq!(state.sounds[0].reason.as_deref(), Some(LEFT_OUT));
    assert_eq!(state.places[0].error.as_ref().unwrap().code, "connect.refused");
    assert_eq!((state.places[0].key.as_ref(), state.places[0].least), (None, 300));
    let history = opened.whole.unwrap();
    assert_eq!(
        history.places[1].name, "place 3",
        "'Gone' is a place no more, and 'Other' is the second"
    );
    assert_eq!(history.places[0].sent_kbps[100], 2600);
    assert_eq!(
        (history.log.len(), history.log[1].place.as_str()),
        (10, "place 1")
    );
    assert_eq!(opened.recent.unwrap().places.len(), 2);
    let note = &opened.notes[0];
    assert_eq!(
        (note.target.as_str(), note.with["output"].as_str()),
        ("studio::output::drive", Some(LEFT_OUT))
    );
}

#[test]
fn without_a_show_it_says_why_there_is_none() {
    let mut material = sample::material(sample::state(), sample::history());
    (material.state, material.whole, material.recent) = (None, None, None);
    material.about.failure = Some("show.invalid".into());
    let bundle = make(material);
    let opened = read(&bundle.text()).unwrap();
    assert!(opened.state.is_none() && opened.whole.is_none() && opened.unread.is_empty());
    assert!(bundle.text().contains("no show is open: show.invalid"));
}
