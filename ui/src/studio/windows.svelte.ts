import { tick } from 'svelte';

/** A dialog over the window. */
export type Dialog =
  | { kind: 'goLive' }
  | { kind: 'addCamera' }
  | { kind: 'addMicrophone' }
  | { kind: 'addScene' }
  | { kind: 'place'; name: string | null }
  | { kind: 'endShow' }
  | { kind: 'closing' }
  | { kind: 'support' }
  | { kind: 'settings' }
  | { kind: 'help' }
  | { kind: 'confirm'; title: string; text: string; yes: string; act: () => void };

/** Which dialog is open. One at a time; the focus goes back to where it was before the first. */
class Windows {
  dialog = $state.raw<Dialog | null>(null);
  debug = $state(false);
  #opener: Element | null = null;

  open(dialog: Dialog): void {
    if (this.dialog === null) this.#opener = document.activeElement;
    this.dialog = dialog;
  }

  shut(): void {
    if (this.dialog === null) return;
    this.dialog = null;
    const opener = this.#opener;
    this.#opener = null;
    void tick().then(() => refocus(opener));
  }
}

/** What had the focus may be gone, as after its own removal: then its panel takes it. */
function refocus(opener: Element | null): void {
  const reachable = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  const target = reachable ? opener : document.querySelector<HTMLElement>('main');
  target?.focus();
}

export const windows = new Windows();
