import type { PlaceState, State } from './bridge/bindings';
import { isEmpty } from './names';
import { fromHere, isAtCompanion } from './through';
import type { Phrase } from './words/words';

/** Something to know before going live. */
export interface Warning {
  phrase: Phrase;
  name?: string;
}

/** What Go live will do. */
export interface Plan {
  /** The places the show goes to. */
  places: PlaceState[];
  /** The sounds that are heard. */
  heard: string[];
  /** Why it can't be done now. */
  refusal: Phrase | null;
  /** Whether a missing place is what it lacks. */
  lacksPlace: boolean;
  warnings: Warning[];
}

/** Says what going live would do now, and what is wrong with that. */
export function planOf(state: State): Plan {
  const places = state.places.filter((place) => place.on);
  const heard = state.sounds.filter((sound) => !sound.mute).map((sound) => sound.name);
  const lacksPlace = places.length === 0;
  const refusal = lacksPlace ? (state.places.length === 0 ? 'noPlaceYet' : 'noPlaceOn') : null;
  const warnings = [...soundWarnings(state), ...pictureWarnings(state), ...placeWarnings(places), ...throughWarnings(state, places)];
  return { places, heard, refusal, lacksPlace, warnings };
}

function soundWarnings({ sounds }: State): Warning[] {
  if (sounds.length === 0) return [{ phrase: 'warnNoSound' }];
  const muted = sounds.filter((sound) => sound.mute);
  if (muted.length === sounds.length && sounds.length > 1) return [{ phrase: 'warnAllMuted' }];
  return muted.map(({ name }) => ({ phrase: 'warnMuted', name }));
}

function pictureWarnings(state: State): Warning[] {
  const warnings: Warning[] = [];
  if (isEmpty(state)) warnings.push({ phrase: 'warnEmptyScene', name: state.on_air });
  if (state.covered) warnings.push({ phrase: 'warnCovered' });
  for (const { name, live, visible } of state.pictures) {
    if (visible && !live) warnings.push({ phrase: 'warnLost', name });
  }
  return warnings;
}

function placeWarnings(places: PlaceState[]): Warning[] {
  return places.filter((place) => place.key_missing).map(({ name }) => ({ phrase: 'warnKeyMissing', name }));
}

/** What gets the show from the companion server gets none where it isn't sent there. */
function throughWarnings({ companion }: State, places: PlaceState[]): Warning[] {
  if (fromHere(places).some(({ url }) => isAtCompanion(url, companion))) return [];
  return places.filter((place) => place.passed_on).map(({ name }) => ({ phrase: 'warnNotThrough', name }));
}
