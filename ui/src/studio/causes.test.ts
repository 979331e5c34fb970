import { describe, expect, it } from 'vitest';

import type { Diagnosis } from './bridge/bindings';
import { causeOf, causes } from './causes';
import { healthPhrase } from './health';
import { sayHealth, sayMatter, sayRemedy } from './words/say';
import { phraseIn, words, type Language } from './words/words';

/** As the studio documents them. */
const documented = [
  'place.refused',
  'place.down',
  'place.unreachable',
  'place.beyond',
  'line.silent',
  'machine.battery',
  'machine.disk',
  'machine.memory',
  'machine.hot',
  'machine.busy',
  'machine.saving',
  'machine.graphics',
  'machine.encoder',
  'server.slow',
  'line.busy',
  'line.lossy',
  'line.unsteady',
  'line.full',
];

const languages = Object.keys(words) as Language[];
const diagnosis = (cause: string): Diagnosis => ({ cause, side: 'uplink', advice: 'Do something.', seconds: 1 });

describe('what can be the matter', () => {
  it('is all that the studio finds', () => {
    expect(Object.keys(causes)).toEqual(documented);
  });

  it.each(documented)('%s has words in every language', (code) => {
    const cause = causeOf(code);
    if (cause === null) throw new Error('it is not known');
    for (const language of languages) {
      const [headline, health, advice] = [cause.headline, cause.health, cause.advice].map((phrase) => words[language][phrase]);
      expect(headline?.length).toBeGreaterThan(3);
      expect(health).toMatch(code.startsWith('machine.') ? /^[^{]+$/ : /\{name\}/);
      expect(advice).toMatch(/[.。]$/);
    }
    const headline = phraseIn('en', cause.headline);
    expect(headline.split(' ').length).toBeGreaterThanOrEqual(2);
    expect(headline.split(' ').length).toBeLessThanOrEqual(5);
    expect(healthPhrase({ level: 'bad', code: `health.${code}`, subject: 'Shop', sentence: 'x' })).toBe(cause.health);
  });

  it('names the program that slows this computer, where one does', () => {
    const chrome = { name: 'chrome', percent: 45 };
    const health = { level: 'bad', code: 'health.machine.busy', subject: 'Shop', sentence: 'x' } as const;
    expect(sayMatter(diagnosis('machine.busy'))).toBe('Other programs slow this computer');
    expect(sayRemedy(diagnosis('machine.busy'), chrome)).toBe('Close “chrome”: it uses 45\u00a0% of this computer.');
    expect(sayRemedy(diagnosis('machine.busy'))).toBe('Other programs slow this computer down: close them.');
    expect(sayHealth(health, chrome)).toBe('“chrome” slows this computer down: close it');
    expect(sayHealth(health)).toBe('Other programs slow this computer down: close them');
    expect(sayRemedy(diagnosis('machine.hot'), chrome)).not.toContain('chrome');
  });

  it('is said in its own sentence where the page does not know it', () => {
    expect(causeOf('line.new')).toBeNull();
    expect(causeOf('constructor')).toBeNull();
    expect([sayMatter(diagnosis('line.new')), sayRemedy(diagnosis('line.new'))]).toEqual(['Do something.', '']);
    expect(sayMatter(diagnosis('line.full'))).toBe('Upload too slow');
    expect(sayRemedy(diagnosis('line.full'))).toContain('choose a lower one');
  });
});
