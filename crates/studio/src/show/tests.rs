use std::path::Path;

use super::*;

const SMALL: &str = r##"
name = "Small"
[canvas]
size = "640x360"
rate = 29.97
[[source]]
name = "back"
type = "color"
color = "#102030"
[[source]]
name = "voice"
type = "tone"
hz = 440
[[scene]]
name = "main"
[[scene.layer]]
source = "back"
[[output]]
name = "mine"
type = "rtmp"
url = "rtmp://127.0.0.1:1935/live"
key = { env = "KEY" }
"##;

fn refused(text: &str) -> String {
    parse(Path::new("s.toml"), text).unwrap_err().to_string()
}

#[test]
fn a_small_show_is_read_whole() {
    let show = parse(Path::new("s.toml"), SMALL).unwrap();
    assert_eq!(show.problems(), []);
    assert_eq!(show.canvas.rate.to_string(), "30000/1001");
    assert_eq!(show.outputs[0].key, KeyRef::Env("KEY".into()));
    assert!(show.sources[1].has_sound() && !show.sources[1].has_picture());
}

#[test]
fn the_example_is_a_show() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/show.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    parse(&path, &text).unwrap();
}

#[test]
fn an_unknown_key_is_refused_with_line_and_column() {
    let said = refused(&SMALL.replace("hz = 440", "hz = 440\nhertz = 441"));
    assert!(
        said.starts_with("s.toml: line 14, column 1: unknown field `hertz`"),
        "{said}"
    );
    let said = refused(&SMALL.replace("hz = 440", "hz = 440\npath = \"x\""));
    assert!(
        said.contains("source 'voice' is of a type that has no 'path'"),
        "{said}"
    );
}

#[test]
fn a_key_in_the_show_file_is_refused_and_not_repeated() {
    let said = refused(&SMALL.replace("{ env = \"KEY\" }", "\"live_8151_secret\""));
    assert!(
        said.contains("anchor-studio key set NAME") && said.contains("line 22, column 7"),
        "{said}"
    );
    assert!(!said.contains("8151"), "{said}");
    let text = SMALL.replace("1935/live\"", "1935/live/live_8151_secret\"");
    let problems = parse(Path::new("s.toml"), &text).unwrap().problems();
    assert_eq!(problems, [Problem::KeyInUrl("mine".into())]);
}

#[test]
fn an_address_by_whip_has_a_path_and_no_key() {
    let problems = |url: &str| {
        let text = SMALL.replace("\"rtmp\"", "\"whip\"");
        let text = text.replace("rtmp://127.0.0.1:1935/live", url);
        parse(Path::new("s.toml"), &text).unwrap().problems()
    };
    for good in [
        "https://a.b/whip",
        "http://127.0.0.1:8889/live/whip",
        "https://[::1]:8443/whip/",
    ] {
        assert_eq!(problems(good), [], "{good}");
    }
    for bad in [
        "https://a.b",
        "https://a.b/",
        "rtmp://a/live",
        "https:///whip",
        "https://a:x/whip",
        "https:a/b",
    ] {
        assert_eq!(problems(bad), [Problem::BadUrl("mine".into())], "{bad}");
    }
    for key in ["https://a.b/whip?key=secret", "https://secret@a.b/whip"] {
        assert_eq!(problems(key), [Problem::KeyInUrl("mine".into())], "{key}");
    }
    let address = |url: &str| whip_address(url).unwrap();
    assert_eq!(address("http://[::1]/w"), ("::1".into(), 80));
    assert_eq!(address("https://A.b:8443/w"), ("a.b".into(), 8443));
}

#[test]
fn a_key_in_the_place_of_its_name_is_refused_and_not_repeated() {
    let key = "abcdefghij234567abcdefghij234567";
    for place in ["env", "keyring"] {
        let text = SMALL.replace("{ env = \"KEY\" }", &format!("{{ {place} = \"{key}\" }}"));
        let problems = parse(Path::new("s.toml"), &text).unwrap().problems();
        assert_eq!(problems, [Problem::KeyAsName("mine".into())]);
        assert!(!problems[0].to_string().contains(key));
    }
}

/// The small show with these lines for an output.
fn sent_to(lines: &str) -> Show {
    let (head, _) = SMALL.split_once("[[output]]").unwrap();
    let text = format!("{head}[[output]]\nname = \"mine\"\nkey = {{ env = \"KEY\" }}\n{lines}\n");
    let mut show = parse(Path::new("s.toml"), &text).unwrap();
    show.resolve(Path::new(""));
    show
}

#[test]
fn a_platform_gives_the_address_and_how_often_it_wants_key_frames() {
    let show = sent_to("platform = \"chzzk\"");
    assert_eq!(show.problems(), []);
    let output = &show.outputs[0];
    assert!(
        output.url.starts_with("rtmp://") && output.kind == OutputKind::Rtmp,
        "{output:?}"
    );
    assert_eq!(output.video.key_seconds, 1);
    let own = sent_to("platform = \"twitch\"\nurl = \"rtmp://live-fra.twitch.tv/app\"");
    assert_eq!(own.outputs[0].url, "rtmp://live-fra.twitch.tv/app");
    assert_eq!(own.outputs[0].video.key_seconds, 2);
}

#[test]
fn a_platform_that_is_unknown_or_gives_no_common_address_is_said() {
    let codes = |show: &Show| show.problems().iter().map(Problem::code).collect::<Vec<_>>();
    assert_eq!(codes(&sent_to("platform = \"tiktok\"")), ["show.no_url"]);
    let unknown = sent_to("platform = \"nobody\"\nurl = \"rtmp://a.b/live\"");
    assert_eq!(codes(&unknown), ["show.no_such_platform"]);
    let slow = sent_to("url = \"rtmp://a.b/live\"\nvideo = { key_seconds = 11 }");
    assert_eq!(codes(&slow), ["show.out_of_range"]);
}

#[test]
fn all_that_does_not_fit_is_said_at_once() {
    let text = SMALL
        .replace("source = \"back\"", "source = \"front\"")
        .replace("640x360", "641x360")
        .replace("hz = 440", "hz = 1");
    let problems = parse(Path::new("s.toml"), &text).unwrap().problems();
    let codes: Vec<_> = problems.iter().map(Problem::code).collect();
    assert_eq!(
        codes,
        ["show.out_of_range", "show.out_of_range", "show.no_such_source"]
    );
}

#[test]
fn what_is_saved_is_read_again_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/show.toml");
    for text in [SMALL.to_owned(), std::fs::read_to_string(&example).unwrap()] {
        let show = parse(Path::new("s.toml"), &text).unwrap();
        let path = folder.path().join("deep/show.toml");
        save(&path, &show).unwrap();
        let again = parse(&path, &std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(format!("{again:?}"), format!("{show:?}"));
    }
    let left: Vec<_> = std::fs::read_dir(folder.path().join("deep")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_folder_that_takes_nothing_keeps_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("show.toml");
    let show = parse(Path::new("s.toml"), SMALL).unwrap();
    save(&path, &show).unwrap();
    // A folder stands where the draft would.
    std::fs::create_dir(folder.path().join("show.toml.new")).unwrap();
    assert!(save(&path, &show).is_err());
    parse(&path, &std::fs::read_to_string(&path).unwrap()).unwrap();
}
