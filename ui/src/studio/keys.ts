/** What a key does. */
export type Action =
  | { do: 'cover' }
  | { do: 'back' }
  | { do: 'scene'; at: number }
  | { do: 'goLive' }
  | { do: 'support' }
  | { do: 'settings' }
  | { do: 'help' }
  | { do: 'debug' };

/** A key that was pressed, as far as it matters here. */
export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  repeat: boolean;
}

/** What `press` does; `typing` while a field for text has the focus, where the field's own keys come first. */
export function actionFor(press: Press, typing: boolean): Action | null {
  if (press.repeat || press.altKey) return null;
  const command = press.ctrlKey || press.metaKey;
  if (!command) return plain(press);
  if (press.shiftKey) return press.code === 'KeyD' ? { do: 'debug' } : null;
  if (press.key === 'Enter') return { do: 'goLive' };
  if (press.key === ',') return { do: 'settings' };
  if (press.code === 'KeyZ') return typing ? null : { do: 'back' };
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(press.code);
  return digit === null ? null : { do: 'scene', at: Number(digit[1]) - 1 };
}

function plain({ key, shiftKey }: Press): Action | null {
  if (shiftKey) return null;
  if (key === 'F8') return { do: 'cover' };
  if (key === 'F9') return { do: 'support' };
  return key === 'F1' ? { do: 'help' } : null;
}

/** Whether text is typed into `target`. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type);
}
