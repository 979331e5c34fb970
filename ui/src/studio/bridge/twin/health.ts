import type { Health, State, Warning } from '../bindings';
import { causeOf } from '../../causes';
import { slowness } from '../../machine';

/** The warnings that stand: one for each place with which something is the matter, and one of this computer; the worst first. */
export function warningsOf({ places }: State): Warning[] {
  const warnings = places.flatMap(({ name, diagnosis, status }) => {
    if (!diagnosis || status === 'off') return [];
    return [{ place: name, diagnosis, bad: causeOf(diagnosis.cause)?.bad ?? false }];
  });
  const first = warnings.findIndex(({ diagnosis }) => diagnosis.side === 'machine');
  const told = warnings.filter(({ diagnosis }, at) => diagnosis.side !== 'machine' || at === first);
  return told.sort((a, b) => Number(b.bad) - Number(a.bad));
}

/** The worst that is the matter; `better` is the place that is better again, if one just is. */
export function healthOf(state: State, better: string | null): Health {
  const health = (level: Health['level'], code: string, subject: string | null = null): Health => ({ level, code, subject, sentence: code });
  if (state.not_saved) return health('bad', 'health.not_saved');
  const warning = state.warnings?.[0];
  if (warning?.bad) return health('bad', `health.${warning.diagnosis.cause}`, warning.place);
  const paused = state.places.find(({ line, status }) => line === 'paused' && status === 'live');
  if (paused) return health('bad', 'health.place_paused', paused.name);
  const lost = state.pictures.find(({ live, visible }) => visible && !live);
  if (lost) return health('bad', 'health.source_lost', lost.name);
  if (warning) return health('warning', `health.${warning.diagnosis.cause}`, warning.place);
  const [trouble] = state.machine?.troubles ?? [];
  if (trouble) return health('warning', `health.${trouble.code}`);
  if (state.covered) return health('warning', 'health.covered');
  const unheard = state.sounds.find((sound) => sound.spoken_unheard);
  if (unheard) return health('warning', unheard.mute ? 'health.muted_heard' : 'health.faded_heard', unheard.name);
  const slow = state.pictures.find((picture) => picture.visible && slowness(picture));
  if (slow) return health('warning', 'health.camera_slow', slow.name);
  const shed = state.machine?.shed ?? 'nothing';
  if (shed !== 'nothing') return health('warning', shed === 'filters' ? 'health.shed_filters' : 'health.shed_preview');
  if (better !== null) return health('good', 'health.better', better);
  return health('good', state.live ? 'health.good' : 'health.idle');
}
