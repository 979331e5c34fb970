//! A column of figures as one line of text.

use api::health::Strength;

/// Letters of a graph, at most.
const WIDTH: usize = 60;
/// From nothing to the most.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What stands for several figures that share a letter.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// Their mean.
    Mean,
    /// The highest of them.
    Most,
}

/// `figures` as bars between 0 and `top`; what isn't known is a dot. Nothing where none is known.
pub(super) fn bars(figures: &[Option<u32>], top: u32, of: Of) -> Option<String> {
    figures.iter().any(Option::is_some).then(|| {
        shares(figures.len())
            .map(|share| bar(figures[share].iter().flatten().copied(), top, of))
            .collect()
    })
}

fn bar(figures: impl Iterator<Item = u32>, top: u32, of: Of) -> char {
    let figures: Vec<_> = figures.map(f64::from).collect();
    let figure = match of {
        _ if figures.is_empty() => return '·',
        Of::Mean => figures.iter().sum::<f64>() / figures.len() as f64,
        Of::Most => figures.iter().copied().fold(0.0, f64::max),
    };
    let level = figure / f64::from(top.max(1)) * (BARS.len() - 1) as f64;
    BARS[(level.round() as usize).min(BARS.len() - 1)]
}

/// How well a line carried what it was sent: the worst of those that share a letter.
pub(super) fn strengths(all: &[Strength]) -> String {
    let letter = |strength| match strength {
        Strength::Broken => 'X',
        Strength::Weak => '▂',
        Strength::Enough => '▅',
        Strength::Strong => '█',
        Strength::Unknown => '·',
    };
    shares(all.len())
        .map(|share| letter(all[share].iter().copied().min().unwrap_or_default()))
        .collect()
}

/// So many figures, shared out among at most [`WIDTH`] letters.
fn shares(figures: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let letters = figures.min(WIDTH);
    (0..letters).map(move |n| n * figures / letters..(n + 1) * figures / letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_figures_share_the_letters_and_none_is_left_out() {
        let figures: Vec<_> = (0..1000).map(Some).collect();
        let graph = bars(&figures, 999, Of::Mean).unwrap();
        assert_eq!(graph.chars().count(), WIDTH);
        assert!(graph.starts_with('▁') && graph.ends_with('█'));
        let mut peak = vec![Some(0); 500];
        peak[333] = Some(9);
        assert_eq!(bars(&peak, 9, Of::Most).unwrap().matches('█').count(), 1);
        assert_eq!(bars(&[Some(5), None], 0, Of::Mean).unwrap(), "█·");
        assert_eq!((bars(&[None], 9, Of::Mean), bars(&[], 9, Of::Mean)), (None, None));
        assert_eq!(
            strengths(&[Strength::Strong, Strength::Broken, Strength::Unknown]),
            "█X·"
        );
    }
}
