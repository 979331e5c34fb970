import type { Command, Failure, History, Outcome, Place, PlaceState, Scene, Source, State } from '../bindings';
import { isAddress, usualLeast } from '../../places';
import { fromHere, isPassable } from '../../through';
import { checkAt, type Checking, localCheck } from './check';
import { healthOf, warningsOf } from './health';
import { type Past, pastOf } from './past';
import { place, picture, sound } from './show';

type Undo = Pick<State, 'on_air' | 'scenes' | 'sounds'>;

const done: Outcome = { done: { tick: null } };
const refuse = (code: string, sentence: string): Outcome => ({ failed: { code, sentence } });
const isSound = (source: Source) => ['microphone', 'tone', 'click'].includes(source.type);

/** The show of the twin: does what commands say, on a clock that is passed in. */
export class Stage {
  #undo: Undo[] = [];
  #liveSince: number | null = null;
  #checkSince: number | null = null;
  #past: Past = { seconds: 0, fell: 0, places: [], machine: null };

  /** `better` is the place that has just become so, if one has; `checking` is what a check comes to. */
  constructor(
    public state: State,
    now: number,
    private readonly better: string | null = null,
    private readonly checking: Checking = localCheck(state.places),
  ) {
    if (state.live) this.#begin(now, state.live.seconds);
    this.pass(now);
  }

  /** Does one command. */
  do(command: Command, now: number): Outcome {
    const outcome = this.#do(command, now);
    this.#settle();
    return outcome;
  }

  /** Lets time pass: places connect and are sent to, pictures are counted. */
  pass(now: number): void {
    const { state } = this;
    const frames = Math.max(0, Math.round((now / 1000) * 30));
    state.program_frames = { ...state.program_frames, due: frames };
    state.places = state.places.map((at, n) => send(at, n, this.#liveSince === null ? null : now - this.#liveSince));
    if (this.#liveSince !== null) {
      const seconds = (now - this.#liveSince) / 1000;
      state.live = { seconds };
      this.#past = { ...this.#past, seconds, places: fromHere(state.places).filter(({ on }) => on), machine: state.machine ?? null };
    }
    this.#check(now);
    this.#settle();
  }

  /** How the show was so far, or the last one. */
  history(whole: boolean): History {
    return pastOf(this.#past, whole);
  }

  /** Goes live, as if that had been so many seconds ago. */
  #begin(now: number, seconds: number): void {
    this.#liveSince = now - seconds * 1000;
    this.#past = { seconds, fell: Math.max(120, seconds - 180), places: [], machine: null };
  }

  #do(command: Command, now: number): Outcome {
    const { state } = this;
    switch (command.do) {
      case 'scene.show':
        if (!state.scenes.some(({ name }) => name === command.scene)) return refuse('control.no_such_scene', 'No such scene.');
        this.#remember();
        state.on_air = command.scene;
        return done;
      case 'scene.put':
        this.#remember();
        return this.#putScene(command.scene);
      case 'scene.remove':
        if (state.on_air === command.scene) return refuse('control.in_use', `scene '${command.scene}' is on air`);
        this.#remember();
        state.scenes = state.scenes.filter(({ name }) => name !== command.scene);
        return done;
      case 'sound.set':
        this.#remember();
        return this.#setSound(command);
      case 'source.add':
        return this.#addSource(command.source);
      case 'source.remove':
        return this.#removeSource(command.source);
      case 'place.put':
        return this.#putPlace(command.place);
      case 'place.remove':
        state.places = state.places.filter(({ name }) => name !== command.place);
        return done;
      case 'place.move':
        return this.#movePlace(command.place, command.to);
      case 'places.pass_on':
        return this.#passOn(command.places, command.on);
      case 'line.mode':
        state.line_mode = command.mode;
        return done;
      case 'resume.set':
        state.resume = command.on;
        return done;
      case 'companion.set':
        if (command.url !== null && !/^https?:\/\/[^\s/]+/.test(command.url)) {
          return refuse('control.bad_companion', `'${command.url}' is no address`);
        }
        state.companion = command.url;
        return done;
      case 'live.start':
        return this.#goLive(now);
      case 'live.end':
        this.#liveSince = null;
        state.live = null;
        return done;
      case 'check.start':
        if (state.live) return refuse('check.live', 'The show is on the air.');
        this.#checkSince ??= now;
        this.#check(now);
        return done;
      case 'check.stop':
        this.#stopCheck();
        return done;
      case 'cover.set':
        state.covered = command.on;
        return done;
      case 'back':
        return this.#takeBack();
      default:
        return done;
    }
  }

  #check(now: number): void {
    if (this.#checkSince === null) return;
    this.state.check = checkAt(this.checking, this.state, now - this.#checkSince);
    if (!this.state.check.running) this.#checkSince = null;
  }

  #stopCheck(): void {
    if (this.#checkSince !== null) this.state.check = null;
    this.#checkSince = null;
  }

  #remember(): void {
    const { on_air, scenes, sounds } = this.state;
    this.#undo = [...this.#undo.slice(-20), { on_air, scenes, sounds }];
  }

  #takeBack(): Outcome {
    const before = this.#undo.pop();
    if (before === undefined) return refuse('control.nothing_to_take_back', 'There is nothing to take back.');
    Object.assign(this.state, before);
    return done;
  }

  #putScene(scene: Scene): Outcome {
    const { scenes } = this.state;
    const at = scenes.findIndex(({ name }) => name === scene.name);
    this.state.scenes = at < 0 ? [...scenes, scene] : scenes.with(at, scene);
    return done;
  }

  #setSound({ source, gain_db, mute }: Extract<Command, { do: 'sound.set' }>): Outcome {
    this.state.sounds = this.state.sounds.map((each) =>
      each.name === source ? { ...each, gain_db: gain_db ?? each.gain_db, mute: mute ?? each.mute } : each,
    );
    return done;
  }

  #addSource(source: Source): Outcome {
    const { state } = this;
    if ([...state.pictures, ...state.sounds].some(({ name }) => name === source.name)) {
      return refuse('show.two_names', `there are two sources named '${source.name}'`);
    }
    if (isSound(source)) state.sounds = [...state.sounds, sound(source.name)];
    else state.pictures = [...state.pictures, picture(source.name)];
    return done;
  }

  #removeSource(source: string): Outcome {
    const { state } = this;
    state.pictures = state.pictures.filter(({ name }) => name !== source);
    state.sounds = state.sounds.filter(({ name }) => name !== source);
    state.scenes = state.scenes.map((scene) => ({ ...scene, layer: (scene.layer ?? []).filter((layer) => layer.source !== source) }));
    return done;
  }

  #putPlace(put: Place): Outcome {
    const { places } = this.state;
    if (!isAddress(put.url)) return refuse('rtmp.url', 'An address is written rtmp://host/app.');
    const at = places.findIndex(({ name }) => name === put.name);
    const least = put.least ?? places[at]?.least ?? usualLeast;
    const now = { ...(places[at] ?? place(put.name, put.url)), ...put, least, passed_on: put.passed_on ?? false, key_missing: false };
    this.state.places = at < 0 ? [...places, now] : places.with(at, now);
    return done;
  }

  #movePlace(name: string, to: number): Outcome {
    const { live, places } = this.state;
    const moved = places.find((each) => each.name === name);
    if (moved === undefined) return refuse('control.no_such_place', `there is no place '${name}'`);
    if (live) return refuse('control.place_in_use', `the show is sent to '${name}'`);
    this.state.places = places.filter((each) => each !== moved).toSpliced(to, 0, moved);
    return done;
  }

  #passOn(names: readonly string[], on: boolean): Outcome {
    const { companion, live, places } = this.state;
    const meant = places.filter(({ name }) => names.includes(name));
    if (meant.length < names.length) return refuse('control.no_such_place', 'there is no such place');
    if (live) return refuse('control.place_in_use', 'the show is sent there');
    if (on && !meant.every(({ url }) => isPassable(url, companion))) return refuse('show.not_passable', 'only RTMP is passed on');
    this.state.places = places.map((each) => (meant.includes(each) ? { ...each, passed_on: on } : each));
    return done;
  }

  #goLive(now: number): Outcome {
    if (!this.state.places.some(({ on }) => on)) return refuse('live.no_place', 'No place is on.');
    this.#stopCheck();
    if (this.#liveSince === null) this.#begin(now, 0);
    this.state.live = { seconds: 0 };
    return done;
  }

  /** What follows from the rest. */
  #settle(): void {
    const { state } = this;
    const onAir = state.scenes.find(({ name }) => name === state.on_air);
    const seen = new Set(onAir?.layer?.map((layer) => layer.source));
    state.pictures = state.pictures.map((each) => ({ ...each, visible: seen.has(each.name) }));
    state.can_take_back = this.#undo.length > 0;
    state.warnings = warningsOf(state);
    state.health = healthOf(state, this.better);
    this.state = { ...state };
  }
}

/** What a place is like so many milliseconds after Go live; the one named "Away" never answers. */
function send(at: PlaceState, n: number, ms: number | null): PlaceState {
  if (ms === null || !at.on) return { ...at, status: 'off', kbps: 0, standing: null, diagnosis: null, received_kbps: null };
  if (at.error) return { ...at, status: 'away', kbps: 0, skipped: at.skipped + 30 };
  if (ms < 1000) return { ...at, status: 'starting', kbps: 0 };
  if (at.passed_on) return { ...at, status: 'live', kbps: at.bitrate + Math.round(90 * Math.sin(ms / 1900)) };
  const standing = at.standing ?? { quality: 100, strength: 'strong' };
  const wobble = Math.round(120 * Math.sin(ms / 1700 + n));
  const kbps = at.line === 'paused' ? 128 : Math.round((at.bitrate - 60 + wobble) * (0.2 + 0.008 * standing.quality));
  // Only a server of one's own says what it has received.
  const received_kbps = at.url.includes('127.0.0.1') ? kbps - 12 : null;
  return { ...at, status: 'live', kbps, received_kbps, standing, sent: Math.round((ms / 1000) * 30) };
}

/** The failure a place has that can't be reached. */
export const unreachable: Failure = { code: 'rtmp.timeout', sentence: 'no answer within 5 s' };
