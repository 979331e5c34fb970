//! The window from its first start to watched in a browser, and what befalls it: the real program on a screen of its
//! own, with cameras and microphones that programs find.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::process::Signal;
use serde_json::{Value, json};
use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options, Page};
use system_tests::desktop::{Desktop, Room};
use system_tests::player::Player;
use system_tests::server::Server;
use system_tests::sound_fixture::SoundFixture;
use system_tests::studio::{BARS_AND_TONE, Show};
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use system_tests::{preload, skip};

const SCREEN: (u32, u32) = (1280, 720);
const CAMERAS: &str = "name=Desk,size=640x360,fps=30;name=Door,size=640x360,fps=30";
/// Pictures of the program and of at least one tile are drawn.
const TILES: &str = "window.__studio?.drawn > 2 && __studio.header.tiles.length > 1";
const ON_AIR: &str = "document.querySelector('header.live')";
const ESCAPE: &str = "\u{E00C}";
const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
const CONTROL: &str = "\u{E009}";

/// What a seller's machine has: a room, two cameras and a microphone; `None` where that can't be had.
fn machine() -> Option<(Room, SoundFixture)> {
    if let Some(missing) = SoundFixture::missing() {
        skip(missing);
        return None;
    }
    let mut sound = SoundFixture::start(&["Headset"]).unwrap();
    sound.tone(1, 440, 0.25).unwrap();
    let mut room = Room::new().unwrap();
    room.environment(|command| {
        sound.environment(command.as_std_mut());
        preload::cameras(command, CAMERAS).unwrap();
    });
    Some((room, sound))
}

async fn open(room: &Room) -> Option<Desktop> {
    let desktop = Desktop::start_or_skip(room, SCREEN).await?;
    Some(desktop)
}

/// Waits for `condition`; says what the program said where it doesn't come true.
async fn wait(room: &Room, page: &Page, condition: &str) -> Value {
    let found = page.wait_for(condition, PATIENCE).await;
    found.unwrap_or_else(|error| panic!("{error}\n{}", room.said()))
}

/// Where pictures of the window are kept.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn picture(page: &Page, name: &str) {
    // What was just put into the page is drawn by the second frame from now. Frames come only where something moves,
    // and without a next one WebKit's driver takes no picture: a dot of one pixel flickers.
    let drawn = "const [done] = arguments;
        const dot = document.createElement('i');
        dot.style.cssText = 'position: fixed; right: 0; bottom: 0; width: 1px; height: 1px';
        document.body.append(dot);
        let dark = false;
        setInterval(() => { dark = !dark; dot.style.background = dark ? '#000' : '#fff'; }, 30);
        requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
    page.eval_async(drawn, Vec::new()).await.unwrap();
    page.screenshot(&pictures().join(format!("{name}.png")))
        .await
        .unwrap();
}

/// Moves the focus by the Tab key until it is on what `selector` finds.
async fn tab_to(page: &Page, selector: &str) {
    for _ in 0..60 {
        let there = format!(
            "return document.activeElement?.matches({}) ?? false",
            json!(selector)
        );
        if page.eval(&there).await.unwrap() == json!(true) {
            return;
        }
        page.press(TAB).await.unwrap();
    }
    panic!("the Tab key doesn't reach {selector}");
}

/// The address of a new stream of `server`, and its key.
async fn stream(server: &Server) -> (String, String) {
    let address = server.add_stream("spring").await.unwrap();
    let (url, key) = address.rsplit_once('/').unwrap();
    (url.to_owned(), key.to_owned())
}

/// A viewer sees pictures that go on.
async fn watched(server: &Server, browser: &Browser) {
    let page = &browser.page;
    page.goto(&server.url("/watch/spring?via=flv")).await.unwrap();
    page.wait_for("window.anchorStats?.().phase === 'playing'", PATIENCE)
        .await
        .unwrap();
    let shown = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames";
    let before = page.wait_for(shown, PATIENCE).await.unwrap();
    page.wait_for(&format!("{shown} > {before} + 30"), PATIENCE)
        .await
        .unwrap();
}

/// The key is nowhere but where keys are kept: not in what was said, not in the show, not in a process's line.
fn kept_secret(room: &Room, desktop: &Desktop, key: &str) {
    assert!(!room.said().contains(key));
    let show = std::fs::read_to_string(room.kept().join("show.toml")).unwrap();
    assert!(!show.contains(key));
    for id in desktop.family() {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&line).contains(key));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_start_to_watched() {
    let Some((room, _sound)) = machine() else { return };
    let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
        return;
    };
    let server = Server::start().await.unwrap();
    let (url, key) = stream(&server).await;
    let Some(desktop) = open(&room).await else { return };
    let page = &desktop.page;
    wait(&room, page, TILES).await;
    picture(page, "first-start").await;

    page.click("#go-live").await.unwrap();
    wait(&room, page, "document.querySelector('[data-add-place]')").await;
    page.click("[data-add-place]").await.unwrap();
    page.write("#place-name", "My server").await.unwrap();
    page.write("#place-url", &url).await.unwrap();
    page.write("input[type=password]", &key).await.unwrap();
    picture(page, "add-place").await;
    page.click("dialog [type=submit]").await.unwrap();
    wait(&room, page, "document.querySelector('[data-go-live]')").await;
    page.click("[data-go-live]").await.unwrap();
    wait(&room, page, "document.querySelector('[data-yes]:enabled')").await;
    picture(page, "go-live").await;
    page.click("[data-yes]").await.unwrap();
    wait(&room, page, ON_AIR).await;
    watched(&server, &browser).await;
    picture(page, "on-air").await;
    kept_secret(&room, &desktop, &key);

    page.hold("header .danger").await.unwrap();
    wait(&room, page, "document.querySelector('#go-live')").await;
    page.let_go().await.unwrap();
    desktop.end(Signal::TERM).await.unwrap();
    assert!(!room.said().contains("panic"), "{}", room.said());
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_start_to_live_by_keyboard_alone() {
    let Some((room, _sound)) = machine() else { return };
    let server = Server::start().await.unwrap();
    let (url, key) = stream(&server).await;
    let Some(desktop) = open(&room).await else { return };
    let page = &desktop.page;
    wait(&room, page, TILES).await;

    page.chord(&format!("{CONTROL}{ENTER}")).await.unwrap();
    wait(&room, page, "document.querySelector('[data-add-place]')").await;
    tab_to(page, "[data-add-place]").await;
    page.press(ENTER).await.unwrap();
    wait(&room, page, "document.querySelector('#place-name')").await;
    for (field, text) in [
        ("#place-name", "My server"),
        ("#place-url", &url),
        ("input[type=password]", &key),
    ] {
        tab_to(page, field).await;
        // The field may hold something already.
        page.chord(&format!("{CONTROL}a")).await.unwrap();
        page.press(text).await.unwrap();
    }
    page.press(ENTER).await.unwrap();
    wait(&room, page, "document.querySelector('[data-go-live]')").await;
    tab_to(page, "[data-go-live]").await;
    page.press(ENTER).await.unwrap();
    wait(&room, page, "document.querySelector('[data-yes]:enabled')").await;
    tab_to(page, "[data-yes]").await;
    page.press(ENTER).await.unwrap();
    wait(&room, page, ON_AIR).await;
    wait(
        &room,
        page,
        "document.querySelector('.numbers')?.textContent.endsWith('3')",
    )
    .await;

    tab_to(page, "header .danger").await;
    page.press(ENTER).await.unwrap();
    wait(&room, page, "document.querySelector('dialog [data-yes]')").await;
    tab_to(page, "[data-yes]").await;
    page.press(ENTER).await.unwrap();
    wait(&room, page, "document.querySelector('#go-live')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_that_was_killed_offers_the_same_show() {
    let Some((room, _sound)) = machine() else { return };
    let Some(desktop) = open(&room).await else { return };
    wait(&room, &desktop.page, TILES).await;
    let name = "document.querySelector('header h1').textContent";
    let before = wait(&room, &desktop.page, name).await;
    desktop.end(Signal::KILL).await.unwrap();
    drop(desktop);

    let desktop = Desktop::start(&room, SCREEN).await.unwrap();
    let page = &desktop.page;
    let asked = format!(
        "document.querySelector('h1')?.textContent === {}",
        json!(format!("Go on with “{}”?", before.as_str().unwrap()))
    );
    wait(&room, page, &asked).await;
    picture(page, "offer-after-crash").await;
    page.click("button.primary").await.unwrap();
    wait(&room, page, TILES).await;
    assert_eq!(wait(&room, page, name).await, before);
    desktop.end(Signal::TERM).await.unwrap();
    drop(desktop);

    let desktop = Desktop::start(&room, SCREEN).await.unwrap();
    wait(&room, &desktop.page, TILES).await;
    assert_eq!(wait(&room, &desktop.page, name).await, before);
}

/// A viewer of the stream, and that so many more pictures come.
async fn goes_on(viewer: &mut Viewer, seen: &mut Player, pictures: usize) {
    let until = seen.pictures.len() + pictures;
    viewer
        .play(seen, PATIENCE, |seen| seen.pictures.len() >= until)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_that_crashes_on_the_air_is_back_there_by_itself() {
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let mut room = Room::new().unwrap();
    room.environment(|command| preload::cameras(command, CAMERAS).unwrap());
    let cameras = ["Desk", "Door"].map(|name| {
        let source = format!("[[source]]\nname = \"{name}\"\ntype = \"camera\"\ndevice = \"{name}\"\n");
        format!("[[scene.layer]]\nsource = \"{name}\"\n{source}")
    });
    let show = Show::new(&format!("{BARS_AND_TONE}{}", cameras.concat()));
    let show = show.with("resume = true").output("mine", &address);
    let shows = tempfile::tempdir().unwrap();
    let file = show.write(shows.path()).unwrap();
    room.guard();
    room.arguments(&["--show", file.to_str().unwrap()]);
    let Some(desktop) = open(&room).await else { return };
    let page = &desktop.page;
    wait(&room, page, TILES).await;
    page.click("#go-live").await.unwrap();
    wait(&room, page, "document.querySelector('[data-yes]:enabled')").await;
    page.click("[data-yes]").await.unwrap();
    wait(&room, page, ON_AIR).await;
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    goes_on(&mut viewer, &mut seen, 60).await;

    let (before, crash) = (desktop.id(), Instant::now());
    desktop.end(Signal::KILL).await.unwrap();
    let again = async || {
        let stream = server.stream("spring").await?;
        Ok(stream.filter(|stream| stream["sessions"] == 2))
    };
    until(PATIENCE, again)
        .await
        .unwrap_or_else(|error| panic!("{error}: {}", room.said()));
    println!(
        "on the air again {:.1} s after the crash",
        crash.elapsed().as_secs_f64()
    );
    goes_on(&mut viewer, &mut seen, 60).await;
    assert_ne!(desktop.id(), before);
    // Asked to end, it is not started again.
    desktop.end(Signal::TERM).await.unwrap();
    until(PATIENCE, async || Ok(desktop.id().is_none().then_some(())))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_show_is_left_alone_and_there_is_a_way_on() {
    let Some((room, _sound)) = machine() else { return };
    std::fs::create_dir_all(room.kept()).unwrap();
    std::fs::write(room.kept().join("show.toml"), "name = \"Spring\nbroken").unwrap();
    let Some(desktop) = open(&room).await else { return };
    let page = &desktop.page;
    wait(
        &room,
        page,
        "document.querySelectorAll('button strong').length === 3",
    )
    .await;
    picture(page, "broken-show").await;
    page.click("button.primary").await.unwrap();
    wait(&room, page, TILES).await;
    let kept = std::fs::read_to_string(room.kept().join("show.toml.kept-1")).unwrap();
    assert_eq!(kept, "name = \"Spring\nbroken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_ends_and_leaves_the_first_alone() {
    let Some((room, _sound)) = machine() else { return };
    let Some(desktop) = open(&room).await else { return };
    wait(&room, &desktop.page, TILES).await;
    let id = desktop.id();
    let status = desktop.start_again(&room).await.unwrap();
    assert!(status.success(), "{status}: {}", room.said());
    assert!(id.is_some() && desktop.id() == id);
    wait(&room, &desktop.page, "window.__studio.age < 2000").await;
}

/// Out of Support, while live: what was read is what is saved, and it names nobody.
async fn save_file_for_support(room: &Room, page: &Page) {
    page.click("dialog[open] [data-file]").await.unwrap();
    let ready = "document.querySelector('[data-next=save][aria-disabled=false]')
                 && document.querySelector('[data-part=report] pre')?.innerText.includes('place.unreachable')";
    wait(room, page, ready).await;
    picture(page, "support-file").await;
    assert!(!room.downloads().exists(), "it was saved before it was read");
    page.click("[data-next=save]").await.unwrap();
    wait(room, page, "document.querySelector('[data-next=done]')").await;
    let saved = std::fs::read_dir(room.downloads()).unwrap();
    let [saved] = &saved.collect::<Vec<_>>()[..] else {
        panic!("{}", room.said());
    };
    let saved = saved.as_ref().unwrap();
    let name = saved.file_name().into_string().unwrap();
    let shown = wait(
        room,
        page,
        "document.querySelector('dialog footer [role=status]').innerText",
    )
    .await;
    assert!(shown.to_string().contains(&name), "{shown}");
    let text = std::fs::read_to_string(saved.path()).unwrap();
    assert!(text.contains("place.unreachable  place 1") && text.contains("=== history ==="));
    for hidden in ["Elsewhere", "Spring", "secret", "127.0.0.1"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    page.press(ESCAPE).await.unwrap();
    wait(
        room,
        page,
        "document.querySelectorAll('dialog[open]').length === 1",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_does_not_answer_is_said_and_the_show_goes_on() {
    let Some((mut room, _sound)) = machine() else {
        return;
    };
    // Somebody else has the port, and is no place to go live.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let show = room.kept().join("../given.toml");
    std::fs::create_dir_all(room.kept()).unwrap();
    std::fs::write(show.with_file_name("a.key"), "secret\n").unwrap();
    let text = format!(
        "name = \"Spring\"\n[[source]]\nname = \"bars\"\ntype = \"pattern\"\n[[scene]]\nname = \"main\"\n\
         [[scene.layer]]\nsource = \"bars\"\n[[output]]\nname = \"Elsewhere\"\ntype = \"rtmp\"\n\
         url = \"rtmp://{}/live\"\nkey = {{ file = \"a.key\" }}\n",
        taken.local_addr().unwrap()
    );
    std::fs::write(&show, text).unwrap();
    room.arguments(&["--show", show.to_str().unwrap()]);
    let Some(desktop) = open(&room).await else { return };
    let page = &desktop.page;
    wait(&room, page, TILES).await;
    // Before the show, what would go wrong.
    page.click("#check").await.unwrap();
    let found = "document.querySelector('dialog [data-verdict]:not([data-verdict=checkStopped])')
                 && document.querySelector('dialog [data-next=done]')
                 && document.querySelector('dialog[open]').innerText.includes('Elsewhere')";
    wait(&room, page, found).await;
    picture(page, "check").await;
    page.click("[data-next=done]").await.unwrap();
    page.click("#go-live").await.unwrap();
    wait(&room, page, "document.querySelector('[data-yes]:enabled')").await;
    page.click("[data-yes]").await.unwrap();
    wait(&room, page, ON_AIR).await;
    wait(
        &room,
        page,
        "document.querySelector('[role=alert]')?.innerText.includes('Elsewhere')",
    )
    .await;
    picture(page, "place-away").await;
    page.click("#support").await.unwrap();
    let graph = "const canvas = document.querySelector('dialog[open] canvas');
        if (!canvas || !/found/.test(document.querySelector('dialog[open]').innerText)) return false;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0)";
    wait(&room, page, &format!("(() => {{ {graph} }})()")).await;
    picture(page, "support").await;
    save_file_for_support(&room, page).await;
    page.press(ESCAPE).await.unwrap();
    wait(&room, page, "!document.querySelector('dialog[open]')").await;
    let drawn = wait(&room, page, "window.__studio.drawn").await;
    wait(&room, page, &format!("window.__studio.drawn > {drawn} + 10")).await;
    page.hold("header .danger").await.unwrap();
    wait(&room, page, "document.querySelector('#go-live')").await;
    page.let_go().await.unwrap();
    desktop.end(Signal::TERM).await.unwrap();
    let histories = std::fs::read_dir(room.kept().join("histories")).unwrap();
    let [kept] = &histories.collect::<Vec<_>>()[..] else {
        panic!("{}", room.said());
    };
    let kept = std::fs::read_to_string(kept.as_ref().unwrap().path()).unwrap();
    assert!(
        kept.contains("place.unreachable") && !kept.contains("secret"),
        "{kept}"
    );
}
