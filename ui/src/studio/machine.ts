import type { MachineState, PictureState, Shed } from './bridge/bindings';
import type { IconName } from './parts/icons';
import type { Phrase } from './words/words';

/** Another program that uses much of this computer. */
export interface Culprit {
  name: string;
  percent: number;
}

/** A program that uses less of the computer is not what slows it down. */
const MUCH = 0.1;

/** The other program that uses most of this computer, where that is much. */
export function culpritOf(machine: MachineState | undefined): Culprit | null {
  const busiest = machine?.busiest;
  return busiest && busiest.cpu >= MUCH ? { name: busiest.name, percent: percentOf(busiest.cpu) } : null;
}

/** The same, with the share at which it was first seen: what is spoken when it changes can't change each second. */
export class SteadyCulprit {
  #seen: Culprit | null = null;

  of(machine: MachineState | undefined): Culprit | null {
    const now = culpritOf(machine);
    if (now?.name !== this.#seen?.name) this.#seen = now;
    return this.#seen;
  }
}

/** A share, 0 to 1, in whole percent. */
export function percentOf(share: number): number {
  return Math.round(100 * Math.min(1, Math.max(0, share)));
}

const steps: readonly Shed[] = ['nothing', 'preview_slow', 'preview_still', 'filters'];

/** Whether `to` gives up more than `from` does. */
export function givesUpMore(from: Shed, to: Shed): boolean {
  return steps.indexOf(to) > steps.indexOf(from);
}

/** A note on what is given up for the show: in a few words, and in a sentence. */
export interface Spared {
  icon: IconName;
  phrase: Phrase;
  sentence: Phrase;
}

/** What is given up for the show, the first first. */
export function sparedOf(machine: MachineState | undefined): Spared[] {
  const shed = machine?.shed ?? 'nothing';
  if (shed === 'nothing') return [];
  const preview: Spared = { icon: 'wait', phrase: 'sparedPreview', sentence: 'healthShedPreview' };
  const filters: Spared = { icon: 'off', phrase: 'sparedFilters', sentence: 'healthShedFilters' };
  return shed === 'filters' ? [preview, filters] : [preview];
}

/** A camera that delivers a smaller share of what it was asked for is slow. */
const SLOW = 0.7;

/** What a camera delivers and what it was asked for, in whole pictures a second; `null` while that is enough. */
export function slowness({ live, rate, wanted_rate }: PictureState): { rate: number; wanted: number } | null {
  if (!live || rate == null || wanted_rate == null || rate >= SLOW * wanted_rate) return null;
  return { rate: Math.round(rate), wanted: Math.round(wanted_rate) };
}
