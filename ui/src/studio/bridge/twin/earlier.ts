import type { Outcome, PastShow } from '../bindings';
import { atEase } from './machine';
import { type Past, pastOf } from './past';
import { place } from './show';

/** An earlier show of the twin; without a past its history can't be read. */
interface Earlier extends PastShow {
  past: Past | null;
}

const shop = { ...place('Tea shop', 'rtmp://127.0.0.1:1935/live'), received_kbps: 0 };
const second = place('Second place', 'rtmp://push.example.com/app');
const third = place('Third place', 'srt://live.example.com:9000');

/** The newest first. */
const earlier: Earlier[] = [
  { id: '20261120T113005Z', show: 'Autumn tea tasting', began: '2026-11-20T11:30:05Z', past: { seconds: 5220, fell: 3100, places: [shop, second], machine: atEase } },
  { id: '20261117T120212Z', show: '云南普洱专场：新茶品鉴与冲泡演示', began: '2026-11-17T12:02:12Z', past: { seconds: 1510, fell: 1270, places: [second, third], machine: null } },
  { id: '20261114T015900Z', show: 'First try', began: '2026-11-14T01:59:00Z', past: null },
];

export const earlierShows: PastShow[] = earlier.map(({ id, show, began }) => ({ id, show, began }));

/** How the earlier show called `id` was. */
export function earlierHistory(id: string, whole: boolean): Outcome {
  const show = earlier.find((each) => each.id === id);
  if (show === undefined) return { failed: { code: 'history.unknown', sentence: `there is no history ${id}` } };
  if (show.past === null) return { failed: { code: 'history.unreadable', sentence: 'line 1 is cut off' } };
  return { done: { history: pastOf(show.past, whole) } };
}
