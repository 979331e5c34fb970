/** How a show stands: `interrupted` is one whose seller is away and may return. */
export type Standing = 'none' | 'announced' | 'live' | 'interrupted' | 'ended';

const standings: readonly Standing[] = ['none', 'announced', 'live', 'interrupted', 'ended'];

/** What the server says about a show. */
export interface Status {
  state: Standing;
  /** When a show that was announced begins, ms of UTC; `null` when that is not known. */
  begins: number | null;
  /** Whether there is something to play now, which an interrupted show may have too. */
  live: boolean;
  /** Whether the times it stamps on the show are a guess; so taken when it doesn't say. */
  estimated: boolean;
  /** Whether it sends shows by WHEP too. */
  rtc: boolean;
}

/** Asks how the show stands; `null` when the server doesn't answer. A show it doesn't know is none yet. */
export async function fetchStatus(url: string): Promise<Status | null> {
  try {
    // The server lets nobody keep the answer; the first may have been fetched beside the script, which "no-store" would pass by.
    const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
    if (answer.status === 404) return { state: 'none', begins: null, live: false, estimated: true, rtc: false };
    return answer.ok ? readStatus(await answer.json()) : null;
  } catch {
    return null;
  }
}

/** Reads the server's answer; `null` when it is malformed. One without a state that is known here tells by `live`. */
export function readStatus(answer: unknown): Status | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { state, begins, live, estimated, rtc } = answer as Record<string, unknown>;
  if (typeof live !== 'boolean') return null;
  return {
    state: standings.find((known) => known === state) ?? (live ? 'live' : 'none'),
    begins: readMoment(begins),
    live,
    estimated: estimated !== false,
    rtc: rtc === true,
  };
}

/** A moment in ms of UTC; browsers read dates into almost anything, so the form is checked before. */
function readMoment(text: unknown): number | null {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : moment;
}
