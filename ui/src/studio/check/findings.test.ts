import { describe, expect, it } from 'vitest';

import type { Finding } from '../bridge/bindings';
import { sayFinding, sayFindingAdvice } from '../words/say';
import { type Language, words } from '../words/words';
import { findings, worstFirst, wordsOf } from './findings';

/** As the studio documents them; whether each is about places or sources by their names. */
const documented: Record<string, boolean> = {
  'check.no_place': false,
  'check.key_missing': true,
  'check.key_odd': true,
  'check.unreachable': true,
  'check.untrusted': true,
  'check.strange': true,
  'check.here': true,
  'check.upload_small': false,
  'check.upload_tight': false,
  'check.upload_slow': false,
  'check.upload_unsteady': false,
  'check.upload_unknown': false,
  'check.camera_none': false,
  'check.camera_lost': true,
  'check.camera_slow': true,
  'check.cameras_share': true,
  'check.microphone_none': false,
  'check.microphone_lost': true,
  'check.microphone_silent': true,
  'check.microphone_muted': true,
  'check.disk': false,
  'check.battery': false,
  'check.saving': false,
  'check.busy': false,
  'check.memory': false,
};

const languages = Object.keys(words) as Language[];
const found = (code: string, level: Finding['level'] = 'warning', subjects: string[] = []): Finding => ({ code, level, subjects });

describe('what a check finds', () => {
  it('is all that the studio finds', () => {
    expect(Object.keys(findings)).toEqual(Object.keys(documented));
  });

  it.each(Object.entries(documented))('%s has words in every language', (code, named) => {
    const known = wordsOf(code);
    if (known === null) throw new Error('it is not known');
    for (const language of languages) {
      const [what, advice] = [words[language][known.what], words[language][known.advice]];
      expect(what.includes('{names}')).toBe(named);
      expect(what).not.toMatch(/[.。]$/);
      expect(advice).toMatch(/[.。]$/);
    }
    expect(sayFinding(found(code, 'bad', ['Shop', 'Tea house'])).includes('“Shop” and “Tea house”')).toBe(named);
  });

  it('is said by its code where the page does not know it', () => {
    expect(wordsOf('check.new')).toBeNull();
    expect(wordsOf('constructor')).toBeNull();
    expect(sayFinding(found('check.new'))).toBe('Something was found: check.new');
    expect(sayFindingAdvice(found('check.new'))).toContain('no words for it');
  });

  it('is listed by how bad it is', () => {
    const all = [found('a'), found('b', 'good'), found('c', 'bad'), found('d'), found('e', 'bad')];
    expect(worstFirst(all).map(({ code }) => code)).toEqual(['c', 'e', 'a', 'd', 'b']);
  });
});
