/** The quietest level a meter shows, in dBFS. */
export const FLOOR = -60;

/** Where a level stands on a meter, 0 to 1. */
export function position(db: number): number {
  return Math.min(1, Math.max(0, (db - FLOOR) / -FLOOR));
}

/** A level in words: whole decibels, with a true minus. */
export function writeDb(db: number): string {
  const whole = Math.round(db) || 0;
  return whole < 0 ? `−${-whole}` : `${whole}`;
}
