//! Every structure a scene can ask for is a kernel that compiles.

use media::PixelFormat::{I420, Nv12, Yuyv};

use crate::kernel::{Base, Fetch, KernelKey, Step};
use crate::params::FUSED;

/// All steps there are.
fn steps() -> Vec<Step> {
    let mut fetches = vec![Fetch::Reduced(Nv12), Fetch::Reduced(I420)];
    for format in [Nv12, I420, Yuyv] {
        fetches.extend([
            Fetch::Direct(format),
            Fetch::Magnified(format),
            Fetch::Affine(format),
        ]);
    }
    fetches.push(Fetch::Raw);
    let all = fetches.into_iter().flat_map(|fetch| {
        (0..8).map(move |n| Step {
            fetch,
            keyed: n & 1 == 1 && !fetch.is_image(),
            graded: n & 2 == 2,
            mixed: n & 4 == 4 && fetch.turns(),
        })
    });
    all.chain([Step::any(Fetch::Image)]).collect()
}

/// Each step under others, each as a base, and the fixed ones.
fn structures() -> Vec<KernelKey> {
    let steps = steps();
    let groups = steps.chunks(FUSED).map(|steps| KernelKey {
        base: Base::Program,
        steps: steps.to_vec(),
    });
    let bases = steps
        .iter()
        .filter(|s| !s.keyed && !s.mixed && !s.fetch.is_image());
    let based = bases.map(|step| KernelKey {
        base: Base::Layer(*step),
        steps: steps[..2].to_vec(),
    });
    let convert = KernelKey::bare(Base::Convert);
    groups
        .chain(based)
        .chain(KernelKey::fixed())
        .chain([convert])
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

#[test]
fn every_step_has_a_fixed_kernel() {
    let fixed = KernelKey::fixed();
    for step in steps() {
        assert!(fixed.contains(&KernelKey::over(step.general())), "{step:?}");
    }
}
