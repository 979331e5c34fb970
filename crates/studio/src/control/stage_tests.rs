use super::*;

fn stage() -> Stage {
    let scenes = r#"[{"name":"a","layer":[{"source":"table"},{"source":"host","key":{}}]},
                     {"name":"b","layer":[{"scene":"a"},{"source":"table"},{"name":"small","source":"table"}]}]"#;
    let pictures = ["table", "host"].map(str::to_owned).to_vec();
    Stage::new(serde_json::from_str(scenes).unwrap(), pictures).unwrap()
}

fn command(text: &str) -> Command {
    serde_json::from_str(text).unwrap()
}

fn refused(text: &str) -> &'static str {
    let mut stage = stage();
    let before = stage.scenes.clone();
    let refusal = stage.edit(&command(text)).unwrap_err();
    assert_eq!(stage.scenes, before);
    refusal.code()
}

#[test]
fn an_edit_reaches_the_scenes_that_show_the_edited_one() {
    let mut stage = stage();
    let before = stage.flats.to_vec();
    let set = r#"{"do":"layer.set","scene":"a","layer":"host","set":{"opacity":0.5}}"#;
    assert_eq!(stage.edit(&command(set)), Ok(true));
    assert_eq!(stage.flats[1].layers[1].layer.opacity, 0.5);
    // What doesn't change stays the same object: nothing is made ready again for it.
    let set = r#"{"do":"layer.set","scene":"b","layer":"small","set":{"mirror":true}}"#;
    let edited = Arc::clone(&stage.flats[0]);
    stage.edit(&command(set)).unwrap();
    assert!(Arc::ptr_eq(&edited, &stage.flats[0]) && !Arc::ptr_eq(&before[0], &edited));
    assert_eq!(stage.edit(&Command::State {}), Ok(false));
}

#[test]
fn layers_are_added_moved_and_removed() {
    let mut stage = stage();
    for text in [
        r#"{"do":"layer.add","scene":"a","layer":{"name":"mug","source":"table"},"at":1}"#,
        r#"{"do":"layer.move","scene":"a","layer":"mug","to":99}"#,
        r#"{"do":"layer.remove","scene":"a","layer":"table"}"#,
    ] {
        stage.edit(&command(text)).unwrap();
    }
    let titles: Vec<_> = stage.scenes()[0].layers.iter().map(Layer::title).collect();
    assert_eq!(titles, ["host", "mug"]);
}

#[test]
fn scenes_come_go_and_are_shown() {
    let mut stage = stage();
    let put = r#"{"do":"scene.put","scene":{"name":"c","layer":[{"source":"host"}]}}"#;
    stage.edit(&command(put)).unwrap();
    assert_eq!(stage.show("c", 500).unwrap().name, "c");
    assert_eq!(stage.on_air(), "c");
    assert_eq!(stage.show("d", 0).unwrap_err().code(), "control.no_such_scene");
    assert_eq!(stage.show("a", 10_001).unwrap_err().code(), "control.long_fade");
    assert_eq!(stage.on_air(), "c");
    let remove = |scene: &str| command(&format!(r#"{{"do":"scene.remove","scene":"{scene}"}}"#));
    assert_eq!(stage.edit(&remove("c")).unwrap_err().code(), "control.in_use");
    assert_eq!(stage.edit(&remove("a")).unwrap_err().code(), "control.in_use");
    stage.edit(&remove("b")).unwrap();
    stage.edit(&remove("a")).unwrap();
    assert_eq!(stage.scenes().len(), 1);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    for (text, code) in [
        (
            r#"{"do":"layer.set","scene":"x","layer":"host","set":{}}"#,
            "control.no_such_scene",
        ),
        (
            r#"{"do":"layer.set","scene":"a","layer":"x","set":{}}"#,
            "control.no_such_layer",
        ),
        (
            r#"{"do":"layer.set","scene":"a","layer":"host","set":{"opacity":2}}"#,
            "show.out_of_range",
        ),
        (
            r#"{"do":"layer.set","scene":"a","layer":"host","set":{"rect":{"x":0,"y":0,"width":0,"height":9}}}"#,
            "show.out_of_range",
        ),
        (
            r#"{"do":"layer.add","scene":"a","layer":{"source":"x"}}"#,
            "show.no_such_source",
        ),
        (
            r#"{"do":"layer.add","scene":"a","layer":{"scene":"b"}}"#,
            "show.scene_in_itself",
        ),
        (
            r#"{"do":"layer.add","scene":"a","layer":{}}"#,
            "show.shows_nothing",
        ),
        (
            r#"{"do":"layer.add","scene":"b","layer":{"scene":"a","opacity":0.5}}"#,
            "show.only_placed",
        ),
    ] {
        assert_eq!(refused(text), code, "{text}");
    }
    let mut twice = stage();
    let add = r#"{"do":"layer.add","scene":"a","layer":{"source":"host"}}"#;
    twice.edit(&command(add)).unwrap();
    let set = r#"{"do":"layer.set","scene":"a","layer":"host","set":{}}"#;
    assert_eq!(
        twice.edit(&command(set)).unwrap_err().code(),
        "control.several_layers"
    );
}

#[test]
fn ten_thousand_layers_are_refused() {
    let layers = vec![
        Layer {
            source: Some("host".into()),
            ..Layer::default()
        };
        10_000
    ];
    let scene = Scene {
        name: "many".into(),
        layers,
    };
    let refusal = stage().edit(&Command::PutScene { scene }).unwrap_err();
    assert_eq!(refusal.code(), "show.too_many_layers");
}
