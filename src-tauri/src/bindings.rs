//! The types and commands of the page, in TypeScript: generated, committed, compared by a test.

use specta_typescript::semantic;
use tauri_specta::{Builder, collect_commands};

use crate::commands;

/// What the page can ask, with all types that come and go.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            commands::start,
            commands::watch,
            commands::ask,
            commands::choose,
            commands::store_key,
            commands::make_bundle,
            commands::save_bundle,
            commands::close,
        ])
        // What the page itself reads.
        .typ::<api::platform::Platforms>()
        .error_handling(tauri_specta::ErrorHandlingMode::Throw)
        // Ticks and counters stay far below 2^53.
        .dangerously_cast_bigints_to_number()
        // No level or gain is ever NaN or infinite: -120 dB is silence.
        .semantic_types(semantic::Configuration::empty().enable_lossless_floats())
        .disable_serde_phases()
}

#[cfg(test)]
mod tests {
    use specta_typescript::Typescript;

    use super::*;

    /// With `WRITE_BINDINGS=1` it writes them instead.
    #[test]
    fn the_page_has_the_types_of_today() {
        let committed =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/studio/bridge/bindings.ts");
        if std::env::var_os("WRITE_BINDINGS").is_some() {
            builder().export(Typescript::default(), &committed).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let generated = folder.path().join("bindings.ts");
        builder().export(Typescript::default(), &generated).unwrap();
        let read = |path| std::fs::read_to_string(path).unwrap();
        assert!(
            read(&generated) == read(&committed),
            "the types have changed; write them with: WRITE_BINDINGS=1 cargo test -p desktop the_page_has"
        );
    }

    #[test]
    fn the_page_may_ask_all_that_there_is() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let bindings = std::fs::read_to_string(folder.join("../ui/src/studio/bridge/bindings.ts")).unwrap();
        let allowed = std::fs::read_to_string(folder.join("capabilities/main.json")).unwrap();
        let calls = bindings.split("__TAURI_INVOKE<").skip(1);
        let names: Vec<_> = calls.filter_map(|call| call.split('"').nth(1)).collect();
        assert!(names.contains(&"ask"), "{names:?}");
        for name in names {
            let permission = format!("\"allow-{}\"", name.replace('_', "-"));
            assert!(allowed.contains(&permission), "{permission}");
        }
    }
}
