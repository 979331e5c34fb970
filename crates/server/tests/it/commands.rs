//! What a person types: keys, check, run.

use std::net::TcpListener;

use crate::support::{TestServer, add_key, anchor_server};

#[test]
fn keys_are_shown_once_listed_by_name_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let key = add_key(dir.path(), "show");
    assert_eq!(key.len(), 32);
    assert!(
        !std::fs::read_to_string(dir.path().join("keys.toml"))
            .unwrap()
            .contains(&key)
    );

    let list = String::from_utf8(anchor_server(&["key", "list", "--data", data]).stdout).unwrap();
    assert!(list.starts_with("show\t") && !list.contains(&key), "{list}");

    let again = anchor_server(&["key", "add", "show", "--data", data]);
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stdout.is_empty() && String::from_utf8_lossy(&again.stderr).contains("keys.exists"));
    assert!(
        anchor_server(&["key", "remove", "show", "--data", data])
            .status
            .success()
    );
    assert!(anchor_server(&["key", "list", "--data", data]).stdout.is_empty());
}

#[test]
fn check_says_what_is_wrong_and_where() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let file = dir.path().join("anchor.toml");
    let config = file.to_str().unwrap();
    let any = "127.0.0.1:0";
    let args = [
        "check", "--config", config, "--data", data, "--http", any, "--rtmp", any, "--admin", any,
    ];

    std::fs::write(&file, "[limits]\nhls_waiters = 10\n").unwrap();
    let fine = anchor_server(&args);
    assert!(fine.status.success(), "{}", String::from_utf8_lossy(&fine.stderr));

    std::fs::write(&file, "[limits]\n hls_wait = 10\n").unwrap();
    let wrong = anchor_server(&args);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        said.contains("line 2, column 2") && said.contains("hls_wait"),
        "{said}"
    );
    assert!(said.contains("config.invalid"), "{said}");
}

#[test]
fn a_port_that_is_taken_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let any = "127.0.0.1:0";
    for command in ["run", "check"] {
        let out = anchor_server(&[
            command, "--data", data, "--http", any, "--rtmp", &address, "--admin", any,
        ]);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(1), "{command}");
        assert!(
            said.contains(&address) && said.contains("listen.refused"),
            "{command}: {said}"
        );
        assert!(!String::from_utf8_lossy(&out.stdout).contains("ready"));
    }
}

#[test]
fn an_idle_server_is_small() {
    let server = TestServer::start();
    let stats = server.server_stats();
    let resident = stats.resident_bytes.unwrap();
    assert!(resident < 30 << 20, "{resident} bytes");
    assert_eq!((stats.http_connections, stats.rtmp_connections), (0, 0));
}

#[test]
fn a_key_made_while_the_server_runs_counts() {
    let server = TestServer::start();
    let key = add_key(server.dir.path(), "other");
    let _sender = crate::support::publisher::Sender::connect(server.rtmp, &key).unwrap();
    assert_eq!(
        server.text("/live/other/status"),
        r#"{"state":"live","begins":null,"live":true,"estimated":true,"rtc":false}"#
    );
}
