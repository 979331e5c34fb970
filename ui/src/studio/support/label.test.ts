import { describe, expect, it } from 'vitest';

import { labelOf } from './label';

const show = { id: 'a', show: 'Tea tasting', began: '2026-11-20T18:30:05Z' };
/** The spaces within a time differ from one version of its dictionary to the next. */
const plain = (label: string) => label.replace(/\s/g, ' ');

describe('an earlier show', () => {
  it('is called by its name and when it began, in both languages', () => {
    expect(plain(labelOf(show, 'en', 'UTC'))).toBe('Tea tasting · Nov 20, 2026, 6:30 PM');
    expect(plain(labelOf(show, 'zh', 'UTC'))).toBe('Tea tasting · 2026年11月20日 18:30');
  });

  it('began by the clock of this machine', () => {
    expect(plain(labelOf(show, 'en', 'Asia/Shanghai'))).toBe('Tea tasting · Nov 21, 2026, 2:30 AM');
    expect(plain(labelOf(show, 'zh', 'Asia/Shanghai'))).toBe('Tea tasting · 2026年11月21日 02:30');
  });

  it('has its name at least', () => {
    expect(labelOf({ ...show, began: 'once' }, 'en')).toBe('Tea tasting');
  });
});
