import { describe, expect, it } from 'vitest';

import type { CheckState, Command, State } from '../bridge/bindings';
import { fullShow } from '../bridge/twin/show';
import { Stage } from '../bridge/twin/stage';
import { CheckRun } from './check.svelte';

/** A check of `state`, and what was asked; a command is carried out only when `tell` says so, as states come later. */
function runOf(state: State) {
  const stage = new Stage(state, 0);
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

  it('says why it can’t begin', async () => {
    const { run, tell } = runOf({ ...fullShow(), live: { seconds: 4 } } satisfies State);
    await run.start();
    expect([run.failure?.code, run.running]).toEqual(['check.live', false]);
    tell(1000);
    expect(run.check satisfies CheckState | null).toBeNull();
  });
});
