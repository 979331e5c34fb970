import type { Layer, Scene, State } from './bridge/bindings';

/** `wanted`, or `wanted 2`, `wanted 3` … where that is taken. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const name = wanted.trim();
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name} ${n}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

/** The names of all sources. */
export function sourceNames(state: State): string[] {
  return [...state.pictures, ...state.sounds].map((source) => source.name);
}

/** The scenes that show a source, itself. */
export function scenesShowing(state: State, source: string): string[] {
  return state.scenes.filter((scene) => scene.layer?.some((layer) => layer.source === source)).map((s) => s.name);
}

/** Whether the scene on air shows nothing at all. */
export function isEmpty(state: State): boolean {
  return state.scenes.find(({ name }) => name === state.on_air)?.layer?.length === 0;
}

/** A layer that shows all of a source on all of the picture. */
export function fullLayer(source: string): Layer {
  const nothing = { name: null, scene: null, rect: null, crop: null, key: null, color: null };
  return { ...nothing, source, visible: true, rotation: 0, mirror: false, opacity: 1, blend: 'normal' };
}

/** A scene that shows one source full, or nothing yet. */
export function sceneOf(name: string, source: string | null): Scene {
  return { name, layer: source === null ? [] : [fullLayer(source)] };
}

/**
 * The name under which a place's stream key is kept: letters, digits and `-` only, the same each time for the same
 * place, another for another.
 */
export function keyName(place: string): string {
  const plain = place.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
  return `${plain === '' ? 'place' : plain}-${hash(place)}`;
}

/** FNV-1a, 32 bits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
