import type { Phase, State } from '../bindings';
import { emptyShow, fullShow, place } from './show';
import { unreachable } from './stage';

/** How a twin begins. */
export interface Scenario {
  phase: Phase;
  state: State;
  /** Whether the window is asked to close at once. */
  closing: boolean;
  /** Whether it falls silent at once. */
  lost: boolean;
}

const running: Phase = { phase: 'running', preview: { port: 0, token: 'twin' } };
const crashed = { code: 'show.crashed', sentence: 'the studio ended without closing the show' };
const corrupt = { code: 'show.syntax', sentence: 'the show file can not be read' };

function live(): State {
  return { ...fullShow(), live: { seconds: 754 } };
}

function away(): State {
  const [first] = fullShow().places;
  const lost = { ...place('Second place', 'rtmps://push.example.com:443/app'), error: unreachable, skipped: 1520 };
  return { ...live(), places: first ? [first, lost] : [lost] };
}

function trouble(): State {
  const show = live();
  show.pictures = show.pictures.map((each, at) => (at === 1 ? { ...each, live: false, reason: 'it was unplugged' } : each));
  show.sounds = show.sounds.map((each, at) => (at === 1 ? { ...each, mute: true, heard_while_muted: true } : each));
  return show;
}

/** How the twin called `name` begins. */
export function scenarioOf(name: string): Scenario {
  const begin = (state: State, phase: Phase = running) => ({ phase, state, closing: false, lost: false });
  switch (name) {
    case 'opening':
      return begin(fullShow(), { phase: 'opening' });
    case 'offer':
      return begin(fullShow(), { phase: 'offer', show: 'Autumn tea tasting', reason: crashed });
    case 'corrupt':
      return begin(fullShow(), { phase: 'offer', show: 'Autumn tea tasting', reason: corrupt });
    case 'failed':
      return begin(fullShow(), { phase: 'failed', failure: { code: 'graphics.none', sentence: 'no graphics adapter was found' } });
    case 'empty':
      return begin(emptyShow());
    case 'live':
      return begin(live());
    case 'away':
      return begin(away());
    case 'trouble':
      return begin(trouble());
    case 'covered':
      return begin({ ...live(), covered: true });
    case 'closing':
      return { ...begin(live()), closing: true };
    case 'lost':
      return { ...begin(live()), lost: true };
    case 'unsaved':
      return begin({ ...fullShow(), not_saved: { code: 'show.disk_full', sentence: 'no space left' } });
    default:
      return begin(fullShow());
  }
}
