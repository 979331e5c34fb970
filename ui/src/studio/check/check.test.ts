import { describe, expect, it } from 'vitest';

import type { CheckState, Command, State } from '../bridge/bindings';
import type { Checking } from '../bridge/twin/check';
import { checkedBadly, foundShow } from '../bridge/twin/checked';
import { fullShow } from '../bridge/twin/show';
import { Stage } from '../bridge/twin/stage';
import { CheckRun } from './check.svelte';
import { isEnough } from './verdict';

/** A check of `state`, and what was asked; a command is carried out only when `tell` says so, as states come later. */
function runOf(state: State, checking?: Checking) {
  const stage = new Stage(state, 0, null, checking);
  const asked: Command['do'][] = [];
  let now = 0;
  const checker = {
    state: structuredClone(stage.state),
    ask: async (command: Command) => {
      asked.push(command.do);
      return stage.do(command, now);
    },
  };
  const tell = (at: number) => {
    now = at;
    stage.pass(now);
    checker.state = structuredClone(stage.state);
  };
  return { run: new CheckRun(checker), asked, tell, stage };
}

describe('a check before the show', () => {
  it('is under way from the click to its result', async () => {
    const { run, asked, tell } = runOf(fullShow());
    run.open();
    expect([run.running, run.check]).toEqual([true, null]);
    await Promise.resolve();
    await Promise.resolve();
    // It is answered, but no state tells of it yet.
    expect([run.running, run.check]).toEqual([true, null]);
    tell(1000);
    expect([run.running, run.check?.running]).toEqual([true, true]);
    tell(4000);
    expect([run.running, run.check?.progress]).toEqual([false, 1]);
    await run.stop();
    expect(asked).toEqual(['check.start']);
  });

  it('is not begun anew while there is one of the same places', async () => {
    const { run, asked, tell, stage } = runOf(fullShow());
    await run.start();
    tell(1000);
    run.open();
    tell(5000);
    run.open();
    expect(asked).toEqual(['check.start']);
    stage.do({ do: 'place.remove', place: 'Tea shop' }, 5000);
    tell(6000);
    run.open();
    expect(asked).toEqual(['check.start', 'check.start']);
  });

  it('forgets the one before when it begins', async () => {
    const { run, tell } = runOf(fullShow());
    await run.start();
    tell(5000);
    expect(run.check?.findings).toHaveLength(2);
    const again = run.start();
    expect([run.running, run.check]).toEqual([true, null]);
    await again;
    tell(5100);
    expect([run.running, run.check?.findings]).toEqual([true, []]);
  });

  it('can be stopped, and leaves nothing', async () => {
    const { run, asked, tell } = runOf(fullShow());
    await run.start();
    tell(1000);
    await run.stop();
    tell(2000);
    expect([run.running, run.check]).toEqual([false, null]);
    expect(asked).toEqual(['check.start', 'check.stop']);
  });

  it('finds that the upload is enough where the show is sent once', async () => {
    const { run, asked, tell } = runOf(foundShow(), checkedBadly);
    const codes = () => run.check?.findings.map(({ code }) => code);
    expect(run.check?.once).toEqual({ through: 'Tea shop', places: ['Second place'], kbps: 5256 });
    expect([run.check?.upload?.wanted_kbps, run.check?.upload?.places, codes()?.includes('check.upload_small')]).toEqual([7884, 2, true]);
    expect(await run.passOn(run.check?.once?.places ?? [])).toBe(true);
    await run.start();
    tell(5000);
    expect([run.check?.once, codes()?.includes('check.upload_small')]).toEqual([null, false]);
    expect([run.check?.upload?.wanted_kbps, run.check && isEnough(run.check)]).toEqual([5256, true]);
    expect(asked).toEqual(['places.pass_on', 'check.start']);
  });

  it('says why the show can’t be sent once, and stays as it is', async () => {
    const { run } = runOf(foundShow(), checkedBadly);
    expect(await run.passOn(['Third place'])).toBe(false);
    expect([run.failure?.code, run.running, run.check?.once?.through]).toEqual(['show.not_passable', false, 'Tea shop']);
  });

  it('says why it can’t begin', async () => {
    const { run, tell } = runOf({ ...fullShow(), live: { seconds: 4 } } satisfies State);
    await run.start();
    expect([run.failure?.code, run.running]).toEqual(['check.live', false]);
    tell(1000);
    expect(run.check satisfies CheckState | null).toBeNull();
  });
});
