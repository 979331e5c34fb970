import type { places } from '../address';
import type { Pace } from '../pace';
import type { Abilities, Way } from './choice';
import type { Engine } from './engine';
import { FlvEngine, canPlayFlv, loadFlv } from './flv';
import { HlsEngine, NativeEngine, canPlayHlsNatively, loadHls } from './hls';
import { WhepEngine, canPlayWhep } from './whep';

/** What players need to know of a show. */
export interface Show {
  places: ReturnType<typeof places>;
  pace: Pace;
  /** Whether its times are the server's guess. */
  estimated(): boolean;
}

/** What the browser can do. */
export function abilities(video: HTMLVideoElement): Abilities {
  return { mediaSource: canPlayFlv(), nativeHls: canPlayHlsNatively(video), rtc: canPlayWhep() };
}

/** Begins to load what playing by `way` takes; what goes wrong is seen when it is needed. */
export function prepare(way: Way): void {
  const load = { flv: loadFlv, 'll-hls': loadHls, whep: null, native: null }[way];
  load?.().catch(() => undefined);
}

/** A player of `show` by `way`. */
export function makeEngine(way: Way, { places, pace, estimated }: Show): Engine {
  switch (way) {
    case 'whep':
      return new WhepEngine(places.whep);
    case 'flv':
      return new FlvEngine(places.flv, pace);
    case 'll-hls':
      return new HlsEngine(places.hls, estimated);
    case 'native':
      return new NativeEngine(places.hls, estimated);
  }
}
