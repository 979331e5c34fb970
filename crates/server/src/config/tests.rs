use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    parse_and_merge(text, &Overrides::default())
}

#[test]
fn nothing_said_means_loopback() {
    let config = parse("").unwrap();
    assert_eq!(config, Config::default());
    assert!(config.listen.http.ip().is_loopback());
    assert!(config.listen.rtmp.ip().is_loopback());
    assert!(config.listen.admin.ip().is_loopback());
}

#[test]
fn the_command_line_wins_over_the_file() {
    let text = "data = \"/srv/a\"\n[listen]\nhttp = \"0.0.0.0:80\"\nrtmp = \"0.0.0.0:1935\"\n";
    let overrides = Overrides {
        http: Some(([127, 0, 0, 1], 0).into()),
        data: Some("/srv/b".into()),
        ..Overrides::default()
    };
    let config = parse_and_merge(text, &overrides).unwrap();
    assert_eq!(config.listen.http.to_string(), "127.0.0.1:0");
    assert_eq!(config.listen.rtmp.to_string(), "0.0.0.0:1935");
    assert_eq!(config.data, Path::new("/srv/b"));
}

#[test]
fn an_unknown_key_is_refused_with_its_place() {
    let error = parse("data = \"x\"\n[limits]\n  http_conections = 5\n").unwrap_err();
    let ConfigError::Invalid {
        line,
        column,
        ref message,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((line, column), (3, 3));
    assert!(message.contains("http_conections"), "{message}");
    assert_eq!(Fault::from(&error).code, Code::ConfigInvalid);
}

#[test]
fn a_wrong_value_is_refused_with_its_place() {
    let error = parse("[listen]\nhttp = \"here\"\n").unwrap_err().to_string();
    assert!(error.contains("line 2, column 8"), "{error}");
    let error = parse("[stream]\nmerge_ms = 351\n").unwrap_err().to_string();
    assert_eq!(
        error,
        "The setting stream.merge_ms is 351; it has to be at most 350."
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Config::load(Some(Path::new("/nowhere/anchor.toml")), &Overrides::default()).unwrap_err();
    assert_eq!(Fault::from(&error).code, Code::ConfigUnreadable);
    assert!(error.to_string().contains("/nowhere/anchor.toml"));
}
