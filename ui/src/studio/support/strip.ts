import type { Strength } from '../bridge/bindings';

/** How a strength is drawn in the strip below a graph: the worse, the thicker, and none like another without colour. */
export interface Form {
  /** The token of its colour. */
  colour: `--strength-${string}`;
  /** Pixels. */
  height: number;
  /** Pixels drawn and left out by turns; nothing: all of them. */
  dash: number[];
}

/** Of the highest form. */
export const HEIGHT_OF_STRIP = 6;

export const forms: Record<Strength, Form> = {
  unknown: { colour: '--strength-unknown', height: 2, dash: [2, 3] },
  strong: { colour: '--strength-strong', height: 2, dash: [] },
  enough: { colour: '--strength-enough', height: 4, dash: [] },
  weak: { colour: '--strength-weak', height: HEIGHT_OF_STRIP, dash: [3, 2] },
  broken: { colour: '--strength-broken', height: HEIGHT_OF_STRIP, dash: [] },
};

/** From the best to the worst, which lies on top of the others. */
export const ranks = Object.keys(forms) as Strength[];

/** Stretches one after another in which the line was equally strong. */
export interface Run {
  strength: Strength;
  /** When the first of them begins and the last ends, in seconds since the show did. */
  from: number;
  until: number;
}

/** What a strip shows, in the order in which it is drawn; `times` are when the stretches of `step` seconds begin. */
export function runsOf(times: readonly number[], step: number, strengths: readonly Strength[]): Run[] {
  const runs: Run[] = [];
  strengths.forEach((strength, at) => {
    const from = times[at] ?? 0;
    const last = runs.at(-1);
    if (last?.strength === strength) last.until = from + step;
    else runs.push({ strength, from, until: from + step });
  });
  return runs.sort((a, b) => ranks.indexOf(a.strength) - ranks.indexOf(b.strength));
}

/** Those that occur, the best first. */
export function occurring(strengths: readonly Strength[]): Strength[] {
  return ranks.filter((strength) => strengths.includes(strength));
}

/** For how much of the time that is known the line was strong, in percent, and for how many seconds it was broken. */
export function sumUpStrip(step: number, strengths: readonly Strength[]): { strong: number; broken: number } | null {
  const times = (strength: Strength) => strengths.filter((each) => each === strength).length;
  const known = strengths.length - times('unknown');
  // Down to the next whole one: it is 100 only where it was always strong.
  return known === 0 ? null : { strong: Math.floor((100 * times('strong')) / known), broken: times('broken') * step };
}
