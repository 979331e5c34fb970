import type { State } from '../bindings';
import type { Level, Levels } from '../../preview/packet';

const silence: Level = { peak_db: -120, rms_db: -120 };

/** Somebody who speaks, and draws breath. */
function voice(ms: number, gain: number, seed: number): Level {
  const breath = Math.sin(ms / 2300 + seed * 2) > -0.6 ? 1 : 0.05;
  const syllable = 0.55 + 0.45 * Math.sin(ms / 110 + seed) * Math.sin(ms / 370 + seed);
  const rms = 20 * Math.log10(Math.max(1e-4, 0.16 * breath * syllable)) + gain;
  return { peak_db: Math.min(0, rms + 9), rms_db: Math.min(-1, rms) };
}

/** The levels of the show, `ms` after the start. */
export function levelsOf(state: State, ms: number): Levels {
  const sounds = state.sounds.map(({ name, gain_db, mute, spoken_unheard }, at) => {
    const level = mute ? silence : voice(ms, gain_db - 8 * at, at);
    return { name, ...level, clipped: level.peak_db >= -0.1 ? Math.floor(ms) : 0, heard: spoken_unheard };
  });
  const heard = sounds.filter((sound) => sound.peak_db > -120);
  const loudest = Math.max(-120, ...heard.map((sound) => sound.rms_db));
  const over = Math.max(0, loudest + 6);
  const program = state.covered || heard.length === 0 ? silence : { peak_db: Math.min(-1, loudest + 8), rms_db: loudest - over };
  return { program, limiter_db: over, sounds };
}
