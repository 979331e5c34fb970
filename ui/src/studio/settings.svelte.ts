import { chooseLanguage, languageTag } from '../words/language';
import type { Language } from './words/words';

export type Theme = 'system' | 'light' | 'dark';

const themes: readonly string[] = ['system', 'light', 'dark'];

/** What stays on this machine between two starts of the window. A store that fails loses no more than that. */
function recall(name: string): string | null {
  try {
    return localStorage.getItem(`studio.${name}`);
  } catch {
    return null;
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`studio.${name}`, value);
  } catch {
    // It holds until the window closes.
  }
}

/** How the seller wants the window: kept on this machine. */
class Settings {
  language = $state<Language>('en');
  theme = $state<Theme>('system');
  /** The panels that are folded up. */
  folded = $state<string[]>([]);

  /** Reads what was kept; the address may ask for another language or theme. */
  load(asked: URLSearchParams): void {
    this.language = chooseLanguage(asked.get('lang') ?? recall('language'), navigator.languages);
    const theme = asked.get('theme') ?? recall('theme') ?? '';
    this.theme = themes.includes(theme) ? (theme as Theme) : 'system';
    this.folded = (recall('folded') ?? '').split(' ').filter((id) => id !== '');
    this.#show();
  }

  setLanguage(language: Language): void {
    this.language = language;
    remember('language', language);
    this.#show();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    remember('theme', theme);
    this.#show();
  }

  fold(panel: string, folded: boolean): void {
    this.folded = [...this.folded.filter((id) => id !== panel), ...(folded ? [panel] : [])];
    remember('folded', this.folded.join(' '));
  }

  #show(): void {
    document.documentElement.lang = languageTag(this.language);
    document.documentElement.dataset.theme = this.theme;
  }
}

export const settings = new Settings();
