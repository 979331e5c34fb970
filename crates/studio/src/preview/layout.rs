//! Where tiles stand in the atlas.
//!
//! Tiles begin at multiples of 16 pixels, so that no block of the JPEG holds pixels of two of them. They are laid on
//! shelves, the highest first (next-fit decreasing height; Coffman, Garey, Johnson, Tarjan 1980), at each width that
//! a row of them could have; the smallest atlas wins.

use api::preview::TilePlace;
use media::Size;

/// Tiles begin at multiples of this, and the atlas ends at one.
pub(super) const GRID: u32 = 16;
/// Most pixels of all tiles together.
pub(super) const MOST_PIXELS: u64 = 1280 * 720;
/// Most pixels of the atlas, gaps included.
pub(super) const MOST_ATLAS: u64 = 2 * MOST_PIXELS;
/// The longest side of the atlas.
pub(super) const LONGEST: u32 = 4096;

/// Tiles in their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// Size of the atlas: multiples of [`GRID`].
    pub(super) size: Size,
    /// Each tile's place, in their order.
    pub(super) places: Vec<TilePlace>,
}

/// The largest size with the proportions of `picture` that fits into `space` and isn't larger than the picture. Sides
/// are even, 2 at least.
pub(super) fn fitted(space: Size, picture: Size) -> Size {
    let (w, h) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
    let width = u64::from(space.width).min(w);
    let height = u64::from(space.height).min(h);
    let (width, height) = match width * h <= height * w {
        true => (width, width * h / w),
        false => (height * w / h, height),
    };
    even(width, height)
}

/// Lays tiles of these sizes out, all made smaller by the same factor where they are too many: to [`MOST_PIXELS`],
/// [`MOST_ATLAS`] and [`LONGEST`], and to `within` where that is given.
pub(super) fn lay_out(sizes: &[Size], within: Option<Size>) -> Layout {
    let limit = within.unwrap_or(Size::new(LONGEST, LONGEST));
    let sum: u64 = sizes.iter().map(|s| pixels(*s)).sum();
    let mut scale = (MOST_PIXELS as f64 / sum.max(1) as f64).sqrt().min(1.0);
    loop {
        let scaled: Vec<_> = sizes.iter().map(|s| smaller(*s, scale)).collect();
        let smallest = scaled.iter().all(|s| s.width == 2 && s.height == 2);
        match best(&scaled, limit) {
            Some(layout) => return layout,
            // Not even these fit: nothing is shown.
            None if smallest => return Layout::default(),
            None => scale *= 0.9,
        }
    }
}

fn pixels(size: Size) -> u64 {
    u64::from(size.width) * u64::from(size.height)
}

fn smaller(size: Size, scale: f64) -> Size {
    let side = |v: u32| (f64::from(v) * scale) as u64;
    even(side(size.width), side(size.height))
}

fn even(width: u64, height: u64) -> Size {
    let side = |v: u64| (v.min(u64::from(LONGEST)) as u32 & !1).max(2);
    Size::new(side(width), side(height))
}

/// The smallest layout within `limit`.
fn best(sizes: &[Size], limit: Size) -> Option<Layout> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse((sizes[*i].height, sizes[*i].width)));
    let cell = |i: &usize| sizes[*i].width.next_multiple_of(GRID);
    let widest = order.iter().map(cell).max().unwrap_or(GRID);
    // A row of the first, of the first two, and so on.
    let rows = order.iter().map(cell).scan(0u32, |sum, width| {
        *sum = sum.saturating_add(width);
        Some(*sum)
    });
    rows.map(|width| width.max(widest))
        .filter(|width| *width <= limit.width)
        .map(|width| shelves(sizes, &order, width))
        .filter(|layout| layout.size.height <= limit.height && pixels(layout.size) <= MOST_ATLAS)
        .min_by_key(|layout| (pixels(layout.size), layout.size.width.max(layout.size.height)))
        .or_else(|| sizes.is_empty().then(Layout::default))
}

fn shelves(sizes: &[Size], order: &[usize], width: u32) -> Layout {
    let mut places = vec![TilePlace::default(); sizes.len()];
    let (mut x, mut y, mut high, mut right) = (0, 0, 0, 0);
    for &i in order {
        let Size { width: w, height: h } = sizes[i];
        if x + w > width {
            (x, y) = (0, y + high);
            high = 0;
        }
        places[i] = TilePlace {
            x,
            y,
            width: w,
            height: h,
        };
        x += w.next_multiple_of(GRID);
        right = right.max(x);
        // The first of a shelf is the highest.
        high = high.max(h.next_multiple_of(GRID));
    }
    Layout {
        size: Size::new(right, y + high),
        places,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::preview::MOST_TILES;
    use proptest::prelude::*;

    fn apart(a: &TilePlace, b: &TilePlace) -> bool {
        let clear = |at: u32, len: u32, other: u32| (at + len).next_multiple_of(GRID) <= other;
        clear(a.x, a.width, b.x)
            || clear(b.x, b.width, a.x)
            || clear(a.y, a.height, b.y)
            || clear(b.y, b.height, a.y)
    }

    fn any_sizes() -> impl Strategy<Value = Vec<Size>> {
        let size = (2u32..5000, 2u32..5000).prop_map(|(w, h)| Size::new(w & !1, h & !1));
        let small = (2u32..400, 2u32..300).prop_map(|(w, h)| Size::new(w & !1, h & !1));
        let one = prop_oneof![1 => size, 4 => small];
        proptest::collection::vec(one, 0..=MOST_TILES)
    }

    proptest! {
        #[test]
        fn tiles_are_even_within_the_atlas_and_apart(sizes in any_sizes(), w in 4u32..80, h in 4u32..80, held in any::<bool>()) {
            let within = held.then(|| Size::new(w * GRID, h * GRID));
            let Layout { size, places } = lay_out(&sizes, within);
            let shown = size.area() > 0;
            prop_assert_eq!(places.len(), if shown { sizes.len() } else { 0 });
            prop_assert!(size.width % GRID == 0 && size.height % GRID == 0);
            prop_assert!(pixels(size) <= MOST_ATLAS && size.width <= LONGEST && size.height <= LONGEST);
            if let Some(limit) = within {
                prop_assert!(size.width <= limit.width && size.height <= limit.height);
            }
            let mut sum = 0;
            for (i, place) in places.iter().enumerate() {
                prop_assert!([place.x, place.y, place.width, place.height].iter().all(|v| v % 2 == 0));
                prop_assert!(place.x + place.width <= size.width && place.y + place.height <= size.height);
                prop_assert!(place.width <= sizes[i].width && place.height <= sizes[i].height);
                prop_assert!(places[..i].iter().all(|other| apart(place, other)), "{places:?}");
                sum += pixels(Size::new(place.width, place.height));
            }
            prop_assert!(sum <= MOST_PIXELS.max(4 * places.len() as u64));
        }

        #[test]
        fn a_tile_fits_its_space_and_keeps_its_proportions(sw in 0u32..3000, sh in 0u32..3000, pw in 1u32..3000, ph in 1u32..3000) {
            let (space, picture) = (Size::new(sw, sh), Size::new(pw, ph));
            let size = fitted(space, picture);
            prop_assert!(size.width <= sw.min(pw).max(2) && size.height <= sh.min(ph).max(2));
            // As far as even sides allow.
            let off = f64::from(size.width) * f64::from(ph) / f64::from(pw) - f64::from(size.height);
            let step = 2.0 + 2.0 * f64::from(ph) / f64::from(pw);
            prop_assert!(off.abs() <= step, "{size:?}");
        }
    }

    #[test]
    fn program_and_four_tiles_leave_no_gap_but_the_grid() {
        let mut sizes = vec![Size::new(640, 360)];
        sizes.extend([Size::new(160, 90); 4]);
        let layout = lay_out(&sizes, None);
        assert_eq!(layout.size, Size::new(640, 368 + 96));
        assert_eq!(lay_out(&sizes, None), layout);
    }

    #[test]
    fn the_largest_program_is_scaled_down() {
        let layout = lay_out(&[Size::new(1920, 1080)], None);
        assert_eq!((layout.places[0].width, layout.places[0].height), (1280, 720));
    }
}
