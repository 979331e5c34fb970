import { fromHere, isAtCompanion, isPassable } from '../../through';
import type { Once, PlaceState, State } from '../bindings';

/** kbit/s of sound beside the pictures. */
const SOUND_KBPS = 128;

/** What places are to be sent together, in kbit/s. */
export function needsOf(places: readonly PlaceState[]): number {
  return places.reduce((sum, { bitrate }) => sum + bitrate + SOUND_KBPS, 0);
}

/** How a show could be sent over a line that carries so many kbit/s; `null` where that is enough, or nothing can be done. */
export function onceOf({ places, companion }: Pick<State, 'places' | 'companion'>, carries: number): Once | null {
  const sent = fromHere(places).filter(({ on }) => on);
  const through = sent.find(({ url }) => isAtCompanion(url, companion));
  if (through === undefined || needsOf(sent) <= carries) return null;
  const passed = sent.filter(({ url }) => isPassable(url, companion));
  const kbps = needsOf(sent.filter((place) => !passed.includes(place)));
  return passed.length > 0 && kbps <= carries ? { through: through.name, places: passed.map(({ name }) => name), kbps } : null;
}
