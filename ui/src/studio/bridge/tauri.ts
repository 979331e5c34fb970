import { Channel } from '@tauri-apps/api/core';
import { getCurrentWindow } from '@tauri-apps/api/window';

import { commands, type Told } from './bindings';
import type { Bridge } from './bridge';
import { openSocket } from './socket';

/** The program behind the window, reached through Tauri. Only this file and the commands it calls know Tauri. */
export const tauri: Bridge = {
  start: commands.start,
  watch: async (told) => {
    const channel = new Channel<Told>();
    channel.onmessage = told;
    await commands.watch(channel);
  },
  ask: commands.ask,
  choose: commands.choose,
  storeKey: commands.storeKey,
  close: commands.close,
  makeBundle: commands.makeBundle,
  saveBundle: commands.saveBundle,
  title: (text) => getCurrentWindow().setTitle(text),
  connect: openSocket,
};
