import type { Phrase } from './words/words';

/** What is said of a thing that can be the matter with a place. */
export interface Cause {
  /** In a few words. */
  headline: Phrase;
  /** In the line of health. */
  health: Phrase;
  /** What a seller can do about it. */
  advice: Phrase;
  /** Whether viewers see nothing, or a picture that halts; else it is poorer. */
  bad: boolean;
}

/** Every cause there is, the worst first, by the code that programs know it by. */
export const causes: Readonly<Record<string, Cause>> = {
  'place.refused': { headline: 'causeRefused', health: 'causeRefusedHealth', advice: 'causeRefusedAdvice', bad: true },
  'place.unreachable': { headline: 'causeUnreachable', health: 'causeUnreachableHealth', advice: 'causeUnreachableAdvice', bad: true },
  'line.silent': { headline: 'causeSilent', health: 'causeSilentHealth', advice: 'causeSilentAdvice', bad: true },
  'machine.slow': { headline: 'causeMachine', health: 'causeMachineHealth', advice: 'causeMachineAdvice', bad: true },
  'server.slow': { headline: 'causeServer', health: 'causeServerHealth', advice: 'causeServerAdvice', bad: false },
  'line.busy': { headline: 'causeBusy', health: 'causeBusyHealth', advice: 'causeBusyAdvice', bad: false },
  'line.lossy': { headline: 'causeLossy', health: 'causeLossyHealth', advice: 'causeLossyAdvice', bad: false },
  'line.unsteady': { headline: 'causeUnsteady', health: 'causeUnsteadyHealth', advice: 'causeUnsteadyAdvice', bad: false },
  'line.full': { headline: 'causeFull', health: 'causeFullHealth', advice: 'causeFullAdvice', bad: false },
};

/** What is said of a cause; `null` for one the page doesn't know: the sentence it came with is shown then. */
export function causeOf(code: string): Cause | null {
  return Object.hasOwn(causes, code) ? (causes[code] ?? null) : null;
}
