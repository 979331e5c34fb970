import type { PictureState, PlaceState, Scene, SoundState, State } from '../bindings';
import { fullLayer } from '../../names';
import { usualLeast } from '../../places';
import { atEase } from './machine';

/** A source of pictures in the twin: live, seen on air. */
export function picture(name: string, format: string | null = '1280x720 at 30 fps, as asked for'): PictureState {
  const rate = format === null ? null : 30;
  return { name, live: true, visible: false, reason: null, format, rate, wanted_rate: rate };
}

/** A microphone of the twin. */
export function sound(name: string): SoundState {
  const level = { peak_db: -120, rms_db: -120 };
  return { name, gain_db: 0, mute: false, level, clipped: 0, spoken_unheard: false, reason: null };
}

/** A place of the twin, to which nothing is sent yet. */
export function place(name: string, url: string, on = true): PlaceState {
  const nothing = { status: 'off', line: 'enough', kbps: 0, sent: 0, skipped: 0, error: null } as const;
  return { name, url, key: name.toLowerCase(), key_missing: false, bitrate: 2500, least: usualLeast, on, ...nothing };
}

function inset(scene: string, behind: string, source: string): Scene {
  const rect = { x: 864, y: 468, width: 384, height: 216 };
  return { name: scene, layer: [fullLayer(behind), { ...fullLayer(source), rect }] };
}

/** A show with two cameras, a microphone and two places. */
export function fullShow(): State {
  return {
    ...emptyShow(),
    show: 'Autumn tea tasting',
    on_air: 'Host',
    scenes: [
      { name: 'Host', layer: [fullLayer('Host camera')] },
      { name: 'Product close up', layer: [fullLayer('Table camera')] },
      inset('Host and product', 'Host camera', 'Table camera'),
      { name: 'Title card', layer: [fullLayer('Title')] },
    ],
    pictures: [picture('Host camera'), picture('Table camera', '1920x1080 at 30 fps, as asked for'), picture('Title', null)],
    sounds: [sound('Desk microphone'), sound('Clip-on microphone')],
    places: [place('Tea shop', 'rtmp://127.0.0.1:1935/live'), place('Second place', 'rtmp://push.example.com/app', false)],
  };
}

/** A show with nothing in it but a scene. */
export function emptyShow(): State {
  const silence = { peak_db: -120, rms_db: -120 };
  return {
    show: 'New show',
    on_air: 'Scene 1',
    scenes: [{ name: 'Scene 1', layer: [] }],
    plan: { steps: 0, running: false, step: 0 },
    pictures: [],
    sounds: [],
    program: silence,
    limiter_db: 0,
    adapter: 'twin (software)',
    canvas: { width: 1280, height: 720, rate: '30' },
    live: null,
    covered: false,
    can_take_back: false,
    program_frames: { due: 0, late: 0, repeated: 0 },
    line_mode: 'steady',
    resume: false,
    places: [],
    health: { level: 'good', code: 'health.idle', subject: null, sentence: 'Ready.' },
    machine: atEase,
    not_saved: null,
  };
}
