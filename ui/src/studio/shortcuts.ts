import { actionFor, isTyping } from './keys';
import type { Studio } from './studio.svelte';
import { windows } from './windows.svelte';

/** Does what a key says, wherever the focus is. */
export function handleKey(event: KeyboardEvent, studio: Studio): void {
  const action = actionFor(event, isTyping(event.target));
  if (action === null) return;
  event.preventDefault();
  if (action.do === 'debug') {
    windows.debug = !windows.debug;
    return;
  }
  const state = studio.phase.phase === 'running' ? studio.state : null;
  if (state === null) return;
  switch (action.do) {
    case 'cover':
      return studio.cover();
    case 'back':
      return studio.takeBack();
    case 'scene': {
      const scene = state.scenes[action.at];
      if (scene !== undefined) studio.showScene(scene.name);
      return;
    }
    case 'goLive':
      if (!windows.shown && !state.live) windows.open({ kind: 'goLive' });
      return;
    default:
      if (!windows.shown) windows.open({ kind: action.do });
  }
}
