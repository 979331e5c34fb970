import { describe, expect, it } from 'vitest';

import type { Command, History, Outcome, PastShow } from '../bridge/bindings';
import { Past } from './past.svelte';

const [newer, older] = ['b', 'a'].map((id): PastShow => ({ id, show: id, began: '2026-11-20T18:30:05Z' })) as [PastShow, PastShow];
const historyFrom = (from: number): History => ({ from, step: 1, places: [], log: [] });
const answer = (from: number): Outcome => ({ done: { history: historyFrom(from) } });

/** A past whose questions wait for an answer. */
function ask() {
  const asked: { command: Command; answer: (outcome: Outcome) => Promise<void> }[] = [];
  const past = new Past((command) => {
    const { promise, resolve } = later<Outcome>();
    const answer = async (outcome: Outcome) => {
      resolve(outcome);
      await new Promise((done) => setTimeout(done));
    };
    asked.push({ command, answer });
    return promise;
  });
  return { past, asked };
}

function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

describe('the past', () => {
  it('is that of this show, until an earlier one is chosen, and then the whole of it', async () => {
    const { past, asked } = ask();
    void past.look();
    past.choose(newer);
    past.stretch(false);
    past.choose(null);
    expect(asked.map(({ command }) => command)).toEqual([
      { do: 'history', whole: false, of: null },
      { do: 'history', whole: true, of: 'b' },
      { do: 'history', whole: false, of: 'b' },
      { do: 'history', whole: false, of: null },
    ]);
  });

  it('does not take an answer for another that was asked for since', async () => {
    const { past, asked } = ask();
    void past.look();
    past.choose(newer);
    await asked[0]?.answer(answer(1));
    expect(past.history).toBeNull();
    await asked[1]?.answer(answer(2));
    expect(past.history?.from).toBe(2);
  });

  it('says why an earlier show is not told, and keeps what is known of this one', async () => {
    const { past, asked } = ask();
    const failed: Outcome = { failed: { code: 'history.unreadable', sentence: 'no' } };
    void past.look();
    await asked[0]?.answer(answer(1));
    void past.look();
    await asked[1]?.answer(failed);
    expect(past.history?.from).toBe(1);
    past.choose(older);
    expect([past.history, past.failure]).toEqual([null, null]);
    await asked[2]?.answer(failed);
    expect([past.history, past.failure?.code]).toEqual([null, 'history.unreadable']);
  });

  it('keeps the show that is looked at in the list', async () => {
    const { past, asked } = ask();
    const list = async (histories: PastShow[]) => {
      void past.list();
      await asked.at(-1)?.answer({ done: { histories } });
    };
    await list([newer, older]);
    past.choose(older);
    await list([newer]);
    expect(past.shows).toEqual([newer, older]);
    past.choose(null);
    expect(past.shows).toEqual([newer]);
    void past.list();
    await asked.at(-1)?.answer({ failed: { code: 'window.no_answer', sentence: 'no' } });
    expect(past.shows).toEqual([newer]);
  });
});
