import { describe, expect, it } from 'vitest';

import { type Command, type Happening, type Phase, Session } from './session';

/** A session with a fixed draw, so that waits are exact. */
function session(ways = 2, random = 0.5) {
  return new Session(ways, () => random);
}

function run(s: Session, ...happenings: Happening['kind'][]): Command[] {
  return happenings.flatMap((kind) => s.on(happening(kind)));
}

function happening(kind: Happening['kind']): Happening {
  if (kind === 'status') return { kind, live: true };
  return kind === 'ways' ? { kind, ways: 3 } : { kind };
}

const live: Happening = { kind: 'status', live: true };
const notLive: Happening = { kind: 'status', live: false };

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
    expect(run(s, 'picture')).toEqual([]);
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
    expect(s.on(notLive)).toEqual([]);
    expect(s.phase).toBe<Phase>('playing');
    expect(run(s, 'silent')).toEqual([]);
    expect(s.phase).toBe<Phase>('playing');
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
    const s = playing();
    expect(s.on(live)).toEqual([]);
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
