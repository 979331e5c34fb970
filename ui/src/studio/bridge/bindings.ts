/** What crosses the process boundary, named as in the crate `api`. */

/** What went wrong: a sentence for people, with the code programs match. */
export type Failure = { code: string; sentence: string };

export type Rect = { x: number; y: number; width: number; height: number };
export type Crop = { left: number; top: number; right: number; bottom: number };
export type Blend = 'normal' | 'add' | 'subtract' | 'multiply' | 'screen' | 'darken' | 'lighten';
export type Key = { color: string; similarity: number; smoothness: number; spill: number };
export type Correction = { exposure: number; contrast: number; temperature: number; tint: number; saturation: number };

/** One source, or another scene, within a scene. */
export type Layer = {
  name?: string | null;
  source?: string | null;
  scene?: string | null;
  visible: boolean;
  rect?: Rect | null;
  crop?: Crop | null;
  rotation: number;
  mirror: boolean;
  opacity: number;
  blend: Blend;
  key?: Key | null;
  color?: Correction | null;
};

/** A picture made of layers, the lowest first. */
export type Scene = { name: string; layer: Layer[] };

export type Kind = 'camera' | 'microphone' | 'file' | 'image' | 'color' | 'pattern' | 'tone' | 'click';

/** Something that delivers pictures, sound or both. */
export type Source = {
  name: string;
  type: Kind;
  gain_db?: number;
  mute?: boolean;
  device?: string | null;
};

/** Where the program goes. */
export type Place = { name: string; url: string; key: string; bitrate: number; on: boolean };

/** What can be asked of a running studio. */
export type Command =
  | { do: 'scene.show'; scene: string; fade_ms: number }
  | { do: 'scene.put'; scene: Scene }
  | { do: 'scene.remove'; scene: string }
  | { do: 'sound.set'; source: string; gain_db: number | null; mute: boolean | null }
  | { do: 'source.add'; source: Source }
  | { do: 'source.remove'; source: string }
  | { do: 'devices' }
  | { do: 'place.put'; place: Place }
  | { do: 'place.remove'; place: string }
  | { do: 'live.start' }
  | { do: 'live.end' }
  | { do: 'cover.set'; on: boolean }
  | { do: 'back' }
  | { do: 'graphics.restart' }
  | { do: 'state' };

/** A camera or microphone of this machine. */
export type Device = { id: string; name: string; best?: string | null; used?: string | null };
export type Devices = { cameras: Device[]; microphones: Device[] };

/** What a command that was done answers. */
export type Done = { tick?: number | null; state?: State | null; devices?: Devices | null };

/** What became of a command. */
export type Outcome = { done: Done } | { failed: Failure };

/** A level of sound in dBFS; -120 is silence. */
export type Meter = { peak_db: number; rms_db: number };

export type PlanState = { steps: number; running: boolean; step: number };

export type PictureState = {
  name: string;
  live: boolean;
  visible: boolean;
  reason?: string | null;
  format?: string | null;
};

export type SoundState = {
  name: string;
  gain_db: number;
  mute: boolean;
  level: Meter;
  clipped: number;
  heard_while_muted: boolean;
  reason?: string | null;
};

export type PlaceStatus = 'off' | 'starting' | 'live' | 'away';

export type PlaceState = {
  name: string;
  url: string;
  key?: string | null;
  key_missing: boolean;
  bitrate: number;
  on: boolean;
  status: PlaceStatus;
  kbps: number;
  sent: number;
  skipped: number;
  error?: Failure | null;
};

export type HealthLevel = 'good' | 'warning' | 'bad';

/** The worst that is the matter with a show now. */
export type Health = {
  level: HealthLevel;
  code: string;
  subject?: string | null;
  sentence: string;
};

export type CanvasState = { width: number; height: number; rate: string };
export type LiveState = { seconds: number };
export type FramesState = { due: number; late: number; repeated: number };

/** How a running show is. */
export type State = {
  on_air: string;
  scenes: Scene[];
  plan: PlanState;
  pictures: PictureState[];
  sounds: SoundState[];
  program: Meter;
  limiter_db: number;
  adapter: string;
  show: string;
  canvas: CanvasState;
  live?: LiveState | null;
  covered: boolean;
  can_take_back: boolean;
  program_frames: FramesState;
  places: PlaceState[];
  health: Health;
  not_saved?: Failure | null;
};

/** What a studio tells unasked. */
export type Event =
  | { event: 'on_air'; scene: string; tick: number }
  | { event: 'source.lost'; source: string; tick: number; reason: string }
  | { event: 'source.back'; source: string; tick: number }
  | { event: 'live' }
  | { event: 'ended' }
  | { event: 'cover'; on: boolean; tick: number }
  | { event: 'health'; health: Health }
  | { event: 'graphics.lost'; code: string; sentence: string }
  | { event: 'graphics.back'; adapter: string; tick: number };

/** Where the window stands. */
export type Phase =
  | { phase: 'opening' }
  | { phase: 'offer'; show: string; reason: Failure }
  | { phase: 'running'; preview: PreviewAddress | null }
  | { phase: 'failed'; failure: Failure };

/** What the window is told. */
export type Told =
  | { told: 'phase'; phase: Phase }
  | { told: 'state'; state: State }
  | { told: 'event'; event: Event }
  | { told: 'closing' };

/** With which show to go on. */
export type Choice = 'again' | 'fresh' | 'demo';

/** Where a stream key was kept. */
export type Kept = 'keyring' | 'file';

/** Where a page gets the pictures it shows. */
export type PreviewAddress = { port: number; token: string };

/** What a page learns when it begins. */
export type Start = { version: string; preview: PreviewAddress | null };
