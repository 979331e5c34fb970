//! OBS's files: a profile, what it sends to, and a collection of scenes.

use std::io;
use std::path::Path;

use api::scene::{Color, Layer, Scene};
use media::Size;
use serde_json::{Value, json};

use crate::stage::Stage;

/// V4L2_PIX_FMT_YUYV (linux/videodev2.h).
const YUYV: u32 = u32::from_le_bytes(*b"YUYV");
/// Our encoder's settings, in x264's words: no frame waits for a later one, a buffer of 400 ms, one thread for 720p.
const LIKE_OURS: &str = "keyint=60 scenecut=0 bframes=0 tune=zerolatency sliced-threads=0 threads=1";

/// What OBS shall do.
pub(super) struct Setup {
    size: Size,
    fps: u32,
    kbps: u32,
    preset: &'static str,
    x264: String,
    sources: Vec<Value>,
    script: bool,
    /// Whether OBS lowers the bit rate by itself.
    dynamic: bool,
}

impl Setup {
    /// One colour at 320x180, 10 pictures a second.
    pub(super) fn small() -> Self {
        let wall = json!({ "color": 4_282_400_832_u32, "width": 320, "height": 180 });
        Self {
            size: Size::new(320, 180),
            fps: 10,
            kbps: 300,
            preset: "ultrafast",
            x264: "keyint=20 tune=zerolatency".into(),
            sources: vec![
                json!({ "id": "color_source_v3", "name": "wall", "settings": wall }),
                json!({ "id": "scene", "name": "main", "settings": { "items": [{ "name": "wall", "id": 1, "visible": true }] } }),
            ],
            script: false,
            dynamic: false,
        }
    }

    /// A film that fills the picture and is played once, with OBS's dynamic bit rate.
    pub(super) fn film(file: &Path, size: Size, kbps: u32) -> Self {
        let film = json!({ "is_local_file": true, "local_file": file, "looping": false, "hw_decode": false });
        Self {
            size,
            fps: 30,
            kbps,
            preset: "superfast",
            x264: format!("{LIKE_OURS} vbv-bufsize={}", kbps * 2 / 5),
            sources: vec![
                json!({ "id": "ffmpeg_source", "name": "film", "settings": film }),
                json!({ "id": "scene", "name": "main", "settings": { "items": [{ "name": "film", "id": 1, "visible": true }] } }),
            ],
            script: false,
            dynamic: true,
        }
    }

    /// The first scene of `stage`, with its script of statistics.
    pub(super) fn of(stage: &Stage) -> Self {
        let mut sources = sources(stage);
        sources.extend(stage.scenes.first().map(|scene| items(scene, stage)));
        Self {
            size: stage.size,
            fps: 30,
            kbps: stage.kbps,
            preset: stage.preset,
            x264: format!("{LIKE_OURS} vbv-bufsize={}", stage.kbps * 2 / 5),
            sources,
            script: true,
            dynamic: false,
        }
    }

    /// Writes all into `folder`, OBS's own; `script` is where its script stands.
    pub(super) fn write(&self, folder: &Path, address: &str, script: &Path) -> io::Result<()> {
        let (profile, scenes) = (folder.join("basic/profiles/p"), folder.join("basic/scenes"));
        std::fs::create_dir_all(&profile)?;
        std::fs::create_dir_all(&scenes)?;
        let (server, key) = address.rsplit_once('/').unwrap_or((address, ""));
        std::fs::write(folder.join("global.ini"), GLOBAL)?;
        std::fs::write(profile.join("basic.ini"), self.basic())?;
        let service = json!({
            "type": "rtmp_custom",
            "settings": { "server": server, "key": key, "use_auth": false, "bwtest": false },
        });
        std::fs::write(profile.join("service.json"), service.to_string())?;
        let scripts = if self.script {
            json!([{ "path": script, "settings": {} }])
        } else {
            json!([])
        };
        let collection = json!({
            "name": "s",
            "current_scene": "main",
            "current_program_scene": "main",
            "scene_order": [{ "name": "main" }],
            "sources": self.sources,
            "modules": { "scripts-tool": scripts },
        });
        std::fs::write(scenes.join("s.json"), collection.to_string())
    }

    fn basic(&self) -> String {
        let Self {
            size,
            fps,
            kbps,
            preset,
            x264,
            dynamic,
            ..
        } = self;
        let Size { width, height } = size;
        format!(
            "[General]\nName=p\n[Output]\nMode=Simple\nDynamicBitrate={dynamic}\n\
             [SimpleOutput]\nVBitrate={kbps}\nABitrate=128\nStreamEncoder=x264\nUseAdvanced=true\nPreset={preset}\n\
             x264Settings={x264}\n\
             [Video]\nBaseCX={width}\nBaseCY={height}\nOutputCX={width}\nOutputCY={height}\nFPSType=1\nFPSInt={fps}\n\
             [Audio]\nSampleRate=48000\n"
        )
    }
}

/// Nothing runs that isn't needed: no preview, no remote control, no search for updates.
const GLOBAL: &str = "[General]\nFirstRun=true\nEnableAutoUpdates=false\n\
                      [Basic]\nProfile=p\nProfileDir=p\nSceneCollection=s\nSceneCollectionFile=s\n\
                      [OBSWebSocket]\nFirstLoad=false\nServerEnabled=false\n[BasicWindow]\nPreviewEnabled=false\n";

fn sources(stage: &Stage) -> Vec<Value> {
    let camera = |(number, camera): (usize, &crate::stage::Camera)| {
        let Size { width, height } = camera.sees.size;
        json!({
            "id": "v4l2_input",
            "name": camera.name,
            "settings": {
                "device_id": format!("/dev/video{number}"),
                "input": 0,
                "pixelformat": YUYV,
                // Two halves of 16 bits: width and height; seconds and pictures.
                "resolution": width << 16 | height,
                "framerate": 1 << 16 | 30,
                "buffering": true,
            },
            "filters": filters(stage, camera.name),
        })
    };
    let image = |(name, path): &(&str, std::path::PathBuf)| json!({ "id": "image_source", "name": name, "settings": { "file": path } });
    let cameras = stage.cameras.iter().enumerate().map(camera);
    cameras.chain(stage.images.iter().map(image)).collect()
}

/// Key and colour correction of the layer that shows `source` so; in OBS they belong to the source.
fn filters(stage: &Stage, source: &str) -> Vec<Value> {
    let layers = stage.scenes.iter().flat_map(|scene| &scene.layers);
    let Some(layer) = layers
        .into_iter()
        .find(|l| l.source.as_deref() == Some(source) && l.key.is_some())
    else {
        return Vec::new();
    };
    let thousandths = |part: f32| (part * 1000.0).round();
    let key = layer.key.map(|key| {
        let Color([r, g, b]) = key.color;
        json!({
            "id": "chroma_key_filter",
            "versioned_id": "chroma_key_filter_v2",
            "name": "key",
            "settings": {
                "key_color_type": "custom",
                "key_color": u32::from_le_bytes([r, g, b, 255]),
                "similarity": thousandths(key.similarity),
                "smoothness": thousandths(key.smoothness),
                // A distance like the two before, where ours is a share: OBS's own default.
                "spill": 100,
            },
        })
    });
    let color = layer.color.map(|color| {
        json!({
            "id": "color_filter",
            "versioned_id": "color_filter_v2",
            "name": "color",
            "settings": {
                "gamma": color.exposure / 2.0,
                "contrast": color.contrast,
                "saturation": color.saturation - 1.0,
                "hue_shift": color.temperature,
            },
        })
    });
    key.into_iter().chain(color).collect()
}

fn items(scene: &Scene, stage: &Stage) -> Value {
    let items: Vec<_> = scene
        .layers
        .iter()
        .enumerate()
        .map(|(number, layer)| item(number + 1, layer, stage))
        .collect();
    json!({ "id": "scene", "name": "main", "settings": { "id_counter": items.len(), "items": items } })
}

/// A layer: placed by its bounds, into which what the crop leaves is stretched.
fn item(number: usize, layer: &Layer, stage: &Stage) -> Value {
    let (width, height) = (stage.size.width, stage.size.height);
    let (x, y, w, h) = layer
        .rect
        .map_or((0, 0, width, height), |r| (r.x, r.y, r.width, r.height));
    let crop = layer.crop.unwrap_or_default();
    json!({
        "name": layer.source,
        "id": number,
        "visible": layer.visible,
        "pos": { "x": x, "y": y },
        "scale": { "x": 1.0, "y": 1.0 },
        "rot": layer.rotation,
        "align": 5,
        // OBS_BOUNDS_STRETCH
        "bounds_type": 1,
        "bounds_align": 0,
        "bounds": { "x": w, "y": h },
        "crop_left": crop.left,
        "crop_top": crop.top,
        "crop_right": crop.right,
        "crop_bottom": crop.bottom,
    })
}
