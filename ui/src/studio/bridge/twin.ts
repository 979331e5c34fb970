import type { Bundle, Choice, Command, Event, Kept, Outcome, Phase, Told } from './bindings';
import { settings, type Theme } from '../settings.svelte';
import type { Language } from '../words/words';
import type { Bridge } from './bridge';
import { bundleOf } from './twin/bundle';
import { devicesOf } from './twin/desk';
import { earlierHistory } from './twin/earlier';
import { sendPictures } from './twin/pictures';
import { scenarioOf } from './twin/scenario';
import { emptyShow, fullShow } from './twin/show';
import { Stage } from './twin/stage';

/** What tests ask of the twin, as `window.__twin`. */
export interface Wires {
  /** Takes a device from the desk. */
  unplug(id: string): void;
  /** The names of the keys that were stored; never the keys. */
  stored: string[];
  /** How often the file for support was saved. */
  saved: number;
  /** What "closing" was answered with. */
  closed: boolean | null;
  language(language: Language): void;
  theme(theme: Theme): void;
}

const answered: Outcome = { done: {} };
/** Milliseconds until the file for support is made, or saved. */
const MAKING = 400;

/** A small studio within the page itself, so that the window runs in any browser. `name` is how it begins. */
export function twin(name: string): Bridge {
  const scenario = scenarioOf(name);
  const now = () => performance.now();
  let stage = new Stage(scenario.state, now(), scenario.better, scenario.checking);
  let phase: Phase = scenario.phase;
  let told: (what: Told) => void = () => undefined;
  const unplugged = new Set<string>();
  const wires: Wires = {
    unplug: (id) => unplugged.add(id),
    stored: [],
    saved: 0,
    closed: null,
    language: (language) => settings.setLanguage(language),
    theme: (theme) => settings.setTheme(theme),
  };
  Object.assign(window, { __twin: wires });

  const tell = (what: Told) => {
    // What crosses to a window is always a copy.
    if (!scenario.lost) told(structuredClone(what));
  };
  const tellState = () => tell({ told: 'state', state: stage.state });
  const tellPhase = (to: Phase) => {
    phase = to;
    tell({ told: 'phase', phase });
  };

  function begin(choice: Choice): void {
    stage = new Stage(choice === 'fresh' ? emptyShow() : fullShow(), now());
    tellPhase({ phase: 'opening' });
    setTimeout(() => {
      tellState();
      tellPhase({ phase: 'running', preview: { port: 0, token: 'twin' } });
    }, 150);
  }

  function history(whole: boolean, of: string | null): Outcome {
    return of === null ? { done: { history: stage.history(whole) } } : earlierHistory(of, whole);
  }

  function ask(command: Command): Outcome {
    if (command.do === 'devices') return { done: { devices: devicesOf(stage.state, unplugged) } };
    if (command.do === 'histories') return { done: { histories: scenario.earlier } };
    if (command.do === 'history') return history(command.whole ?? false, command.of ?? null);
    const outcome = stage.do(command, now());
    if ('failed' in outcome) return outcome;
    const event = eventOf(command);
    if (event !== null) tell({ told: 'event', event });
    tellState();
    return outcome;
  }

  return {
    start: async () => ({ version: '0.1.0', preview: null }),
    watch: async (ear) => {
      told = ear;
      told({ told: 'state', state: structuredClone(stage.state) });
      told({ told: 'phase', phase });
      const { then } = scenario;
      if (then !== null) setTimeout(() => tellPhase(then), 200);
      if (scenario.closing) tell({ told: 'closing' });
      setInterval(() => {
        if (phase.phase !== 'running') return;
        stage.pass(now());
        tellState();
      }, 1000);
    },
    ask: async (command) => structuredClone(ask(command)),
    choose: async (choice) => {
      begin(choice);
      return answered;
    },
    storeKey: async (keyName): Promise<Kept> => {
      wires.stored.push(keyName);
      return 'file';
    },
    close: async (endShow) => {
      wires.closed = endShow;
    },
    makeBundle: async (of): Promise<Bundle> => {
      await new Promise((done) => setTimeout(done, MAKING));
      if (scenario.unmade) throw scenario.unmade;
      return bundleOf(phase.phase === 'running' ? stage.state : null, history(true, of));
    },
    saveBundle: async () => {
      await new Promise((done) => setTimeout(done, MAKING));
      if (scenario.unsaved) throw scenario.unsaved;
      return { name: `anchor-support-2026-11-22-213${wires.saved++}.txt`, folder: '/home/host/Downloads' };
    },
    title: async (text) => {
      document.title = text;
    },
    connect: (_, ears) => sendPictures(ears, () => stage.state),
  };
}

function eventOf(command: Command): Event | null {
  const tick = Math.round(performance.now() * 0.03);
  switch (command.do) {
    case 'scene.show':
      return { event: 'on_air', scene: command.scene, tick };
    case 'live.start':
      return { event: 'live' };
    case 'live.end':
      return { event: 'ended' };
    case 'cover.set':
      return { event: 'cover', on: command.on, tick };
    default:
      return null;
  }
}
