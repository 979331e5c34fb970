import { describe, expect, it } from 'vitest';

import { actionFor, type Press } from './keys';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  repeat: false,
  ...more,
});
const ctrl = (key: string, code: string, more: Partial<Press> = {}) => press(key, { code, ctrlKey: true, ...more });

describe('a key', () => {
  it('covers, helps and shows how it goes, also while typing', () => {
    expect(actionFor(press('F8'), true)).toEqual({ do: 'cover' });
    expect(actionFor(press('F1'), false)).toEqual({ do: 'help' });
    expect(actionFor(press('F9'), true)).toEqual({ do: 'support' });
  });

  it('takes back, but leaves a field its own undo', () => {
    expect(actionFor(ctrl('z', 'KeyZ'), false)).toEqual({ do: 'back' });
    expect(actionFor(ctrl('z', 'KeyZ'), true)).toBeNull();
    expect(actionFor(ctrl('Z', 'KeyZ', { shiftKey: true }), false)).toBeNull();
  });

  it('shows one of the first nine scenes, on any layout of keys', () => {
    expect(actionFor(ctrl('1', 'Digit1'), false)).toEqual({ do: 'scene', at: 0 });
    expect(actionFor(ctrl('ç', 'Digit9'), false)).toEqual({ do: 'scene', at: 8 });
    expect(actionFor(ctrl('3', 'Numpad3'), false)).toEqual({ do: 'scene', at: 2 });
    expect(actionFor(ctrl('0', 'Digit0'), false)).toBeNull();
    expect(actionFor(press('1', { code: 'Digit1' }), false)).toBeNull();
  });

  it('opens what Ctrl opens', () => {
    expect(actionFor(ctrl('Enter', 'Enter'), false)).toEqual({ do: 'goLive' });
    expect(actionFor(ctrl(',', 'Comma'), false)).toEqual({ do: 'settings' });
    expect(actionFor(ctrl('D', 'KeyD', { shiftKey: true }), false)).toEqual({ do: 'debug' });
  });

  it('does nothing that is held down, or with Alt', () => {
    expect(actionFor(press('F8', { repeat: true }), false)).toBeNull();
    expect(actionFor(press('F8', { altKey: true }), false)).toBeNull();
    expect(actionFor(press('a'), false)).toBeNull();
  });
});
