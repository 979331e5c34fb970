import { writeTime } from '../../figures';
import type { Bundle, BundlePart, History, LogEntry, Outcome, PlaceHistory, PlaceState, State } from '../bindings';

/** Where in the studio something is noted. */
const noted = ['line::control rate', 'server::answer', 'graphics::draw', 'preview::turn', 'session::write'];

/** The file for support: of the show as it is, where one is open, and of what was sent of it, or of an earlier one. */
export function bundleOf(state: State | null, outcome: Outcome): Bundle {
  if (outcome.failed) throw outcome.failed;
  const history = outcome.done?.history ?? null;
  const sent = history !== null && history.places.length > 0 ? history : null;
  const parts: (BundlePart | null)[] = [
    { part: 'report', text: reportOf(state, sent) },
    { part: 'about', text: about },
    state && { part: 'show', text: showOf(state) },
    sent && { part: 'history', text: figuresOf(sent) },
    { part: 'notes', text: notesOf(sent) },
  ];
  return { parts: parts.filter((part) => part !== null) };
}

const about = `anchor-studio 0.1.0 (twin)
system      Debian GNU/Linux 12 (bookworm), Linux 6.1.0-28-amd64
processor   Intel Core i5-8250U, 4 cores, 8 threads, 1600 MHz
memory      15.6 GB, 9.0 GB free
disk        256 GB, 212 GB free
graphics    Intel UHD Graphics 620, Vulkan, Mesa 22.3.6
keyring     there is one
power       battery 92 %, plugged in
window      1280 x 720, drawn by the processor
language    en
clock       UTC+08:00
`;

const lines = (all: readonly string[]) => `${all.join('\n')}\n`;
const columns = (all: readonly (string | number | null)[]) => all.map((each) => String(each ?? '-').padStart(8)).join('');

function reportOf(state: State | null, history: History | null): string {
  const names = history?.places.map(({ name }) => name) ?? [];
  return lines([
    'Anchor Studio, file for support, made 2026-11-22 21:30:12',
    state === null ? 'No show is open.' : state.live ? `The show is on air, for ${writeTime(state.live.seconds)}.` : 'The show is not on air.',
    '',
    ...(state === null ? [] : [...state.places.flatMap(standingOf), '']),
    'What happened:',
    ...(history === null ? ['  nothing so far'] : history.log.map((entry) => `  ${writeTime(entry.at).padStart(7)}  ${toldOf(entry, names)}`)),
  ]);
}

function standingOf({ url, diagnosis, skipped, kbps }: PlaceState, at: number): string[] {
  const stands = `place ${at + 1} (${url.split(':')[0]}): ${Math.round(kbps)} kbit/s, ${skipped} pictures skipped`;
  if (!diagnosis) return [stands, '  nothing is the matter'];
  const { cause, side, advice, seconds } = diagnosis;
  return [stands, `  the matter: ${cause}, for ${Math.round(seconds)} s`, `  at fault: ${side}`, `  ${advice}`];
}

function toldOf(entry: LogEntry, names: readonly string[]): string {
  const where = entry.place === '' ? 'this computer' : `place ${names.indexOf(entry.place) + 1}`;
  const { at: _at, until: _until, place: _place, what, ...values } = entry;
  return [where, what, ...Object.entries(values).map(([name, value]) => `${name} ${value}`)].join(', ');
}

function showOf({ canvas, scenes, pictures, sounds, places, adapter, line_mode }: State): string {
  const camera = (name: string) => `camera ${pictures.findIndex((each) => each.name === name) + 1}`;
  return lines([
    `picture ${canvas.width} x ${canvas.height}, ${canvas.rate} a second, drawn by ${adapter}`,
    `line mode ${line_mode}`,
    ...scenes.map(({ layer = [] }, at) => `scene ${at + 1}: ${layer.map((each) => camera(each.source ?? '')).join(', ')}`),
    ...pictures.map(({ live, format }, at) => `camera ${at + 1}: ${live ? 'delivers' : 'is lost'}${format == null ? '' : `, ${format}`}`),
    ...sounds.map(({ gain_db, mute }, at) => `microphone ${at + 1}: ${gain_db} dB${mute ? ', muted' : ''}`),
    ...places.map(({ on, bitrate, status, line }, at) => `place ${at + 1}: ${on ? status : 'off'}, ${bitrate} kbit/s wanted, line ${line}`),
  ]);
}

/** Each stretch a line, first the computer's and then each place's. */
function figuresOf({ from, step, places, machine }: History): string {
  const heads = places.flatMap((_, at) => ['aim', 'sent', 'got', 'wait', 'trip', 'skip'].map((head) => `${at + 1}.${head}`));
  const starts = places[0]?.sent_kbps.map((_, at) => from + at * step) ?? [];
  const ofMachine = machine ? [machine.cpu, machine.cpu_own, machine.draw, machine.encode, machine.late] : Array<number[]>(5).fill([]);
  return lines([
    columns(['second', 'cpu', 'own', 'draw', 'pack', 'late', ...heads]),
    ...starts.map((start, at) => columns([start, ...ofMachine.map((each) => each[at] ?? null), ...places.flatMap((place) => secondOf(place, at))])),
  ]);
}

function secondOf({ target_kbps, sent_kbps, received_kbps, waiting_ms, rtt_ms, skipped }: PlaceHistory, at: number): (number | null)[] {
  return [target_kbps, sent_kbps, received_kbps, waiting_ms, rtt_ms, skipped].map((each) => each[at] ?? null);
}

/** A line for each other second: of a long show more than a page shows at once. */
function notesOf(history: History | null): string {
  const seconds = history === null ? 40 : history.step * (history.places[0]?.sent_kbps.length ?? 0);
  const note = (at: number) => `${writeTime(2 * at).padStart(8)}.${String((at * 7919) % 1000).padStart(3, '0')}  ${noted[at % noted.length]} ${(at * 104_729) % 5000}`;
  return lines(Array.from({ length: Math.ceil(seconds / 2) }, (_, at) => note(at)));
}
