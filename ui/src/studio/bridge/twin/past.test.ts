import { describe, expect, it } from 'vitest';

import type { PlaceHistory } from '../bindings';
import { earlierHistory, earlierShows } from './earlier';
import { scenarioOf } from './scenario';
import { Stage } from './stage';

const columnsOf = ({ target_kbps, sent_kbps, received_kbps, waiting_ms, rtt_ms, lost, skipped, strength }: PlaceHistory) => [
  target_kbps,
  sent_kbps,
  received_kbps,
  waiting_ms,
  rtt_ms,
  lost,
  skipped,
  strength,
];

describe('the past of the twin', () => {
  it('is empty before the first show, and stays when one has ended', () => {
    const stage = new Stage(scenarioOf('show').state, 0);
    expect(stage.history(true).places).toEqual([]);
    stage.do({ do: 'live.start' }, 0);
    stage.pass(200_000);
    stage.do({ do: 'live.end' }, 200_000);
    stage.pass(300_000);
    const { places, from, step } = stage.history(true);
    expect([places.map(({ name }) => name), from, step]).toEqual([['Tea shop'], 0, 1]);
    expect(places[0]?.sent_kbps).toHaveLength(200);
  });

  it('is five minutes by the second, or the whole in longer stretches', () => {
    const stage = new Stage(scenarioOf('weak').state, 0);
    for (const [whole, from, step, length] of [[false, 454, 1, 300], [true, 0, 3, 252]] as const) {
      const history = stage.history(whole);
      expect([history.from, history.step]).toEqual([from, step]);
      for (const place of history.places) for (const column of columnsOf(place)) expect(column).toHaveLength(length);
      for (const column of Object.values(history.machine ?? {})) expect(column).toHaveLength(length);
    }
  });

  it('tells of a line that fell and rose again', () => {
    const { places, log } = new Stage(scenarioOf('weak').state, 0).history(false);
    const second = places[1];
    const fell = 574 - 454;
    expect([second?.target_kbps[fell - 1], second?.target_kbps[fell], second?.target_kbps[fell + 60]]).toEqual([2628, 850, 2628]);
    expect([second?.waiting_ms[fell], second?.skipped[fell]]).toEqual([480, 12]);
    const told = log.filter(({ place }) => place === 'Second place').map(({ what }) => what);
    expect(told).toEqual(['reached', 'lowered', 'found', 'raised', 'over', 'lowered', 'found']);
    expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('tells of a computer that was at ease until another program began', () => {
    const { machine, log } = new Stage(scenarioOf('strained').state, 0).history(false);
    const began = 754 - 42 - 454;
    const [before, since] = [machine?.cpu[began - 1] ?? 100, machine?.cpu[began] ?? 0];
    expect(before).toBeLessThan(40);
    expect(since).toBeGreaterThan(90);
    expect([machine?.late[began - 1], machine?.late[began], machine?.draw[began]]).toEqual([0, 9, 100]);
    expect(log.filter(({ place }) => place === '').map(({ what }) => what)).toEqual(['found', 'shed']);
  });

  it('keeps earlier shows, one of which can’t be read', () => {
    expect(earlierShows.map(({ began }) => began)).toEqual(earlierShows.map(({ began }) => began).toSorted().reverse());
    const told = earlierShows.map(({ id }) => earlierHistory(id, true));
    expect(told.map((outcome) => outcome.done?.history?.places.length ?? outcome.failed?.code)).toEqual([2, 2, 'history.unreadable']);
    expect(told.map((outcome) => Boolean(outcome.done?.history?.machine))).toEqual([true, false, false]);
    expect(earlierHistory('none', true)).toHaveProperty('failed.code', 'history.unknown');
  });
});
