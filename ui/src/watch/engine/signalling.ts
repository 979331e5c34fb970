/** The server's answer to an offer. */
export interface Answer {
  sdp: string;
  /** Where the session is; `null` when the server didn't say. */
  session: string | null;
}

/** The server takes no offer of this page, now or later. */
export class Unfit extends Error {}

/** Statuses by which it says that the browser plays nothing it has, and that it sends nothing this way. */
const UNFIT = [406, 415, 503];

/**
 * Offers to receive (WHEP, draft-ietf-wish-whep). Throws {@link Unfit} when there is no use in asking again, another
 * error when there may be.
 */
export async function offer(place: string, sdp: string, signal: AbortSignal): Promise<Answer> {
  const headers = { 'content-type': 'application/sdp', accept: 'application/sdp' };
  const answer = await fetch(place, { method: 'POST', headers, body: sdp, cache: 'no-store', signal });
  if (answer.status !== 201) throw await refusal(answer);
  const location = answer.headers.get('location');
  const session = location === null ? null : new URL(location, answer.url).href;
  return { sdp: await answer.text(), session };
}

/** Tells the server the browser's own addresses; it may well do without. */
export function trickle(session: string, fragment: string): void {
  const headers = { 'content-type': 'application/trickle-ice-sdpfrag' };
  fetch(session, { method: 'PATCH', headers, body: fragment }).catch(() => undefined);
}

/** Asks which moment the pictures' RTP timestamps stand for; `null` while the server doesn't know. */
export async function askClock(session: string): Promise<unknown> {
  const answer = await fetch(session, { cache: 'no-store' }).catch(() => null);
  return answer?.ok === true ? answer.json().catch(() => null) : null;
}

/** Ends the session, also while the page goes away. */
export function leave(session: string): void {
  fetch(session, { method: 'DELETE', keepalive: true }).catch(() => undefined);
}

async function refusal(answer: Response): Promise<Error> {
  const fault: unknown = await answer.json().catch(() => null);
  const { code } = (typeof fault === 'object' && fault !== null ? fault : {}) as { code?: unknown };
  const why = typeof code === 'string' ? `answered ${answer.status}, ${code}` : `answered ${answer.status}`;
  return UNFIT.includes(answer.status) ? new Unfit(why) : new Error(why);
}
