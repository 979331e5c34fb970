//! A publisher that people use: OBS Studio, without a screen.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::processes::kill_family;

/// A running OBS that streams; it and its screen are gone when it is dropped.
pub struct Obs {
    home: TempDir,
    process: Child,
}

impl Obs {
    /// Starts to publish a small picture to `address`, `rtmp://host/app/key`; `None` when OBS or Xvfb isn't
    /// installed, which it says.
    ///
    /// # Errors
    /// It can't be started.
    pub fn start_or_skip(address: &str) -> io::Result<Option<Self>> {
        let screen = crate::program("ANCHOR_XVFB_RUN", &["xvfb-run"]);
        let (Some(screen), Some(obs)) = (screen, crate::program("ANCHOR_OBS", &["obs"])) else {
            crate::skip("OBS or Xvfb (xvfb-run) is not installed");
            return Ok(None);
        };
        let home = tempfile::Builder::new().prefix("anchor-obs-").tempdir()?;
        configure(&home.path().join(".config/obs-studio"), address)?;
        let log = std::fs::File::create(home.path().join("log"))?;
        let mut command = Command::new(screen);
        command.args(["-a", "-s", "-screen 0 640x480x24"]).arg(obs);
        command.args([
            "--multi",
            "--startstreaming",
            "--minimize-to-tray",
            "--collection",
            "s",
            "--profile",
            "p",
        ]);
        command
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("TMPDIR", home.path());
        command.env("XDG_CONFIG_HOME", home.path().join(".config"));
        command.env("LIBGL_ALWAYS_SOFTWARE", "1").env("LC_ALL", "C.UTF-8");
        command
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("WAYLAND_DISPLAY");
        let process = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Some(Self { home, process }))
    }

    /// What it has written so far.
    pub fn said(&self) -> String {
        let log = std::fs::read(self.home.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Drop for Obs {
    fn drop(&mut self) {
        kill_family(self.process.id(), self.home.path());
        // It has ended; this only takes note of it.
        let _ = self.process.wait();
    }
}

/// Profile `p` (320x180 at 10 pictures a second) and scene collection `s` (one colour).
fn configure(folder: &Path, address: &str) -> io::Result<()> {
    let profile = folder.join("basic/profiles/p");
    let scenes = folder.join("basic/scenes");
    std::fs::create_dir_all(&profile)?;
    std::fs::create_dir_all(&scenes)?;
    let (server, key) = address.rsplit_once('/').unwrap_or((address, ""));
    let global = "[General]\nFirstRun=true\nEnableAutoUpdates=false\n\
                  [Basic]\nProfile=p\nProfileDir=p\nSceneCollection=s\nSceneCollectionFile=s\n\
                  [OBSWebSocket]\nFirstLoad=false\nServerEnabled=false\n[BasicWindow]\nPreviewEnabled=false\n";
    std::fs::write(folder.join("global.ini"), global)?;
    let basic = "[General]\nName=p\n[Output]\nMode=Simple\n\
                 [SimpleOutput]\nVBitrate=300\nABitrate=96\nStreamEncoder=x264\nUseAdvanced=true\nPreset=ultrafast\n\
                 x264Settings=keyint=20 tune=zerolatency\n\
                 [Video]\nBaseCX=320\nBaseCY=180\nOutputCX=320\nOutputCY=180\nFPSType=1\nFPSInt=10\n\
                 [Audio]\nSampleRate=48000\n";
    std::fs::write(profile.join("basic.ini"), basic)?;
    let service = serde_json::json!({
        "type": "rtmp_custom",
        "settings": { "server": server, "key": key, "use_auth": false, "bwtest": false },
    });
    std::fs::write(profile.join("service.json"), service.to_string())?;
    let scene = serde_json::json!({
        "name": "s",
        "current_scene": "main",
        "current_program_scene": "main",
        "scene_order": [{ "name": "main" }],
        "sources": [
            { "id": "color_source_v3", "name": "wall", "settings": { "color": 4_282_400_832_u32, "width": 320, "height": 180 } },
            { "id": "scene", "name": "main", "settings": { "items": [{ "name": "wall", "id": 1, "visible": true }] } },
        ],
    });
    std::fs::write(scenes.join("s.json"), scene.to_string())
}
