import type { Device } from './bridge/bindings';

/** A device on offer. */
export interface Offered extends Device {
  /** Whether it was unplugged since it was chosen. */
  gone: boolean;
}

/** What is offered: what is there, and what was chosen though it is gone. */
export function offer(there: readonly Device[], chosen: Device | null): Offered[] {
  const offered = there.map((device) => ({ ...device, gone: false }));
  const isThere = chosen === null || there.some(({ id }) => id === chosen.id);
  return isThere ? offered : [...offered, { ...chosen, gone: true }];
}

/** The first device that isn't used yet. */
export function firstFree(there: readonly Device[]): Device | null {
  return there.find(({ used }) => !used) ?? null;
}
