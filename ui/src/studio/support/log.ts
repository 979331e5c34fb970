import type { LogEntry, Shed } from '../bridge/bindings';
import { causeOf } from '../causes';
import { writeMbit, writeTime } from '../figures';
import { givesUpMore } from '../machine';
import type { IconName } from '../parts/icons';
import type { Phrase, Values } from '../words/words';

/** What is said of something that happened. */
export interface Told {
  icon: IconName;
  phrase: Phrase;
  values: Values;
}

/** Says what happened; `name` says a phrase in the language of the window. */
export function tellOf(entry: LogEntry, name: (phrase: Phrase) => string): Told {
  switch (entry.what) {
    case 'lowered':
      return { icon: 'down', phrase: 'logLowered', values: rates(entry) };
    case 'raised':
      return { icon: 'up', phrase: 'logRaised', values: rates(entry) };
    case 'lost':
      return { icon: 'unplugged', phrase: entry.refused ? 'logRefused' : 'logLost', values: {} };
    case 'reached':
      return { icon: 'place', phrase: 'logReached', values: {} };
    case 'found':
      return { icon: 'warning', phrase: 'logFound', values: { what: matter(entry.cause, name) } };
    case 'over':
      return { icon: 'good', phrase: 'logOver', values: { what: matter(entry.cause, name) } };
    case 'shed':
      return tellShed(entry);
  }
}

const givenUp: Record<Shed, Phrase> = { nothing: 'logSmooth', preview_slow: 'logSlowed', preview_still: 'logStilled', filters: 'logFilters' };

/** What was given up; or what was taken up again, which hangs on what was given up before. */
function tellShed({ from, to }: { from: Shed; to: Shed }): Told {
  if (givesUpMore(from, to)) return { icon: 'down', phrase: givenUp[to], values: {} };
  if (from === 'filters') return { icon: 'up', phrase: 'logFiltersBack', values: {} };
  return { icon: 'up', phrase: to === 'nothing' ? 'logSmooth' : 'logFaster', values: {} };
}

/** When it was: `12:31`, or `12:31–13:16` where it took a while. */
export function timeOf({ at, until }: LogEntry): string {
  const [from, to] = [writeTime(at), writeTime(until)];
  return until - at < 2 ? from : `${from}–${to}`;
}

function rates({ from_kbps, to_kbps }: { from_kbps: number; to_kbps: number }): Values {
  return { from: writeMbit(from_kbps), to: writeMbit(to_kbps) };
}

/** A cause the page doesn't know comes without a sentence here: its code is all there is. */
function matter(code: string, name: (phrase: Phrase) => string): string {
  const cause = causeOf(code);
  return cause === null ? code : name(cause.headline);
}
