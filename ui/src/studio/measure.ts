import type { Header } from './preview/packet';

const BEAT = 10;
const KEPT = 2000;
const LARGEST_LATE = 1000;

/** How late a 10 ms timer of this thread was, in milliseconds. */
export interface Lateness {
  beats: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

/** A click on a scene, and how long it took until a picture of it was drawn. */
export interface Click {
  scene: string;
  ms: number;
}

/** Counts in steps of 1 ms, so that it never grows. */
export class Spread {
  readonly #counts = new Uint32Array(LARGEST_LATE + 1);
  #total = 0;
  #max = 0;

  add(ms: number): void {
    const at = Math.min(LARGEST_LATE, Math.max(0, Math.ceil(ms)));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
    this.#max = Math.max(this.#max, ms);
  }

  /** The value that `part` (0 to 1) of all are not above. */
  quantile(part: number): number {
    let left = Math.ceil(part * this.#total);
    for (let at = 0; at <= LARGEST_LATE && this.#total > 0; at++) {
      left -= this.#counts[at] ?? 0;
      if (left <= 0) return Math.min(at, this.#max);
    }
    return 0;
  }

  read(): Lateness {
    const [p50, p99, p999] = [this.quantile(0.5), this.quantile(0.99), this.quantile(0.999)];
    return { beats: this.#total, p50, p99, p999, max: this.#max };
  }
}

/** What is measured in the page: its thread, the pictures, and the time from a click to the picture of it. */
export class Measure {
  #spread = new Spread();
  #clicked: { scene: string; at: number } | null = null;
  readonly #clicks: Click[] = [];
  readonly #times: number[] = [];
  #drawn = 0;
  #newest: { header: Header; bytes: number; ms: number; at: number } | null = null;
  #onAir: string | null = null;

  /** Begins to watch the thread, for good. A hidden page's timers are slowed on purpose: they don't count. */
  beat(): void {
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      if (!document.hidden) this.#spread.add(now - last - BEAT);
      last = now;
    }, BEAT);
  }

  /** A scene was asked for, at `now`. One that is on air already is no change. */
  clicked(scene: string, now: number): void {
    this.#clicked = scene === this.#onAir ? null : { scene, at: now };
  }

  /** A picture was drawn: begun at `began`, done at `now`. */
  drawn(header: Header, bytes: number, began: number, now: number): void {
    this.#drawn += 1;
    this.#newest = { header, bytes, ms: now - began, at: now };
    this.#times.push(now);
    while ((this.#times[0] ?? now) < now - 2000) this.#times.shift();
    this.#onAir = header.on_air;
    if (this.#clicked?.scene !== header.on_air) return;
    this.#clicks.push({ scene: header.on_air, ms: now - this.#clicked.at });
    if (this.#clicks.length > KEPT) this.#clicks.shift();
    this.#clicked = null;
  }

  /** Forgets how late the thread was, and the clicks. */
  reset(): void {
    this.#spread = new Spread();
    this.#clicks.length = 0;
  }

  get heartbeat(): Lateness {
    return this.#spread.read();
  }

  get clicks(): Click[] {
    return [...this.#clicks];
  }

  get drawnCount(): number {
    return this.#drawn;
  }

  /** Pictures a second, over the last two. */
  fps(now: number): number {
    return this.#times.filter((at) => at > now - 2000).length / 2;
  }

  /** The newest picture: its header, bytes, milliseconds to draw, and when that was. */
  get newest() {
    return this.#newest;
  }
}

/** What tests and support read, as `window.__studio`. */
export function readable(measure: Measure) {
  return {
    get heartbeat() {
      return measure.heartbeat;
    },
    get clicks() {
      return measure.clicks;
    },
    get drawn() {
      return measure.drawnCount;
    },
    get fps() {
      return measure.fps(performance.now());
    },
    get header() {
      return measure.newest?.header ?? null;
    },
    get age() {
      return measure.newest === null ? null : performance.now() - measure.newest.at;
    },
    reset: () => measure.reset(),
  };
}
