import type { Standing } from './status';

/** What the page is doing, as the viewer is told. */
export type Phase =
  | 'opening'
  | 'waiting'
  | 'announced'
  | 'playing'
  | 'stalled'
  | 'interrupted'
  | 'ended'
  | 'unreachable'
  | 'unsupported';

/** What happened. */
export type Happening =
  | { kind: 'opened' }
  /** The server answered how the show stands, whether there is something to play, and in how many ms it begins. */
  | { kind: 'status'; state: Standing; live: boolean; beginsIn: number | null }
  /** The server did not answer. */
  | { kind: 'silent' }
  /** A new picture came on screen. */
  | { kind: 'picture' }
  /** The picture stands still for want of media. */
  | { kind: 'stall' }
  /** The player ended: all was played, the connection broke, media can't be played, or nothing came for too long. */
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
/** The same while it plays, and while its beginning is further away than the second figure. */
const ASK_SLOWLY = 5000;
const FAR_AWAY = 60_000;
/** The same once it has ended. */
const ASK_WHEN_OVER = 10_000;
const LONGEST_WAIT = 5000;
/** A way of delivery that failed so often without a picture is given up for the next. */
const TRIES_A_WAY = 2;

/**
 * Decides when to ask, start and stop. A state machine without clock or network; `random` gives numbers in
 * [0, 1) and spreads the viewers of a show, so that they don't all come back in the same instant.
 */
export class Session {
  #phase: Phase = 'opening';
  /** What went before, for a viewer to whom nothing newer is said. */
  #past: 'nothing' | 'begun' | 'over' = 'nothing';
  #interrupted = false;
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

  /** Whether the show is interrupted while something plays in its place. */
  get isHeld(): boolean {
    return this.#interrupted && this.#phase === 'playing';
  }

  /** Takes what happened, answers what to do, in order. */
  on(happening: Happening): Command[] {
    if (this.#phase === 'unsupported') return [];
    switch (happening.kind) {
      case 'opened':
        return this.#open();
      case 'status':
        return this.#status(happening);
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

  #status({ state, live, beginsIn }: Extract<Happening, { kind: 'status' }>): Command[] {
    this.#silences = 0;
    this.#interrupted = state === 'interrupted' && live;
    if (state === 'ended') this.#past = 'over';
    else if (state === 'announced' || (live && this.#past === 'over')) this.#past = 'nothing';
    return live && state !== 'ended' ? this.#live() : this.#notLive(state, beginsIn);
  }

  #live(): Command[] {
    if (this.#running) return this.#watch();
    this.#running = true;
    this.#shown = false;
    if (this.#phase !== 'interrupted') this.#phase = this.#past === 'begun' ? 'stalled' : 'opening';
    return [{ kind: 'start', way: this.#way }];
  }

  /** Until there is a picture nothing is asked: the player brings one or ends. */
  #watch(): Command[] {
    if (this.#phase === 'stalled') return [{ kind: 'ask', after: ASK_EVERY }];
    return this.#phase === 'playing' ? [this.#askIn(ASK_SLOWLY)] : [];
  }

  #notLive(state: Standing, beginsIn: number | null): Command[] {
    this.#failures = 0;
    this.#misses = 0;
    // What is left of the show is still playing.
    if (this.#running && this.#phase === 'playing') return [this.#askIn(ASK_SLOWLY)];
    this.#phase = this.#idle(state);
    return [...this.#stop(), this.#askIn(this.#pause(beginsIn))];
  }

  #idle(state: Standing): Phase {
    switch (state) {
      case 'announced':
      case 'interrupted':
      case 'ended':
        return state;
      case 'none':
      case 'live':
        return ({ nothing: 'waiting', begun: 'interrupted', over: 'ended' } as const)[this.#past];
    }
  }

  /** Between two questions while nothing plays. */
  #pause(beginsIn: number | null): number {
    if (this.#phase === 'ended') return ASK_WHEN_OVER;
    return this.#phase === 'announced' && beginsIn !== null && beginsIn > FAR_AWAY ? ASK_SLOWLY : ASK_EVERY;
  }

  #silent(): Command[] {
    if (this.#running && this.#phase === 'playing') return [this.#askIn(ASK_SLOWLY)];
    // That it has ended stays true when the server is switched off.
    if (this.#phase === 'ended') return [this.#askIn(ASK_WHEN_OVER)];
    this.#misses = 0;
    this.#silences += 1;
    this.#phase = 'unreachable';
    return [...this.#stop(), { kind: 'ask', after: this.#wait(this.#silences) }];
  }

  #picture(): Command[] {
    if (!this.#running) return [];
    // Pictures of a show that has ended are what is left of it.
    if (this.#past === 'nothing') this.#past = 'begun';
    const isFirst = !this.#shown;
    this.#shown = true;
    this.#failures = 0;
    this.#misses = 0;
    this.#phase = 'playing';
    // After a standstill, what was to be asked then goes on.
    return isFirst ? [this.#askIn(ASK_SLOWLY)] : [];
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

  /** Asks in `ms`, a tenth more or less. */
  #askIn(ms: number): Command {
    return { kind: 'ask', after: ms * (0.9 + this.random() / 5) };
  }
}
