import type { LogEntry, Logged, MachineHistory, MachineState } from '../bindings';
import type { Past } from './past';

/** A computer with which nothing is the matter. */
export const atEase: MachineState = {
  cpu: 0.27,
  cpu_own: 0.19,
  busiest: { name: 'chrome', cpu: 0.05 },
  memory_free: 0.58,
  disk_free: 212e9,
  gpu: 0.18,
  battery: { level: 0.92, discharging: false },
  saving: false,
  hot: false,
  celsius: 52,
  foreign_kbps: null,
  draw: 0.22,
  encode: 0.06,
  shed: 'nothing',
  troubles: [],
};

/** One second of a computer. */
interface Second {
  cpu: number;
  own: number;
  draw: number;
  encode: number;
  late: number;
  foreign: number | null;
}

/** Seconds from what is the matter until something is given up for the show. */
const UNTIL_SHED = 2;
const NEARLY_LATE = 0.75;

/** When what is the matter now began, in seconds since the show did; it was at ease before. */
function beginOf({ seconds, machine }: Past): number {
  const [trouble] = machine?.troubles ?? [];
  return trouble === undefined ? Infinity : Math.floor(seconds - trouble.seconds);
}

const swing = (second: number, slow: number) => Math.sin(second / slow) * Math.cos(second / 2.3);
const hundredths = (share: number | null) => Math.round(100 * Math.min(1, Math.max(0, share ?? 0)));

function secondOf(past: Past, machine: MachineState, second: number): Second {
  const since = second - beginOf(past);
  const now = since < 0 ? atEase : machine;
  const wave = swing(second, 7);
  return {
    cpu: hundredths((now.cpu ?? 0) + 0.03 * wave),
    own: hundredths((now.cpu_own ?? 0) + 0.02 * swing(second, 5)),
    draw: hundredths(since >= 0 && since < UNTIL_SHED ? 1 : now.draw + 0.05 * wave),
    encode: hundredths(now.encode + 0.03 * swing(second, 4)),
    late: lateOf(since, now),
    foreign: now.foreign_kbps,
  };
}

/** Many are late until something is given up, and some later where drawing still takes long. */
function lateOf(since: number, { draw }: MachineState): number {
  if (since < 0) return 0;
  if (since < UNTIL_SHED) return 9;
  return draw > NEARLY_LATE && since % 5 === 0 ? 4 : 0;
}

/** How the computer was in the stretches of `step` seconds that begin at `starts`. */
export function machinePast(past: Past, starts: readonly number[], step: number): MachineHistory | null {
  const { machine } = past;
  if (machine === null) return null;
  const stretches = starts.map((start) => Array.from({ length: step }, (_, n) => secondOf(past, machine, start + n)));
  const most = (of: (second: Second) => number) => stretches.map((stretch) => Math.max(...stretch.map(of)));
  return {
    cpu: most(({ cpu }) => cpu),
    cpu_own: most(({ own }) => own),
    draw: most(({ draw }) => draw),
    encode: most(({ encode }) => encode),
    late: stretches.map((stretch) => stretch.reduce((sum, { late }) => sum + late, 0)),
    foreign_kbps: stretches.map((stretch) => stretch[0]?.foreign ?? null),
  };
}

/** What happened to the computer, and what was given up. */
export function machineLog(past: Past): LogEntry[] {
  const begin = beginOf(past);
  const { troubles = [], shed = 'nothing' } = past.machine ?? {};
  const entry = (at: number, what: Logged): LogEntry => ({ at, until: at, place: '', ...what });
  const found = troubles.map(({ code }) => entry(begin, { what: 'found', cause: code }));
  return shed === 'nothing' ? found : [...found, entry(begin + UNTIL_SHED, { what: 'shed', from: 'nothing', to: shed })];
}
