import type { Side, Strength } from '../bridge/bindings';
import type { Look } from '../parts/look';
import type { Phrase } from '../words/words';

// What carries less than is wanted isn't green, nor what nothing is known of.
const looks: Record<Strength, Look> = {
  broken: { phrase: 'standingBroken', icon: 'bad', level: 'bad' },
  weak: { phrase: 'standingWeak', icon: 'warning', level: 'warning' },
  enough: { phrase: 'standingEnough', icon: 'info', level: 'plain' },
  strong: { phrase: 'standingStrong', icon: 'good', level: 'good' },
  unknown: { phrase: 'standingUnknown', icon: 'help', level: 'plain' },
};

/** How the strength of a place's line is said and looks. */
export function lookOf(strength: Strength): Look {
  return looks[strength];
}

/** Who is at fault, in words. */
export const sides: Record<Side, Phrase> = { machine: 'sideMachine', uplink: 'sideUplink', server: 'sideServer' };
