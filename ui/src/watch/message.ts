import type { Phrase } from '../words/words';
import type { Announcement } from './calendar';
import type { Phase } from './session';

/** What the page shows: a phase of the session, or that the link names no show. */
export type Shown = Phase | 'badLink';

/** What is written over the picture. */
export interface Message {
  what: Phrase;
  /** What `what` is said with. */
  values?: Record<string, string>;
  hint: Phrase | null;
  /** Whether something is under way by itself. */
  busy: boolean;
}

/** What is as it is with and without a network. */
const settled: readonly Shown[] = ['playing', 'ended', 'badLink'];

/** The reason why there is no moving picture; `null` while there is one. `announced` is said of a show that was. */
export function messageFor(phase: Shown, online: boolean, announced: Announcement): Message | null {
  if (!online && !settled.includes(phase)) return { what: 'offline', hint: 'offlineHint', busy: false };
  switch (phase) {
    case 'playing':
      return null;
    case 'opening':
      return { what: 'opening', hint: null, busy: true };
    case 'waiting':
      return { what: 'waiting', hint: 'waitingHint', busy: true };
    case 'announced':
      return { ...announced, hint: 'waitingHint', busy: true };
    case 'stalled':
      return { what: 'stalled', hint: 'stalledHint', busy: true };
    case 'interrupted':
      return { what: 'interrupted', hint: 'interruptedHint', busy: true };
    case 'ended':
      return { what: 'ended', hint: 'endedHint', busy: false };
    case 'unreachable':
      return { what: 'unreachable', hint: 'unreachableHint', busy: true };
    case 'unsupported':
      return { what: 'unsupported', hint: 'unsupportedHint', busy: false };
    case 'badLink':
      return { what: 'badLink', hint: 'badLinkHint', busy: false };
  }
}
