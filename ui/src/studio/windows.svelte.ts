import { tick } from 'svelte';

import type { PastShow } from './bridge/bindings';

/** A dialog over the window. */
export type Dialog =
  /** `checked`: back from the check. */
  | { kind: 'goLive'; checked?: boolean }
  /** `then`: what it goes back to. */
  | { kind: 'check'; then: Dialog | null }
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
  /** The file for support, `of` an earlier show or of this one: over the dialog, or where there is no show. */
  file = $state.raw<{ of: PastShow | null } | null>(null);
  debug = $state(false);
  #opener: Element | null = null;
  #openerOfFile: Element | null = null;

  /** Whether any is open. */
  get shown(): boolean {
    return this.dialog !== null || this.file !== null;
  }

  open(dialog: Dialog): void {
    if (this.dialog === null) this.#opener = this.#openerOfFile ?? document.activeElement;
    this.#takeFile();
    this.dialog = dialog;
  }

  /** Opens the file for support; what lies below it stays as it is. */
  openFile(of: PastShow | null): void {
    this.#openerOfFile = document.activeElement;
    this.file = { of };
  }

  /** Shuts the topmost; out of the check it goes back to where that was begun. */
  shut(): void {
    if (!this.shown) return;
    if (this.file === null && this.dialog?.kind === 'check' && this.dialog.then !== null) {
      this.dialog = this.dialog.then;
      return;
    }
    const opener = this.file === null ? this.#takeDialog() : this.#takeFile();
    void tick().then(() => refocus(opener));
  }

  #takeDialog(): Element | null {
    const opener = this.#opener;
    this.dialog = null;
    this.#opener = null;
    return opener;
  }

  #takeFile(): Element | null {
    const opener = this.#openerOfFile;
    this.file = null;
    this.#openerOfFile = null;
    return opener;
  }
}

/** What had the focus may be gone, as after its own removal: then its panel takes it. */
function refocus(opener: Element | null): void {
  const reachable = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  const target = reachable ? opener : document.querySelector<HTMLElement>('main');
  target?.focus();
}

export const windows = new Windows();
