import type { State, Warning } from './bridge/bindings';

/** What the band below the top bar says: the worst warning and how many more stand, or that a place is better again. */
export type Band = { says: 'warning'; warning: Warning; more: number } | { says: 'better'; place: string };

/** What the band says now; `null` while it isn't there. */
export function bandOf({ warnings, health }: State): Band | null {
  const [warning, ...more] = warnings ?? [];
  if (warning !== undefined) return { says: 'warning', warning, more: more.length };
  return health.code === 'health.better' ? { says: 'better', place: health.subject ?? '' } : null;
}
