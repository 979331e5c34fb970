//! What is on air, and the way there: a state machine in the show's time.

use std::sync::Arc;
use std::time::Duration;

use media::Timestamp;

use super::Flat;

/// The scene on air and, while one fades into it, the scene before.
#[derive(Clone, Debug)]
pub(crate) struct Switch {
    on_air: Arc<Flat>,
    fade: Option<Fade>,
}

#[derive(Clone, Debug)]
struct Fade {
    from: Arc<Flat>,
    began: Timestamp,
    length: Duration,
}

impl Switch {
    /// `scene` is on air from the beginning.
    pub(crate) fn new(scene: Arc<Flat>) -> Self {
        Self {
            on_air: scene,
            fade: None,
        }
    }

    /// Brings `scene` on air at `at`, fading for `length`; zero is a cut. A fade that is under way goes on from
    /// whichever of its scenes is seen more.
    pub(crate) fn show(&mut self, scene: Arc<Flat>, length: Duration, at: Timestamp) {
        let before = match (self.mix(at), self.fade.take()) {
            (Some(mix), Some(fade)) if mix < 0.5 => fade.from,
            _ => Arc::clone(&self.on_air),
        };
        self.on_air = scene;
        self.fade = (!length.is_zero()).then_some(Fade {
            from: before,
            began: at,
            length,
        });
    }

    /// Puts edited scenes in the place of those shown; a scene that is gone stays until another is shown.
    pub(crate) fn edit(&mut self, scenes: &[Arc<Flat>]) {
        let renewed = |old: &Arc<Flat>| {
            let new = scenes.iter().find(|s| s.name == old.name);
            Arc::clone(new.unwrap_or(old))
        };
        self.on_air = renewed(&self.on_air);
        if let Some(fade) = &mut self.fade {
            fade.from = renewed(&fade.from);
        }
    }

    /// The scene on air.
    pub(crate) fn on_air(&self) -> &Arc<Flat> {
        &self.on_air
    }

    /// The scene that fades away.
    pub(crate) fn leaving(&self) -> Option<&Arc<Flat>> {
        self.fade.as_ref().map(|f| &f.from)
    }

    /// How much of the scene on air is seen at `at`, while the one before fades: above 0, up to 1.
    pub(crate) fn mix(&self, at: Timestamp) -> Option<f32> {
        let fade = self.fade.as_ref()?;
        let passed = at.nanos_since(fade.began).max(0) as f64;
        Some((passed / fade.length.as_nanos().max(1) as f64).min(1.0) as f32)
    }

    /// Whether a fade has reached its end at `at`; from now on there is none.
    pub(crate) fn arrives(&mut self, at: Timestamp) -> bool {
        let over = self.mix(at).is_some_and(|mix| mix >= 1.0);
        if over {
            self.fade = None;
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(name: &str) -> Arc<Flat> {
        Arc::new(Flat {
            name: name.into(),
            layers: Vec::new(),
        })
    }

    fn ms(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_cut_leaves_nothing_behind() {
        let mut switch = Switch::new(scene("a"));
        switch.show(scene("b"), Duration::ZERO, ms(0));
        assert_eq!((switch.on_air().name.as_str(), switch.mix(ms(0))), ("b", None));
        assert!(switch.leaving().is_none() && !switch.arrives(ms(5)));
    }

    #[test]
    fn a_fade_goes_from_nothing_to_all_and_ends_once() {
        let mut switch = Switch::new(scene("a"));
        switch.show(scene("b"), SECOND, ms(100));
        assert_eq!(switch.leaving().unwrap().name, "a");
        let mixes = [100, 350, 600, 1_100, 2_000].map(|t| switch.mix(ms(t)));
        assert_eq!(mixes, [Some(0.0), Some(0.25), Some(0.5), Some(1.0), Some(1.0)]);
        assert!(!switch.arrives(ms(1_099)) && switch.arrives(ms(1_100)) && !switch.arrives(ms(1_133)));
        assert!(switch.leaving().is_none());
    }

    #[test]
    fn a_fade_in_the_middle_of_another_goes_on_from_what_is_seen_more() {
        let mut early = Switch::new(scene("a"));
        early.show(scene("b"), SECOND, ms(0));
        let mut late = early.clone();
        early.show(scene("c"), SECOND, ms(400));
        assert_eq!(early.leaving().unwrap().name, "a");
        late.show(scene("c"), SECOND, ms(600));
        assert_eq!(late.leaving().unwrap().name, "b");
    }

    #[test]
    fn edits_reach_both_scenes_of_a_fade() {
        let mut switch = Switch::new(scene("a"));
        switch.show(scene("b"), SECOND, ms(0));
        let edited = [scene("a"), scene("b")];
        switch.edit(&edited);
        assert!(Arc::ptr_eq(switch.on_air(), &edited[1]));
        assert!(Arc::ptr_eq(switch.leaving().unwrap(), &edited[0]));
        switch.edit(&[]);
        assert_eq!(switch.on_air().name, "b");
    }
}
