import type { History, MachineHistory } from '../bridge/bindings';
import { bars, type Column, type Graph, line, percent, timesOf, whole } from './graphs';
import type { Say } from '../words/words';

/** The most that is known; 0 where nothing is. */
const most = (column: Column) => column.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);

/** How much of the computer was used, by all programs and by the studio, in percent. */
export function loadOf(history: History, { cpu, cpu_own }: MachineHistory): Graph {
  return {
    title: 'graphProcessor',
    times: timesOf(history, cpu),
    step: history.step,
    reach: 100,
    strengths: null,
    lines: [
      { ...line, phrase: 'lineAll', colour: '--graph-all', width: 2.5, values: cpu, write: percent },
      { ...line, phrase: 'lineOwn', colour: '--graph-own', width: 1.75, dash: [6, 3], values: cpu_own, write: percent },
    ],
  };
}

/** How long drawing took and how full the fullest queue of pictures was, in percent; and the pictures that were lost. */
export function effortOf(history: History, { draw, encode, late }: MachineHistory): Graph {
  return {
    title: 'graphPictures',
    times: timesOf(history, draw),
    step: history.step,
    reach: 100,
    strengths: null,
    lines: [
      { ...bars, phrase: 'lineGone', colour: '--graph-skipped', scale: 'none', values: late, write: whole },
      { ...line, phrase: 'lineDrawing', colour: '--graph-drawing', width: 2.5, values: draw, write: percent },
      { ...line, phrase: 'linePacking', colour: '--graph-packing', width: 1.75, dash: [6, 3], values: encode, write: percent },
    ],
  };
}

/** The graph of what was used of the computer, for those who can't see it. */
export function tellLoad({ cpu, cpu_own }: MachineHistory, say: Say): string {
  return say('graphProcessorText', { now: whole(cpu.at(-1) ?? 0), most: whole(most(cpu)), own: whole(most(cpu_own)) });
}

/** The graph of how the pictures were made, for those who can't see it. */
export function tellEffort({ draw, encode, late }: MachineHistory, say: Say): string {
  const count = late.reduce((sum, count) => sum + count, 0);
  return say('graphPicturesText', { draw: whole(most(draw)), packing: whole(most(encode)), count });
}
