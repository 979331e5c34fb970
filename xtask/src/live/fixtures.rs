//! A camera and a microphone for a machine that has none: the preload library and a null sink.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::build::Programs;
use super::children::terminate;
use super::plugs::Plugs;
use super::show::Devices;
use crate::{places, signals};

/// The camera's name.
const CAMERA: &str = "Fixture camera";
/// The microphone's name, in the private ALSA configuration.
const MICROPHONE: &str = "fixture";

/// The surroundings in which the studio finds one camera and one microphone.
pub(super) struct Fixtures {
    preload: PathBuf,
    folder: PathBuf,
    plugs: Plugs,
    /// What the camera sees, as JPEG pictures one behind the other; a test pattern without.
    picture: Option<PathBuf>,
    children: Vec<Child>,
}

/// Starts the sound server and its tone; the camera lives within the studio's own process.
pub(super) fn start(programs: &Programs, folder: &Path) -> Result<Fixtures, String> {
    let folder = folder.join("fixtures");
    for part in ["run", "home"] {
        std::fs::create_dir_all(folder.join(part))
            .map_err(|e| format!("{} can't be made: {e}", folder.display()))?;
    }
    let mut fixtures = Fixtures {
        preload: programs.preload.clone(),
        plugs: Plugs::at(&folder.join("plugs"))?,
        picture: picture(&folder),
        folder,
        children: Vec::new(),
    };
    fixtures.sound_server()?;
    fixtures.voice()?;
    Ok(fixtures)
}

impl Fixtures {
    /// The devices that the surroundings hold.
    pub(super) fn devices(&self) -> Devices {
        Devices {
            cameras: vec![CAMERA.into()],
            microphone: Some(MICROPHONE.into()),
            screen: self.picture.is_some(),
        }
    }

    /// Lets `command` find the fixtures and nothing else.
    pub(super) fn surround(&self, command: &mut Command) {
        self.sound(command);
        command.env("LD_PRELOAD", &self.preload);
        command.env("ANCHOR_CAMERAS_CONTROL", self.folder.join("plugs"));
        let sees = match &self.picture {
            Some(file) => format!("MJPEG,file={}", file.display()),
            None => "YUYV".into(),
        };
        command.env(
            "ANCHOR_CAMERAS",
            format!("name={CAMERA},size=1280x720,fps=30,format={sees}"),
        );
    }

    /// Pulls the camera, or plugs it in again.
    pub(super) fn plug(&self, plugged: bool) {
        self.plugs.set(plugged);
    }

    fn sound(&self, command: &mut Command) {
        command
            .env("XDG_RUNTIME_DIR", self.folder.join("run"))
            .env("HOME", self.folder.join("home"));
        command.env("PULSE_SERVER", format!("unix:{}", self.socket().display()));
        command.env("ALSA_CONFIG_PATH", self.folder.join("asoundrc"));
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("run/pulse.sock")
    }

    /// A private PulseAudio with one null sink, whose monitor is the microphone.
    fn sound_server(&mut self) -> Result<(), String> {
        let asoundrc = format!(
            "</usr/share/alsa/alsa.conf>\npcm.{MICROPHONE} {{\n  type pulse\n  device \"mic1.monitor\"\n  \
             hint {{ show on\n description \"Fixture microphone\" }}\n}}\n"
        );
        std::fs::write(self.folder.join("asoundrc"), asoundrc).map_err(|e| format!("asoundrc: {e}"))?;
        let mut command = Command::new("pulseaudio");
        command.args([
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--disallow-exit=no",
            "-L",
        ]);
        command.arg(format!(
            "module-native-protocol-unix socket={} auth-anonymous=1",
            self.socket().display()
        ));
        command.args(["-L", "module-null-sink sink_name=mic1 rate=48000"]);
        self.sound(&mut command);
        self.spawn(&mut command, "pulseaudio")?;
        let began = Instant::now();
        while !self.socket().exists() && !signals::ended() {
            if began.elapsed() > Duration::from_secs(10) {
                return Err("pulseaudio did not start within 10 s".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Plays the demo show's voice into the null sink, over and over.
    fn voice(&mut self) -> Result<(), String> {
        let voice = places::root().join("assets/demo/voice.flac");
        let line = format!(
            "while :; do paplay --device=mic1 '{}' || exit; done",
            voice.display()
        );
        let mut command = Command::new("sh");
        command.args(["-c", &line]);
        self.sound(&mut command);
        self.spawn(&mut command, "paplay")
    }

    fn spawn(&mut self, command: &mut Command, what: &str) -> Result<(), String> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.children
            .push(child.map_err(|e| format!("{what} can't be started: {e}"))?);
        Ok(())
    }
}

/// The demo show's host, unpacked for a camera; none without ffmpeg.
fn picture(folder: &Path) -> Option<PathBuf> {
    let (host, file) = (
        places::root().join("assets/demo/host.mp4"),
        folder.join("host.mjpeg"),
    );
    let mut command = Command::new(places::program("ffmpeg")?);
    command.args(["-v", "error", "-y", "-i"]).arg(host);
    command
        .args(["-pix_fmt", "yuvj420p", "-q:v", "4", "-f", "mjpeg"])
        .arg(&file);
    let status = command.stdin(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|s| s.success()).then_some(file)
}

impl Drop for Fixtures {
    fn drop(&mut self) {
        // The player before the server it plays to.
        self.children.iter_mut().rev().for_each(terminate);
    }
}
