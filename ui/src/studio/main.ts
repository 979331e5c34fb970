import { mount } from 'svelte';

import App from './App.svelte';
import type { Bridge } from './bridge/bridge';
import { showBroken } from './broken';
import { Measure, readable } from './measure';
import { settings } from './settings.svelte';
import { Studio } from './studio.svelte';
import './styles/tokens.css';
import './styles/base.css';

const asked = new URLSearchParams(location.search);

/** The program behind the window; in a browser, which has none, the twin. */
async function findBridge(): Promise<Bridge> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./bridge/tauri')).tauri;
  return (await import('./bridge/twin')).twin(asked.get('twin') ?? '');
}

settings.load(asked);
const measure = new Measure();
measure.beat();
Object.assign(window, { __studio: readable(measure) });

async function begin(): Promise<void> {
  const studio = new Studio(await findBridge(), measure);
  // What stood there while this script was loading.
  document.body.replaceChildren();
  mount(App, { target: document.body, props: { studio } });
  await studio.begin();
}

begin().catch(showBroken);
