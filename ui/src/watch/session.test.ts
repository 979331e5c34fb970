import { describe, expect, it } from 'vitest';

import { type Command, type Happening, type Phase, Session } from './session';
import type { Standing } from './status';

/** A session with a fixed draw, so that waits are exact. */
function session(ways = 2, random = 0.5) {
  return new Session(ways, () => random);
}

function run(s: Session, ...happenings: Happening['kind'][]): Command[] {
  return happenings.flatMap((kind) => s.on(happening(kind)));
}

function happening(kind: Happening['kind']): Happening {
  if (kind === 'status') return live;
  return kind === 'ways' ? { kind, ways: 3 } : { kind };
}

function status(state: Standing, live = state === 'live', beginsIn: number | null = null): Happening {
  return { kind: 'status', state, live, beginsIn };
}

const live = status('live');
const notLive = status('none');
/** Interrupted, with a picture that says so. */
const held = status('interrupted', true);
const interrupted = status('interrupted');
const ended = status('ended');

function playing(ways = 2): Session {
  const s = session(ways);
  s.on({ kind: 'opened' });
  s.on(live);
  s.on({ kind: 'picture' });
  return s;
}

function waits(commands: Command[]): number[] {
  return commands.flatMap((c) => (c.kind === 'ask' ? [c.after] : []));
}

describe('a session', () => {
  it('asks at once, and waits for a show that has not begun', () => {
    const s = session();
    expect(run(s, 'opened')).toEqual([{ kind: 'ask', after: 0 }]);
    expect(s.phase).toBe<Phase>('opening');
    expect(s.on(notLive)).toEqual([{ kind: 'ask', after: 1000 }]);
    expect(s.phase).toBe<Phase>('waiting');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    expect(run(s, 'picture')).toEqual([{ kind: 'ask', after: 5000 }]);
    expect(s.phase).toBe<Phase>('playing');
  });

  it('says that a show it has seen was interrupted, and goes on', () => {
    const s = playing();
    expect(run(s, 'ended')).toEqual([{ kind: 'stop' }, { kind: 'ask', after: 0 }]);
    expect(s.on(notLive)).toEqual([{ kind: 'ask', after: 1000 }]);
    expect(s.phase).toBe<Phase>('interrupted');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    expect(s.phase).toBe<Phase>('interrupted');
    run(s, 'picture');
    expect(s.phase).toBe<Phase>('playing');
  });

  it('asks while the picture stands still, and stops when the show is no longer live', () => {
    const s = playing();
    expect(run(s, 'stall')).toEqual([{ kind: 'ask', after: 1000 }]);
    expect(s.phase).toBe<Phase>('stalled');
    expect(s.on(live)).toEqual([{ kind: 'ask', after: 1000 }]);
    expect(s.on(notLive)).toEqual([{ kind: 'stop' }, { kind: 'ask', after: 1000 }]);
    expect(s.phase).toBe<Phase>('interrupted');
  });

  it('plays to the end what it has', () => {
    const s = playing();
    run(s, 'stall', 'picture');
    for (const gone of [notLive, interrupted, ended, status('announced'), { kind: 'silent' } as const]) {
      expect(s.on(gone)).toEqual([{ kind: 'ask', after: 5000 }]);
      expect(s.phase).toBe<Phase>('playing');
    }
  });

  it('asks slowly while it plays, and spreads the viewers', () => {
    const s = playing();
    expect(s.on(live)).toEqual([{ kind: 'ask', after: 5000 }]);
    expect(run(s, 'stall', 'picture')).toEqual([{ kind: 'ask', after: 1000 }]);
    expect(s.on(live)).toEqual([{ kind: 'ask', after: 5000 }]);
    for (const [random, after] of [[0, 4500], [0.999, 5499]] as const) {
      const spread = session(2, random);
      run(spread, 'opened', 'status');
      expect(waits(run(spread, 'picture'))[0]).toBeCloseTo(after, 0);
    }
  });

  it('plays on through an interruption that has pictures of its own, and says so', () => {
    const s = playing();
    expect(s.isHeld).toBe(false);
    expect(s.on(held)).toEqual([{ kind: 'ask', after: 5000 }]);
    expect([s.phase, s.isHeld]).toEqual(['playing', true]);
    run(s, 'silent');
    expect(s.isHeld).toBe(true);
    run(s, 'stall');
    expect(s.isHeld).toBe(false);
    run(s, 'picture');
    expect(s.isHeld).toBe(true);
    s.on(live);
    expect([s.phase, s.isHeld]).toEqual(['playing', false]);
  });

  it('plays an interruption’s pictures also to those who have only just come', () => {
    const s = session();
    run(s, 'opened');
    expect(s.on(held)).toEqual([{ kind: 'start', way: 0 }]);
    expect([s.phase, s.isHeld]).toEqual(['opening', false]);
    run(s, 'picture');
    expect([s.phase, s.isHeld]).toEqual(['playing', true]);
  });

  it('says that a show was interrupted also to those who have only just come', () => {
    const s = session();
    run(s, 'opened');
    expect(s.on(interrupted)).toEqual([{ kind: 'ask', after: 1000 }]);
    expect(s.phase).toBe<Phase>('interrupted');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    expect(s.phase).toBe<Phase>('interrupted');
  });

  it('waits for an announced show, every second when that is near, and starts by itself', () => {
    const s = session();
    run(s, 'opened');
    const asked = ([3_600_000, 60_001, 60_000, 1, -1, -600_000, null] as const).map(
      (beginsIn) => waits(s.on(status('announced', false, beginsIn)))[0],
    );
    expect(asked).toEqual([5000, 5000, 1000, 1000, 1000, 1000, 1000]);
    expect(s.phase).toBe<Phase>('announced');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    expect(s.phase).toBe<Phase>('opening');
  });

  it('says that the show has ended, once what is left of it was played', () => {
    const s = playing();
    s.on(ended);
    expect(s.phase).toBe<Phase>('playing');
    expect(run(s, 'ended')).toEqual([{ kind: 'stop' }, { kind: 'ask', after: 0 }]);
    expect(s.on(ended)).toEqual([{ kind: 'ask', after: 10_000 }]);
    expect(s.phase).toBe<Phase>('ended');
  });

  it('says that it has ended when what is left stands still, and to those who come later', () => {
    const s = playing();
    run(s, 'stall');
    expect(s.on(ended)).toEqual([{ kind: 'stop' }, { kind: 'ask', after: 10_000 }]);
    const late = session();
    run(late, 'opened');
    expect(late.on(status('ended', true))).toEqual([{ kind: 'ask', after: 10_000 }]);
    expect([s.phase, late.phase]).toEqual(['ended', 'ended']);
  });

  it('keeps to it that the show has ended when the server forgets it or is switched off', () => {
    const s = playing();
    run(s, 'ended');
    s.on(ended);
    for (const later of [notLive, { kind: 'silent' } as const, notLive]) {
      expect(s.on(later)).toEqual([{ kind: 'ask', after: 10_000 }]);
      expect(s.phase).toBe<Phase>('ended');
    }
  });

  it('starts by itself when a show begins anew under the name of one that has ended', () => {
    const s = playing();
    run(s, 'ended');
    s.on(ended);
    s.on(status('announced'));
    expect(s.phase).toBe<Phase>('announced');
    s.on(ended);
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    expect(s.phase).toBe<Phase>('opening');
    run(s, 'picture', 'ended');
    s.on(notLive);
    expect(s.phase).toBe<Phase>('interrupted');
  });

  it('says when the server is gone, and tries again ever more slowly, at most every five seconds', () => {
    const s = session(2, 0);
    run(s, 'opened');
    const tries = Array.from({ length: 6 }, () => waits(run(s, 'silent'))[0]);
    expect(s.phase).toBe<Phase>('unreachable');
    expect(tries).toEqual([500, 1000, 2000, 2500, 2500, 2500]);
    const late = session(2, 0.999);
    run(late, 'opened');
    for (let i = 0; i < 50; i++) expect(waits(run(late, 'silent'))[0]).toBeLessThan(5000);
    expect(late.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    expect(late.phase).toBe<Phase>('opening');
  });

  it('lets go of the player when the server is gone while the picture stands still', () => {
    const s = playing();
    run(s, 'stall');
    expect(run(s, 'silent')[0]).toEqual({ kind: 'stop' });
    expect(s.phase).toBe<Phase>('unreachable');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
  });

  it('tries the next way when one never shows a picture', () => {
    const s = session();
    run(s, 'opened');
    const ways = Array.from({ length: 5 }, () => {
      const started = s.on(live).find((c) => c.kind === 'start');
      run(s, 'ended');
      return started?.kind === 'start' ? started.way : null;
    });
    expect(ways).toEqual([0, 0, 1, 1, 0]);
  });

  it('stays with a way that has shown pictures', () => {
    const s = playing();
    for (let i = 0; i < 5; i++) {
      run(s, 'ended');
      expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
      run(s, 'picture');
    }
  });

  it('tries the next way also when another has shown pictures before', () => {
    const s = playing();
    run(s, 'ended');
    const ways = Array.from({ length: 3 }, () => {
      const started = s.on(live);
      run(s, 'ended');
      return started;
    });
    expect(ways).toEqual([[{ kind: 'start', way: 0 }], [{ kind: 'start', way: 0 }], [{ kind: 'start', way: 1 }]]);
  });

  it('begins anew with the best when there are other ways', () => {
    const s = session();
    run(s, 'opened');
    expect(run(s, 'ways')).toEqual([]);
    for (let i = 0; i < 2; i++) run(s, 'status', 'ended');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 1 }]);
    run(s, 'picture');
    expect(run(s, 'ways')).toEqual([{ kind: 'stop' }, { kind: 'ask', after: 0 }]);
    expect(s.phase).toBe<Phase>('stalled');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 0 }]);
    for (let i = 0; i < 4; i++) run(s, 'ended', 'status');
    run(s, 'ended');
    expect(s.on(live)).toEqual([{ kind: 'start', way: 2 }]);
  });

  it('gives up when no way is left', () => {
    const s = playing();
    expect(s.on({ kind: 'ways', ways: 0 })).toEqual([{ kind: 'stop' }]);
    expect(s.phase).toBe<Phase>('unsupported');
    expect(run(s, 'status', 'hope')).toEqual([]);
  });

  it('waits longer between failures while the server says that the show is live', () => {
    const s = session(1);
    run(s, 'opened');
    const pauses = Array.from({ length: 4 }, () => {
      s.on(live);
      return waits(run(s, 'ended'))[0];
    });
    expect(pauses).toEqual([0, 750, 1500, 3000]);
  });

  it('asks at once when there is hope, but never disturbs a player', () => {
    const s = session();
    run(s, 'opened', 'silent');
    expect(run(s, 'hope')).toEqual([{ kind: 'ask', after: 0 }]);
    expect(run(playing(), 'hope')).toEqual([]);
  });

  it('starts one player only, and minds no news of one that is gone', () => {
    const s = session();
    run(s, 'opened', 'status');
    expect(s.on(live)).toEqual([]);
    run(s, 'picture');
    expect(waits(s.on(live))).toHaveLength(1);
    s.on({ kind: 'ended' });
    expect(run(s, 'ended', 'picture', 'stall')).toEqual([]);
    expect(s.phase).toBe<Phase>('stalled');
  });

  it('gives up at once where nothing can play', () => {
    const s = session(0);
    expect(run(s, 'opened')).toEqual([]);
    expect(s.phase).toBe<Phase>('unsupported');
    expect(s.on(live)).toEqual([]);
  });
});
