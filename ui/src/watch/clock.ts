/** One question to the server's clock. Times in ms: `sent` and `received` by the page's clock, `server` as UTC. */
export interface RoundTrip {
  sent: number;
  received: number;
  server: number;
}

/** How far the server's UTC is ahead of the page's clock, and by how much that may be wrong, in ms. */
export interface Offset {
  offset: number;
  error: number;
}

/** How many questions make one measurement. */
export const ROUND_TRIPS = 8;
/** How often the offset is measured, in ms. */
export const MEASURE_EVERY = 30_000;

/** The page's clock, ms: UTC as the device believes it, but never stepping. */
export function pageTime(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * The offset by the quickest of the round trips (Cristian's algorithm): the answer was written somewhere between
 * sending and receiving, so its middle is wrong by half the round trip at most. `null` when none is usable.
 */
export function bestOffset(trips: readonly RoundTrip[]): Offset | null {
  let best: Offset | null = null;
  for (const { sent, received, server } of trips) {
    const error = (received - sent) / 2;
    if (!Number.isFinite(server) || !(error >= 0)) continue;
    if (best === null || error < best.error) best = { offset: server - (sent + received) / 2, error };
  }
  return best;
}

/** Reads the server's answer, ISO 8601 in UTC with up to microseconds, as ms; NaN when it is something else. */
export function parseTime(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z$/.exec(text.trim());
  if (match === null) return Number.NaN;
  return Date.parse(`${match[1]}Z`) + Number(match[2] ?? 0) * 1000;
}

/** The server's clock as the page knows it. */
export class ServerClock {
  #best: Offset | null = null;

  constructor(private readonly url: string) {}

  /** The newest measurement; `null` before the first. */
  get offset(): Offset | null {
    return this.#best;
  }

  /** The page's clock stood still: nothing is known any more. */
  forget(): void {
    this.#best = null;
  }

  /** Asks the server {@link ROUND_TRIPS} times. What was known stays when it doesn't answer. */
  async measure(): Promise<void> {
    const trips: RoundTrip[] = [];
    for (let i = 0; i < ROUND_TRIPS; i++) {
      const trip = await this.#ask();
      if (trip === null) break;
      trips.push(trip);
    }
    this.#best = bestOffset(trips) ?? this.#best;
  }

  async #ask(): Promise<RoundTrip | null> {
    try {
      const sent = pageTime();
      const answer = await fetch(this.url, { cache: 'no-store', signal: AbortSignal.timeout(5000) });
      const received = pageTime();
      return answer.ok ? { sent, received, server: parseTime(await answer.text()) } : null;
    } catch {
      return null;
    }
  }
}
