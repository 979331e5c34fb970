//! Every structure a scene can ask for is a kernel that compiles.

use media::PixelFormat::{I420, Nv12, Yuyv};

use crate::MAX_LAYERS;
use crate::kernel::{Base, Fetch, KernelKey, Step};

/// Each base under each layer, each layer on each base.
fn structures() -> Vec<KernelKey> {
    let fetches = [Nv12, I420, Yuyv].map(|f| [Fetch::Direct(f), Fetch::Scaled(f), Fetch::Magnified(f)]);
    let fetches: Vec<_> = fetches.into_iter().flatten().collect();
    let mut steps = vec![Step {
        fetch: Fetch::Image,
        keyed: false,
    }];
    for keyed in [false, true] {
        steps.extend(fetches.iter().map(|fetch| Step { fetch: *fetch, keyed }));
    }
    let mut bases = vec![Base::Program, Base::Solid];
    bases.extend(fetches.iter().map(|f| Base::Layer(*f)));
    let kernel = |base: &Base, steps: &[Step]| KernelKey {
        base: *base,
        steps: steps.to_vec(),
    };
    let groups = || steps.chunks(MAX_LAYERS - 1);
    bases
        .iter()
        .flat_map(|base| groups().map(move |steps| kernel(base, steps)))
        .collect()
}

#[test]
fn every_structure_assembles_to_valid_wgsl() {
    for key in structures() {
        let text = key.wgsl();
        let module =
            naga::front::wgsl::parse_str(&text).unwrap_or_else(|e| panic!("{}", e.emit_to_string(&text)));
        let mut validator = naga::valid::Validator::new(
            naga::valid::ValidationFlags::all(),
            naga::valid::Capabilities::empty(),
        );
        let checked = validator.validate(&module);
        assert!(checked.is_ok(), "{key:?}: {checked:?}");
        assert!(
            !text.contains("#import ") && !text.contains("_FORMAT") && !text.contains('$'),
            "{text}"
        );
    }
}
