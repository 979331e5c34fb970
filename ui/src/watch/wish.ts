import type { Address } from './address';

/** What the viewer wishes of the delay: as it is best on most networks, or the least there is. */
export type Wish = 'normal' | 'least';

/** Where it is kept in the browser. */
const KEPT_AS = 'watch.delay';

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** The wish to begin with: the link's, else the one kept in the browser. */
export function firstWish(via: Address['via'], store: () => Store): Wish {
  if (via === 'whep') return 'least';
  try {
    return store().getItem(KEPT_AS) === 'least' ? 'least' : 'normal';
  } catch {
    return 'normal';
  }
}

/** Keeps the wish in the browser; where that keeps nothing, it holds until the page closes. */
export function keepWish(wish: Wish, store: () => Store): void {
  try {
    store().setItem(KEPT_AS, wish);
  } catch {
    // Nothing more is lost than that.
  }
}
