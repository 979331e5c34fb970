import type { Phrase } from './words/words';

/** What is said of a thing that can be the matter with a place, or with this computer. */
export interface Cause {
  /** In a few words. */
  headline: Phrase;
  /** In the line of health. */
  health: Phrase;
  /** What a seller can do about it. */
  advice: Phrase;
  /** Whether viewers see nothing, or a picture that halts; else it is poorer. */
  bad: boolean;
  /** Said instead of both where it is known which other program, `{name}`, is at fault. */
  named?: { health: Phrase; advice: Phrase };
}

/**
 * Every cause there is, the worst first, by the code that programs know it by. The first two of the computer are none of
 * a place: they don't slow it down.
 */
export const causes: Readonly<Record<string, Cause>> = {
  'place.refused': { headline: 'causeRefused', health: 'causeRefusedHealth', advice: 'causeRefusedAdvice', bad: true },
  'place.down': { headline: 'causeDown', health: 'causeDownHealth', advice: 'causeDownAdvice', bad: true },
  'place.unreachable': { headline: 'causeUnreachable', health: 'causeUnreachableHealth', advice: 'causeUnreachableAdvice', bad: true },
  'place.beyond': { headline: 'causeBeyond', health: 'causeBeyondHealth', advice: 'causeBeyondAdvice', bad: true },
  'line.silent': { headline: 'causeSilent', health: 'causeSilentHealth', advice: 'causeSilentAdvice', bad: true },
  'machine.battery': { headline: 'causeBattery', health: 'causeBatteryHealth', advice: 'causeBatteryAdvice', bad: false },
  'machine.disk': { headline: 'causeDisk', health: 'causeDiskHealth', advice: 'causeDiskAdvice', bad: false },
  'machine.memory': { headline: 'causeMemory', health: 'causeMemoryHealth', advice: 'causeMemoryAdvice', bad: true },
  'machine.hot': { headline: 'causeHot', health: 'causeHotHealth', advice: 'causeHotAdvice', bad: true },
  'machine.busy': {
    headline: 'causeOthers',
    health: 'causeOthersHealth',
    advice: 'causeOthersAdvice',
    bad: true,
    named: { health: 'causeOtherHealth', advice: 'causeOtherAdvice' },
  },
  'machine.saving': { headline: 'causeSaving', health: 'causeSavingHealth', advice: 'causeSavingAdvice', bad: true },
  'machine.graphics': { headline: 'causeGraphics', health: 'causeGraphicsHealth', advice: 'causeGraphicsAdvice', bad: true },
  'machine.encoder': { headline: 'causeEncoder', health: 'causeEncoderHealth', advice: 'causeEncoderAdvice', bad: true },
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
