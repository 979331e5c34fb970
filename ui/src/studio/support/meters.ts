import type { MachineState, Trouble } from '../bridge/bindings';
import { percentOf } from '../machine';
import type { Phrase, Values } from '../words/words';

/** How much of something the show needs is used. */
export interface Meter {
  phrase: Phrase;
  /** What it says, in a sentence. */
  about: Phrase;
  percent: number;
  /** What this studio uses of it; `null` where that isn't told apart. */
  own: number | null;
  /** Whether little is left. */
  high: boolean;
}

/** From here on little is left: shares as the studio itself judges them. */
const HIGH = { cpu: 0.9, memory: 0.9, draw: 0.75, encode: 0.5 };

/** What is known of how much is used, in the order in which it is shown. */
export function metersOf({ cpu, cpu_own, memory_free, draw, encode }: MachineState): Meter[] {
  const memory = memory_free == null ? null : 1 - memory_free;
  return [
    meter('meterProcessor', 'meterProcessorAbout', cpu, HIGH.cpu, cpu_own),
    meter('meterMemory', 'meterMemoryAbout', memory, HIGH.memory),
    meter('meterDrawing', 'meterDrawingAbout', draw, HIGH.draw),
    meter('meterPacking', 'meterPackingAbout', encode, HIGH.encode),
  ].flat();
}

function meter(phrase: Phrase, about: Phrase, share: number | null, high: number, own: number | null = null): Meter[] {
  if (share == null) return [];
  const percent = percentOf(share);
  return [{ phrase, about, percent, own: own === null ? null : Math.min(percent, percentOf(own)), high: share > high }];
}

/** Something else that is known of the computer. */
export interface Fact {
  phrase: Phrase;
  values: Values;
  /** Whether it is the matter. */
  matters: boolean;
}

/** Below this another program or its upload isn't worth a word. */
const LEAST = { cpu: 0.01, kbps: 50 };
const GB = 1e9;

/** What else is known of the computer, as far as it is. */
export function factsOf(machine: MachineState): Fact[] {
  const { busiest, disk_free, battery, celsius, saving, gpu, foreign_kbps } = machine;
  const facts: Fact[] = [];
  const tell = (trouble: string | null, phrase: Phrase, values: Values = {}) =>
    facts.push({ phrase, values, matters: machine.troubles.some(({ code }) => code === trouble) });
  if (busiest && busiest.cpu >= LEAST.cpu) tell('machine.busy', 'factBusiest', { name: busiest.name, part: percentOf(busiest.cpu) });
  if (gpu !== null) tell(null, 'factGraphics', { part: percentOf(gpu) });
  if (celsius !== null) tell('machine.hot', 'factCelsius', { value: Math.round(celsius) });
  if (saving) tell('machine.saving', 'factSaving');
  if (battery) tell('machine.battery', battery.discharging ? 'factOnBattery' : 'factBattery', { part: percentOf(battery.level) });
  if (disk_free !== null) tell('machine.disk', 'factDisk', { size: writeGb(disk_free) });
  if (foreign_kbps !== null && foreign_kbps >= LEAST.kbps) tell(null, 'factForeign', { value: (foreign_kbps / 1000).toFixed(1) });
  return facts;
}

/** Bytes in gigabytes: `0.8`, `212`. */
function writeGb(bytes: number): string {
  return (bytes / GB).toFixed(bytes < 10 * GB ? 1 : 0);
}

/** Whether what is the matter with a place is said of this computer already. */
export function isSaid(troubles: readonly Trouble[], cause: string): boolean {
  return troubles.some(({ code }) => code === cause);
}
