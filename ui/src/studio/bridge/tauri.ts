import { Channel, invoke } from '@tauri-apps/api/core';
import { getCurrentWindow } from '@tauri-apps/api/window';

import type { Kept, Outcome, Start, Told } from './bindings';
import type { Bridge } from './bridge';
import { openSocket } from './socket';

/** The program behind the window, reached through Tauri. The only file that knows Tauri. */
export const tauri: Bridge = {
  start: () => invoke<Start>('start'),
  watch: async (told) => {
    const channel = new Channel<Told>();
    channel.onmessage = told;
    await invoke('watch', { channel });
  },
  ask: (command) => invoke<Outcome>('ask', { command }),
  choose: (choice) => invoke<Outcome>('choose', { choice }),
  storeKey: (name, key) => invoke<Kept>('store_key', { name, key }),
  close: (endShow) => invoke('close', { endShow }),
  title: (text) => getCurrentWindow().setTitle(text),
  connect: openSocket,
};
