use std::sync::Arc;

use super::*;
use crate::scene::flatten;
use media::PixelFormat;

const CANVAS: Size = Size::new(1280, 720);
const CAMERA: SourceFormat = SourceFormat {
    format: PixelFormat::I420,
    size: Size::new(1920, 1080),
};
const CARD: SourceFormat = SourceFormat {
    format: PixelFormat::Rgba8,
    size: Size::new(300, 101),
};
const PROGRAM: SourceFormat = SourceFormat {
    format: PixelFormat::Nv12,
    size: CANVAS,
};

/// Two scenes of a camera and a card; and a scene on air.
fn shot() -> (Vec<Arc<Flat>>, Vec<String>, Vec<Option<SourceFormat>>) {
    let scenes = serde_json::from_str::<Vec<api::scene::Scene>>(
        r#"[{"name":"wide","layer":[{"source":"camera"},
                {"source":"card","rect":{"x":-64,"y":600,"width":640,"height":240}}]},
            {"name":"turned","layer":[{"source":"camera","rotation":10}]},
            {"name":"live","layer":[{"source":"camera"}]}]"#,
    )
    .unwrap();
    let names = ["camera", "card", "away", ""].map(str::to_owned).to_vec();
    let known = |name: &str| names.iter().position(|n| n == name);
    let flat = |name| Arc::new(flatten(&scenes, name, &known).unwrap());
    let flats = ["wide", "turned", "live"].map(flat).to_vec();
    (flats, names, vec![Some(CAMERA), Some(CARD), None, None])
}

fn tile(text: &str) -> Tile {
    serde_json::from_str(text).unwrap()
}

fn with<T>(on_air: Option<&str>, test: impl FnOnce(Facts<'_>) -> T) -> T {
    let (scenes, names, formats) = shot();
    test(Facts {
        program: PROGRAM,
        on_air,
        scenes: &scenes,
        names: &names,
        formats: &formats,
    })
}

const PLACE: TilePlace = TilePlace {
    x: 32,
    y: 16,
    width: 160,
    height: 90,
};

fn rect(x: i32, y: i32, w: u32, h: u32) -> Rect {
    Rect { x, y, w, h }
}

#[test]
fn tiles_have_the_proportions_of_what_they_show() {
    with(Some("live"), |facts| {
        let size = |text| facts.size(&tile(text));
        let program = size(r#"{"show":"program","width":640,"height":640}"#);
        assert_eq!(program, Size::new(640, 360));
        assert_eq!(
            size(r#"{"show":"source","name":"card","width":2000,"height":2000}"#),
            Size::new(300, 100)
        );
        assert_eq!(
            size(r#"{"show":"source","name":"away","width":80,"height":60}"#),
            Size::new(80, 60)
        );
    });
}

#[test]
fn the_scene_on_air_is_the_programs_own_picture_unless_it_is_covered() {
    let live = tile(r#"{"show":"scene","name":"live","width":160,"height":90}"#);
    let program = tile(r#"{"show":"program","width":160,"height":90}"#);
    let tiles = [live, program];
    with(Some("live"), |facts| {
        let sheet = facts.sheet(&tiles, &[PLACE, PLACE]);
        assert_eq!(sheet.prints.len(), 1);
        assert_eq!(
            (sheet.prints[0].picture, sheet.prints[0].factor),
            (Picture::Program, 8)
        );
        assert_eq!(sheet.layers.len(), 2);
        assert_eq!(sheet.layers[0].rect, rect(32, 16, 160, 90));
    });
    with(None, |facts| {
        let sheet = facts.sheet(&tiles, &[PLACE, PLACE]);
        let pictures: Vec<_> = sheet.prints.iter().map(|p| p.picture).collect();
        assert_eq!(pictures, [Picture::Source(0), Picture::Program]);
    });
}

#[test]
fn a_scenes_layers_are_scaled_into_the_tile_and_cut_at_its_edges() {
    let wide = tile(r#"{"show":"scene","name":"wide","width":160,"height":90}"#);
    let sheet = with(Some("live"), |facts| facts.sheet(&[wide], &[PLACE]));
    let [camera, card] = sheet.layers[..] else {
        panic!("{sheet:?}");
    };
    assert_eq!((camera.rect, camera.crop), (rect(32, 16, 160, 90), None));
    assert_eq!(sheet.prints[0].factor, 12);
    assert_eq!(sheet.prints[0].form.size, Size::new(160, 90));
    // An eighth: from -8, 75 on, 80 by 30; a tenth of it is left of the tile, half of it below.
    assert_eq!(card.rect, rect(32, 91, 72, 15));
    assert_eq!(sheet.prints[1].factor, 3);
    let crop = card.crop.unwrap();
    assert_eq!((crop.x, crop.y, crop.w, crop.h), (10, 0, 90, 16));
}

#[test]
fn a_turned_layer_stays_within_its_tile() {
    let turned = tile(r#"{"show":"scene","name":"turned","width":160,"height":90}"#);
    let sheet = with(Some("live"), |facts| facts.sheet(&[turned], &[PLACE]));
    let layer = sheet.layers[0];
    let (sin, cos) = 10f64.to_radians().sin_cos();
    let (w, h) = (f64::from(layer.rect.w), f64::from(layer.rect.h));
    let (cx, cy) = (
        f64::from(layer.rect.x) + w / 2.0,
        f64::from(layer.rect.y) + h / 2.0,
    );
    let reach = [(w * cos + h * sin) / 2.0, (w * sin + h * cos) / 2.0];
    assert!(cx - reach[0] >= 32.0 && cx + reach[0] <= 192.0, "{layer:?}");
    assert!(cy - reach[1] >= 16.0 && cy + reach[1] <= 106.0, "{layer:?}");
    assert!(w > 100.0 && layer.crop.is_some());
}

#[test]
fn what_is_not_there_is_left_out_and_too_much_is_bounded() {
    with(Some("live"), |facts| {
        let gone = [
            r#"{"show":"scene","name":"none","width":16,"height":16}"#,
            r#"{"show":"source","name":"none","width":16,"height":16}"#,
            r#"{"show":"source","name":"","width":16,"height":16}"#,
            r#"{"show":"source","name":"away","width":16,"height":16}"#,
        ]
        .map(tile);
        assert_eq!(facts.sheet(&gone, &[PLACE; 4]), Sheet::default());
    });
    let (mut scenes, names, formats) = shot();
    let many = Flat {
        name: "many".to_owned(),
        layers: vec![scenes[2].layers[0].clone(); MAX_LAYERS],
    };
    scenes.push(Arc::new(many));
    let facts = Facts {
        program: PROGRAM,
        on_air: None,
        scenes: &scenes,
        names: &names,
        formats: &formats,
    };
    let tiles = vec![tile(r#"{"show":"scene","name":"many","width":160,"height":90}"#); 64];
    let sheet = facts.sheet(&tiles, &[PLACE; 64]);
    assert_eq!((sheet.layers.len(), sheet.prints.len()), (MAX_LAYERS, 1));
}

#[test]
fn sources_of_shown_scenes_are_awake() {
    with(Some("live"), |facts| {
        let tiles = [
            r#"{"show":"scene","name":"wide","width":16,"height":16}"#,
            r#"{"show":"source","name":"away","width":16,"height":16}"#,
            r#"{"show":"program","width":16,"height":16}"#,
        ]
        .map(tile);
        assert_eq!(facts.awake(&tiles), [0, 1, 2]);
        assert!(facts.awake(&tiles[2..]).is_empty());
    });
}
