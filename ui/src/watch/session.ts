/** What the page is doing, as the viewer is told. */
export type Phase =
  | 'opening'
  | 'waiting'
  | 'playing'
  | 'stalled'
  | 'interrupted'
  | 'unreachable'
  | 'unsupported';

/** What happened. */
export type Happening =
  | { kind: 'opened' }
  /** The server answered whether the show is live. */
  | { kind: 'status'; live: boolean }
  /** The server did not answer. */
  | { kind: 'silent' }
  /** A new picture came on screen. */
  | { kind: 'picture' }
  /** The picture stands still for want of media. */
  | { kind: 'stall' }
  /** The player ended: the connection broke, media can't be played, or nothing came for too long. */
  | { kind: 'ended' }
  /** There are other ways of delivery to choose from, so many. What plays ends; it begins anew with the best. */
  | { kind: 'ways'; ways: number }
  /** The network came back, or the page came to the front. */
  | { kind: 'hope' };

/** What to do now. */
export type Command =
  /** Ask for the status in `after` ms; replaces an earlier question not yet asked. */
  | { kind: 'ask'; after: number }
  | { kind: 'start'; way: number }
  | { kind: 'stop' };

/** Between two questions while the show is not live, ms. */
const ASK_EVERY = 1000;
const LONGEST_WAIT = 5000;
/** A way of delivery that failed so often without a picture is given up for the next. */
const TRIES_A_WAY = 2;

/**
 * Decides when to ask, start and stop. A state machine without clock or network; `random` gives numbers in
 * [0, 1) and spreads the viewers of a show, so that they don't all come back in the same instant.
 */
export class Session {
  #phase: Phase = 'opening';
  #begun = false;
  #running = false;
  #silences = 0;
  #failures = 0;
  /** Players in a row that ended without a picture, of the way that is tried. */
  #misses = 0;
  #shown = false;
  #way = 0;

  /** `ways` is the number of ways of delivery to choose from, the best first. */
  constructor(
    private ways: number,
    private readonly random: () => number,
  ) {}

  get phase(): Phase {
    return this.#phase;
  }

  /** Takes what happened, answers what to do, in order. */
  on(happening: Happening): Command[] {
    if (this.#phase === 'unsupported') return [];
    switch (happening.kind) {
      case 'opened':
        return this.#open();
      case 'status':
        return happening.live ? this.#live() : this.#notLive();
      case 'silent':
        return this.#silent();
      case 'picture':
        return this.#picture();
      case 'stall':
        return this.#stall();
      case 'ended':
        return this.#ended();
      case 'ways':
        return this.#choose(happening.ways);
      case 'hope':
        return this.#running ? [] : [{ kind: 'ask', after: 0 }];
    }
  }

  #open(): Command[] {
    if (this.ways > 0) return [{ kind: 'ask', after: 0 }];
    this.#phase = 'unsupported';
    return [];
  }

  #live(): Command[] {
    this.#silences = 0;
    if (this.#running) return this.#phase === 'stalled' ? [{ kind: 'ask', after: ASK_EVERY }] : [];
    this.#running = true;
    this.#shown = false;
    if (this.#phase !== 'interrupted') this.#phase = this.#begun ? 'stalled' : 'opening';
    return [{ kind: 'start', way: this.#way }];
  }

  #notLive(): Command[] {
    this.#silences = 0;
    this.#failures = 0;
    this.#misses = 0;
    // What is left of the show is still playing.
    if (this.#running && this.#phase === 'playing') return [];
    this.#phase = this.#begun ? 'interrupted' : 'waiting';
    return [...this.#stop(), { kind: 'ask', after: this.#spread(ASK_EVERY) }];
  }

  #silent(): Command[] {
    if (this.#running && this.#phase === 'playing') return [];
    this.#misses = 0;
    this.#silences += 1;
    this.#phase = 'unreachable';
    return [...this.#stop(), { kind: 'ask', after: this.#wait(this.#silences) }];
  }

  #picture(): Command[] {
    if (!this.#running) return [];
    this.#begun = true;
    this.#shown = true;
    this.#failures = 0;
    this.#misses = 0;
    this.#phase = 'playing';
    return [];
  }

  /** Asks why: a show that is no longer live is told from a network that is slow. */
  #stall(): Command[] {
    if (!this.#running || this.#phase !== 'playing') return [];
    this.#phase = 'stalled';
    return [{ kind: 'ask', after: ASK_EVERY }];
  }

  #ended(): Command[] {
    if (!this.#running) return [];
    if (this.#phase === 'playing') this.#phase = 'stalled';
    this.#failures += 1;
    if (!this.#shown) this.#miss();
    return [...this.#stop(), { kind: 'ask', after: this.#failures === 1 ? 0 : this.#wait(this.#failures - 1) }];
  }

  #miss(): void {
    this.#misses += 1;
    if (this.#misses % TRIES_A_WAY === 0) this.#way = (this.#way + 1) % this.ways;
  }

  #choose(ways: number): Command[] {
    this.ways = ways;
    this.#way = 0;
    this.#failures = 0;
    this.#misses = 0;
    if (ways === 0) {
      this.#phase = 'unsupported';
      return this.#stop();
    }
    if (!this.#running) return [];
    if (this.#phase === 'playing') this.#phase = 'stalled';
    return [...this.#stop(), { kind: 'ask', after: 0 }];
  }

  #stop(): Command[] {
    if (!this.#running) return [];
    this.#running = false;
    return [{ kind: 'stop' }];
  }

  /** The wait before try number `tries`: doubling from half a second up to five, of which up to a half is luck. */
  #wait(tries: number): number {
    const longest = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(tries, 10));
    return longest * (0.5 + this.random() / 2);
  }

  /** `ms`, a tenth more or less. */
  #spread(ms: number): number {
    return ms * (0.9 + this.random() / 5);
  }
}
