//! What both ends say of Enhanced RTMP when they connect ("Enhanced RTMP", version 2, "Enhancing NetConnection connect
//! Command").

use container::amf0::Value;
use container::flv::{FourCc, audio, video};

/// Properties of the connect command and of its result.
const LIST: &str = "fourCcList";
const VIDEO: &str = "videoFourCcInfoMap";
const AUDIO: &str = "audioFourCcInfoMap";
const CAPABILITIES: &str = "capsEx";
/// What an end does with a codec, in the maps.
const CAN_ENCODE: f64 = 2.0;
const CAN_FORWARD: f64 = 4.0;
/// Extended capabilities: the request to reconnect; several tracks of a kind; modifiers, of which the nanoseconds.
const RECONNECT: u32 = 1;
const TRACKS: u32 = 2;
const MODIFIERS: u32 = 4 | 8;
/// The code of a request to reconnect ("Reconnect Request").
pub(crate) const RECONNECT_REQUEST: &str = "NetConnection.Connect.ReconnectRequest";
/// Stands for every codec.
const ANY: &str = "*";

/// Codecs of pictures and of sound that our server hands on.
const FORWARDED: [&[FourCc]; 2] = [
    &[video::H264, video::HEVC, video::AV1, video::VP9],
    &[audio::AAC, audio::OPUS],
];

type Properties = Vec<(&'static str, Value)>;

/// Whether the client that sent this connect object speaks Enhanced RTMP.
pub(crate) fn is_known(object: &Value) -> bool {
    let mut names = [LIST, VIDEO, AUDIO, CAPABILITIES].into_iter();
    names.any(|name| object.get(name).is_some())
}

/// What our server answers to one that does.
pub(crate) fn answer() -> Properties {
    forwards(RECONNECT | TRACKS | MODIFIERS)
}

/// What a player says that hands on what it gets: some servers give no more than H.264 and AAC to who says nothing.
pub(crate) fn wish() -> Properties {
    forwards(TRACKS | MODIFIERS)
}

fn forwards(capabilities: u32) -> Properties {
    let list = FORWARDED.concat().iter().map(name).collect();
    let map = |codecs: &[FourCc]| map(codecs, CAN_FORWARD);
    vec![
        (LIST, Value::StrictArray(list)),
        (VIDEO, map(FORWARDED[0])),
        (AUDIO, map(FORWARDED[1])),
        (CAPABILITIES, Value::Number(capabilities.into())),
    ]
}

/// Whether the client that sent this connect object follows a request to reconnect.
pub(crate) fn reconnects(object: &Value) -> bool {
    can(object, RECONNECT)
}

/// Whether the end that sent this object takes several tracks of a kind.
pub(crate) fn takes_tracks(object: &Value) -> bool {
    can(object, TRACKS)
}

fn can(object: &Value, what: u32) -> bool {
    let capabilities = object.get(CAPABILITIES).and_then(Value::as_number);
    capabilities.is_some_and(|all| all as u32 & what != 0)
}

/// What a publisher of these codecs, and of `further` tracks of these, says; little when all of them have an old form
/// and there are no further tracks, as some servers refuse who says more than they know.
pub(crate) fn offer(codecs: &[FourCc], further: &[FourCc]) -> Properties {
    let tracks = if further.is_empty() { 0 } else { TRACKS };
    let capabilities = (CAPABILITIES, Value::Number((RECONNECT | tracks).into()));
    if codecs.iter().all(is_old) && further.is_empty() {
        return vec![capabilities];
    }
    let mut codecs = [codecs, further].concat();
    codecs.sort_unstable();
    codecs.dedup();
    let list = codecs.iter().map(name).collect();
    let (sound, pictures): (Vec<_>, Vec<_>) =
        codecs.into_iter().partition(|codec| FORWARDED[1].contains(codec));
    vec![
        (LIST, Value::StrictArray(list)),
        (VIDEO, map(&pictures, CAN_ENCODE)),
        (AUDIO, map(&sound, CAN_ENCODE)),
        capabilities,
    ]
}

/// Whether the server that answered with these arguments takes further tracks of these codecs.
pub(crate) fn takes_further(further: &[FourCc], arguments: &[Value]) -> bool {
    arguments.iter().any(takes_tracks) && refused(further, arguments).is_none()
}

/// The first of `codecs` that the server that answered with these arguments doesn't take: one that says nothing takes
/// what has an old form.
pub(crate) fn refused(codecs: &[FourCc], arguments: &[Value]) -> Option<FourCc> {
    let takes = |codec: &FourCc| {
        let Ok(name) = std::str::from_utf8(codec) else {
            return false;
        };
        arguments.iter().any(|argument| {
            let listed = argument.get(LIST).is_some_and(|list| lists(list, name));
            let mapped = |map: &str| {
                let map = argument.get(map);
                map.is_some_and(|map| map.get(name).is_some() || map.get(ANY).is_some())
            };
            listed || mapped(VIDEO) || mapped(AUDIO)
        })
    };
    codecs
        .iter()
        .copied()
        .find(|codec| !is_old(codec) && !takes(codec))
}

fn is_old(codec: &FourCc) -> bool {
    [video::H264, audio::AAC].contains(codec)
}

fn lists(list: &Value, name: &str) -> bool {
    match list {
        Value::StrictArray(all) => all
            .iter()
            .filter_map(Value::as_str)
            .any(|one| [name, ANY].contains(&one)),
        _ => false,
    }
}

fn name(codec: &FourCc) -> Value {
    String::from_utf8_lossy(codec).as_ref().into()
}

fn map(codecs: &[FourCc], can: f64) -> Value {
    let named = codecs.iter().map(|codec| {
        let name = String::from_utf8_lossy(codec).into_owned();
        (name, Value::Number(can))
    });
    Value::Object(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::object;

    #[test]
    fn our_two_halves_agree() {
        let offered = object(&offer(&[video::HEVC, audio::OPUS], &[]));
        assert!(is_known(&offered));
        assert_eq!(
            refused(&[video::HEVC, audio::OPUS], &[Value::Null, object(&answer())]),
            None
        );
        assert_eq!(refused(&[*b"vvc1"], &[object(&answer())]), Some(*b"vvc1"));
    }

    #[test]
    fn who_says_nothing_takes_the_old_form_alone() {
        let silent = [Value::Null, object(&[("level", "status".into())])];
        assert_eq!(refused(&[video::H264, audio::AAC], &silent), None);
        assert_eq!(refused(&[video::H264, audio::OPUS], &silent), Some(audio::OPUS));
        assert!(!is_known(&silent[1]) && !reconnects(&silent[1]));
        let offered = object(&offer(&[video::H264, audio::AAC], &[]));
        assert!(reconnects(&offered) && offered.get(LIST).is_none());
    }

    #[test]
    fn further_tracks_are_for_who_says_so_and_takes_their_codecs() {
        let offered = object(&offer(&[video::H264], &[video::HEVC, audio::AAC]));
        assert!(takes_tracks(&offered) && is_known(&offered));
        let listed = |name| lists(offered.get(LIST).unwrap(), name);
        assert!(listed("avc1") && listed("hvc1") && listed("mp4a"));
        let ours = [object(&answer())];
        assert!(takes_further(&[video::HEVC, audio::AAC], &ours));
        assert!(!takes_further(&[*b"vvc1"], &ours));
        let silent = [object(&[(CAPABILITIES, Value::Number(RECONNECT.into()))])];
        assert!(!takes_further(&[audio::AAC], &silent) && !takes_tracks(&silent[0]));
        assert!(takes_tracks(&object(&wish())));
    }

    #[test]
    fn lists_maps_and_the_word_for_all_are_understood() {
        let hevc = [video::HEVC];
        for (property, value) in [
            (LIST, Value::StrictArray(vec!["av01".into(), "hvc1".into()])),
            (LIST, Value::StrictArray(vec![ANY.into()])),
            (VIDEO, object(&[("hvc1", Value::Number(1.0))])),
            (VIDEO, object(&[(ANY, Value::Number(4.0))])),
        ] {
            assert_eq!(
                refused(&hevc, &[object(&[(property, value)])]),
                None,
                "{property}"
            );
        }
        let other = object(&[(LIST, Value::StrictArray(vec!["av01".into()]))]);
        assert_eq!(refused(&hevc, &[other]), Some(video::HEVC));
        assert_eq!(
            refused(&hevc, &[object(&[(LIST, "hvc1".into())])]),
            Some(video::HEVC)
        );
    }
}
