import type { Component } from 'svelte';

import type { IconName } from '../parts/icons';
import { windows } from '../windows.svelte';
import type { Phrase } from '../words/words';
import Cameras from './Cameras.svelte';
import Places from './Places.svelte';
import Sound from './Sound.svelte';

/** A panel at the side of the window. */
export interface Panel {
  id: string;
  title: Phrase;
  icon: IconName;
  /** Says what it shows, all by itself. */
  component: Component;
  /** What its button with the plus does, and is called. */
  add?: { phrase: Phrase; open: () => void };
}

/** The panels, from the top down. A new one is a line here. */
export const panels: readonly Panel[] = [
  {
    id: 'cameras',
    title: 'cameras',
    icon: 'camera',
    component: Cameras,
    add: { phrase: 'addCamera', open: () => windows.open({ kind: 'addCamera' }) },
  },
  {
    id: 'sound',
    title: 'sound',
    icon: 'microphone',
    component: Sound,
    add: { phrase: 'addMicrophone', open: () => windows.open({ kind: 'addMicrophone' }) },
  },
  {
    id: 'places',
    title: 'places',
    icon: 'place',
    component: Places,
    add: { phrase: 'addPlace', open: () => windows.open({ kind: 'place', name: null }) },
  },
];
