use std::collections::HashSet;

use super::*;

fn written(stage: &Stage) -> toml::Table {
    let folder = tempfile::tempdir().unwrap();
    let file = stage.show(true).unwrap().write(folder.path()).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    toml::from_str(&text).unwrap()
}

#[test]
fn the_demo_show_is_the_bundled_one_at_another_size() {
    let stage = Stage::demo(Size::new(640, 360), true);
    let read = written(&stage);
    let layers = read["scene"][0]["layer"].as_array().unwrap();
    let shown: HashSet<_> = layers
        .iter()
        .filter_map(|layer| layer["source"].as_str())
        .collect();
    assert_eq!(shown, HashSet::from(["table", "host", "card"]));
    assert!(layers.iter().any(|layer| layer.get("key").is_some()));
    for rect in stage.scenes[0].layers.iter().filter_map(|layer| layer.rect) {
        assert!(rect.x as u32 + rect.width <= 640 && rect.y as u32 + rect.height <= 360);
    }
    // Clear of the rows of numbers.
    let wide = Stage::demo(Size::new(1280, 720), true);
    let above = |layer: &Layer| layer.rect.is_some_and(|rect| rect.y < 40 && rect.x < 640);
    assert!(!wide.scenes[0].layers.iter().any(above));
}

#[test]
fn what_scenes_show_is_there() {
    for stage in [
        Stage::full_hd(),
        Stage::four(),
        Stage::cuts(),
        Stage::many_layers(),
    ] {
        let read = written(&stage);
        let names = |of: &str| {
            let list = read[of].as_array().unwrap();
            list.iter()
                .map(|one| one["name"].as_str().unwrap().to_owned())
                .collect::<HashSet<_>>()
        };
        let (sources, scenes) = (names("source"), names("scene"));
        for layer in stage.scenes.iter().flat_map(|scene| &scene.layers) {
            assert!(
                layer.source.iter().all(|name| sources.contains(name)),
                "{layer:?}"
            );
            assert!(layer.scene.iter().all(|name| scenes.contains(name)), "{layer:?}");
        }
        for scene in &stage.scenes {
            let titles: HashSet<_> = scene.layers.iter().map(Layer::title).collect();
            assert_eq!(titles.len(), scene.layers.len(), "{}", scene.name);
        }
    }
}

#[test]
fn each_scene_is_known_by_its_patch() {
    let stage = Stage::cuts();
    assert_eq!(stage.scenes.len(), cuts::SCENES);
    for (number, (_, Color([grey, ..]))) in stage.colors.iter().enumerate() {
        let luma = 16.0 + f32::from(*grey) * 219.0 / 255.0;
        assert_eq!(cuts::scene_of(luma.round() as u32 + 3), Some(number));
    }
    assert_eq!(cuts::scene_of(cuts::luma(3) + 9), None);
}
