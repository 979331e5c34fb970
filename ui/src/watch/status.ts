/** What the server says about a show. */
export interface Status {
  live: boolean;
  /** Whether the times it stamps on the show are a guess; so taken when it doesn't say. */
  estimated: boolean;
  /** Whether it sends shows by WHEP too. */
  rtc: boolean;
}

/** Asks whether the show is live; `null` when the server doesn't answer. A show it doesn't know is not live yet. */
export async function fetchStatus(url: string): Promise<Status | null> {
  try {
    const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(4000) });
    if (answer.status === 404) return { live: false, estimated: true, rtc: false };
    return answer.ok ? readStatus(await answer.json()) : null;
  } catch {
    return null;
  }
}

/** Reads the server's answer; `null` when it is malformed. */
export function readStatus(answer: unknown): Status | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { live, estimated, rtc } = answer as Record<string, unknown>;
  return typeof live === 'boolean' ? { live, estimated: estimated !== false, rtc: rtc === true } : null;
}
