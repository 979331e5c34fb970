use super::*;
use proptest::prelude::*;

#[test]
fn the_examples_of_the_guidelines_are_read() {
    let admin = StreamId::parse("#!::u=admin,r=bluesbrothers1_hi").unwrap();
    let expected = StreamId {
        resource: "bluesbrothers1_hi",
        user: Some("admin"),
        ..StreamId::default()
    };
    assert_eq!(admin, expected);
    let johnny = StreamId::parse("#!::u=johnny,t=file,m=publish,r=results.csv").unwrap();
    let expected = StreamId {
        resource: "results.csv",
        mode: Some(Mode::Publish),
        user: Some("johnny"),
        kind: Some("file"),
        ..StreamId::default()
    };
    assert_eq!(johnny, expected);
}

#[test]
fn pairs_have_any_order_and_unknown_ones_are_passed_over() {
    let id = StreamId::parse("#!::s=x=y,company_key=1,m=bidirectional,h=host,z=,r=a:b").unwrap();
    let expected = StreamId {
        resource: "a:b",
        mode: Some(Mode::Bidirectional),
        host: Some("host"),
        session: Some("x=y"),
        ..StreamId::default()
    };
    assert_eq!(id, expected);
    assert_eq!(StreamId::parse("#!::"), Ok(StreamId::default()));
}

/// A plain form's parts: resource, mode, user, password, query.
type Plain<'a> = (
    &'a str,
    Option<Mode>,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
);

#[test]
fn plain_forms_are_read() {
    let (publish, read) = (Some(Mode::Publish), Some(Mode::Request));
    let cases: [(&str, Plain<'_>); 9] = [
        ("publish:live", ("live", publish, None, None, None)),
        ("read:live", ("live", read, None, None, None)),
        ("read:live:a=b", ("live", read, None, None, Some("a=b"))),
        (
            "publish:live:me:word",
            ("live", publish, Some("me"), Some("word"), None),
        ),
        (
            "publish:live:me:word:q",
            ("live", publish, Some("me"), Some("word"), Some("q")),
        ),
        ("publish:a:b:c:d:e", ("publish:a:b:c:d:e", None, None, None, None)),
        ("publish", ("publish", None, None, None, None)),
        ("live:main", ("live:main", None, None, None, None)),
        ("", ("", None, None, None, None)),
    ];
    for (text, expected) in cases {
        let id = StreamId::parse(text).unwrap();
        let parts = (id.resource, id.mode, id.user, id.password, id.query);
        assert_eq!(parts, expected, "{text}");
    }
}

#[test]
fn what_breaks_the_syntax_is_refused() {
    let long = "x".repeat(513);
    let cases = [
        (long.as_str(), Error::TooLong, 1400),
        ("a\nb", Error::Control, 1400),
        ("#!:{r=a}", Error::Syntax, 1400),
        ("#!", Error::Syntax, 1400),
        ("#!::r", Error::Pair, 1400),
        ("#!::=a", Error::Pair, 1400),
        ("#!::r=a,r=b", Error::Twice, 1400),
        ("#!::m=watch", Error::Mode, 1405),
    ];
    for (text, error, code) in cases {
        assert_eq!(StreamId::parse(text), Err(error), "{text}");
        assert_eq!(error.reject().code(), code);
    }
}

#[test]
fn nothing_that_may_be_a_key_is_shown() {
    let id = StreamId::parse("#!::r=key1,u=key2,s=key3,h=key4,m=publish").unwrap();
    let plain = StreamId::parse("publish:key1:key2:key3:key4").unwrap();
    for shown in [format!("{id:?}"), format!("{plain:?}")] {
        assert!(!shown.contains("key") && shown.contains("Publish"), "{shown}");
    }
}

#[test]
fn what_pairs_cant_say_is_not_written() {
    let refused = |text: &str| StreamId::parse(text).unwrap().to_pairs();
    assert_eq!(refused("a,b"), None);
    assert_eq!(refused("publish:a:user:word"), None);
    assert_eq!(refused("publish:a:query"), None);
    assert_eq!(refused(&"x".repeat(507)), None);
    assert_eq!(refused("publish:a").as_deref(), Some("#!::r=a,m=publish"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,600}", pairs in "[#!:=,rmuhst a-z]{0,80}") {
        let _ = StreamId::parse(&text);
        let _ = StreamId::parse(&format!("{PAIRS}{pairs}"));
        let _ = StreamId::parse(&pairs);
    }

    #[test]
    fn what_is_written_is_read_back(
        resource in "[^,\\pC]{0,20}",
        parts in proptest::array::uniform4(proptest::option::of("[^,\\pC]{0,20}")),
        mode in proptest::option::of(0..3usize),
    ) {
        let modes = [Mode::Request, Mode::Publish, Mode::Bidirectional];
        let [user, host, session, kind] = parts.each_ref().map(Option::as_deref);
        let mode = mode.map(|n| modes[n]);
        let id = StreamId { resource: &resource, mode, user, host, session, kind, ..StreamId::default() };
        let text = id.to_pairs().unwrap();
        prop_assert_eq!(StreamId::parse(&text), Ok(id));
    }
}
