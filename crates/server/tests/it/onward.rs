//! Shows passed on to other servers, as their publishers ask.

use api::server::{Onward, OnwardPlace, PassedOn, RelayState};
use api::{Code, Fault};

use crate::support::media::{PLAIN, Viewer};
use crate::support::{TestServer, http};

/// Other servers of this machine may be gone to.
const NEAR: &str = "[onward]\nnear = true\nplaces = 2\n";

fn request(server: &TestServer, method: &str, key: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let header = format!("Authorization: Bearer {key}\r\n");
    http::request_with(http::connect(server.http), method, "/onward", &header, body).whole()
}

fn told(server: &TestServer) -> PassedOn {
    let (status, body) = request(server, "GET", &server.key, b"");
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

/// Asks for these places, each an address and a key.
fn ask(server: &TestServer, places: &[(&str, &str)]) -> Result<PassedOn, Fault> {
    let place = |&(to, key): &(&str, &str)| OnwardPlace {
        to: to.to_owned(),
        key: key.to_owned(),
    };
    let onward = Onward {
        places: places.iter().map(place).collect(),
    };
    let (status, body) = request(server, "PUT", &server.key, &serde_json::to_vec(&onward).unwrap());
    match status {
        200 => Ok(serde_json::from_slice(&body).unwrap()),
        _ => Err(serde_json::from_slice(&body).unwrap()),
    }
}

#[test]
fn a_show_is_passed_on_for_as_long_as_its_publisher_asks() {
    let [mut first, mut second] = [TestServer::start(), TestServer::start()];
    let here = TestServer::start_with(NEAR, "debug");
    let addresses = [&first, &second].map(|there| format!("rtmp://{}/live", there.rtmp));
    let keys = [first.key.clone(), second.key.clone()];
    let both = [(&*addresses[0], &*keys[0]), (&*addresses[1], &*keys[1])];
    let asked = ask(&here, &both).unwrap();
    assert_eq!(asked.most, 2);
    assert!(
        asked
            .places
            .iter()
            .all(|place| place.state == RelayState::Waiting),
        "nothing is live"
    );

    let mut sender = here.publish();
    sender.send_all(&PLAIN.pictures(1));
    first.wait_log("publishing");
    second.wait_log("publishing");
    Viewer::new(first.get("/live/show.flv")).media(10);
    assert_eq!(here.relays().len(), 2, "the operator sees them");

    // The second is left out, the first goes on undisturbed.
    ask(&here, &both[..1]).unwrap();
    second.wait_log("publisher left");
    sender.send_all(&PLAIN.pictures(1));
    let passed = told(&here);
    assert_eq!(passed.places.len(), 1);
    let place = &passed.places[0];
    assert_eq!(
        (place.state, place.connections),
        (RelayState::Running, 1),
        "{place:?}"
    );
    assert!(place.bytes > 1000 && place.last_error.is_none(), "{place:?}");

    ask(&here, &[]).unwrap();
    first.wait_log("publisher left");
    assert_eq!(told(&here).places, []);
    let (_, _, log) = here.stop();
    assert!(!keys.iter().any(|key| log.contains(key)), "a key is in no log");
}

#[test]
fn what_is_wanted_wrongly_changes_nothing_and_is_said() {
    let server = TestServer::start_with(NEAR, "info");
    for (key, body, expected) in [
        ("", &b"{\"places\":[]}"[..], 401),
        ("wrong", b"{\"places\":[]}", 401),
        (
            &server.key,
            b"{\"places\":[{\"to\":1,\"key\":\"verysecret\"}]}",
            400,
        ),
        (&server.key, b"", 400),
        (&server.key, &[b' '; 20 << 10], 413),
    ] {
        let (status, body) = request(&server, "PUT", key, body);
        let said = String::from_utf8_lossy(&body);
        assert_eq!(status, expected, "{said}");
        assert!(!said.contains("verysecret"), "{said}");
    }
    let good = ("rtmp://127.0.0.1:9/live", "key");
    ask(&server, &[good]).unwrap();
    assert_eq!(ask(&server, &[good; 3]).unwrap_err().code, Code::LimitReached);
    let wrong = ask(&server, &[("http://127.0.0.1:9/live", "key")]).unwrap_err();
    assert_eq!(wrong.code, Code::RequestInvalid);
    assert_eq!(told(&server).places.len(), 1);

    let changed = (0..20).map(|n| ask(&server, &[(&format!("rtmp://127.0.0.1:9/live{n}"), "key")]));
    let too_often = changed.filter_map(Result::err).next().unwrap();
    assert_eq!(too_often.code, Code::LimitReached);
    assert_eq!(told(&server).places.len(), 1, "the last that was begun goes on");
}

#[test]
fn nobody_is_led_into_the_servers_own_network() {
    let inside = TestServer::start();
    let mut here = TestServer::start();
    for host in ["127.0.0.1", "localhost"] {
        let to = format!("rtmp://{host}:{}/live", inside.rtmp.port());
        ask(&here, &[(&to, &inside.key)]).unwrap();
        let mut sender = here.publish();
        sender.send_all(&PLAIN.pictures(1));
        here.wait_log("a relay's connection ended");
        let error = told(&here).places[0].last_error.clone().unwrap();
        assert_eq!(error.code, Code::RelayRefused, "{error}");
        sender.finish();
        here.wait_log("publisher left");
    }
    let (_, _, log) = inside.stop();
    assert!(!log.contains("publishing"), "{log}");
}

#[test]
fn a_server_that_passes_nothing_on_says_so() {
    let server = TestServer::start_with("[onward]\nplaces = 0\n", "info");
    assert_eq!(told(&server), PassedOn::default());
    let refused = ask(&server, &[("rtmp://192.0.2.1/live", "key")]).unwrap_err();
    assert_eq!(refused.code, Code::LimitReached);
}
