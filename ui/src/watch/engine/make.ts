import type { places } from '../address';
import type { Pace } from '../pace';
import type { Abilities, Way } from './choice';
import type { Engine } from './engine';
import { FlvEngine, canPlayFlv } from './flv';
import { HlsEngine, NativeEngine, canPlayHlsNatively } from './hls';
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
