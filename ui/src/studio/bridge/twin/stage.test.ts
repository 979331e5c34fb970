import { describe, expect, it } from 'vitest';

import { foundShow } from './checked';
import { scenarioOf } from './scenario';
import { emptyShow, fullShow } from './show';
import { Stage } from './stage';

describe('the twin', () => {
  it('takes the last action back', () => {
    const stage = new Stage(fullShow(), 0);
    expect(stage.state.can_take_back).toBe(false);
    stage.do({ do: 'scene.show', scene: 'Product close up' , fade_ms: 0 }, 0);
    expect([stage.state.on_air, stage.state.can_take_back]).toEqual(['Product close up', true]);
    stage.do({ do: 'back' }, 0);
    expect([stage.state.on_air, stage.state.can_take_back]).toEqual(['Host', false]);
    expect(stage.do({ do: 'back' }, 0)).toHaveProperty('failed.code', 'control.nothing_to_take_back');
  });

  it('goes live only with a place, connects, and ends', () => {
    const stage = new Stage(emptyShow(), 0);
    expect(stage.do({ do: 'live.start' }, 0)).toHaveProperty('failed.code', 'live.no_place');
    const place = { name: 'Shop', url: 'rtmp://127.0.0.1/live', key: 'shop', bitrate: 2500, on: true };
    stage.do({ do: 'place.put', place }, 0);
    stage.do({ do: 'live.start' }, 1000);
    stage.pass(1500);
    expect(stage.state.places[0]?.status).toBe('starting');
    stage.pass(4000);
    expect([stage.state.places[0]?.status, stage.state.live?.seconds, stage.state.health.code]).toEqual(['live', 3, 'health.good']);
    stage.do({ do: 'live.end' }, 5000);
    stage.pass(5000);
    expect([stage.state.places[0]?.status, stage.state.live]).toEqual(['off', null]);
  });

  it('takes a camera out of the scenes that show it', () => {
    const stage = new Stage(fullShow(), 0);
    stage.do({ do: 'source.remove', source: 'Table camera' }, 0);
    const shown = stage.state.scenes.flatMap((scene) => scene.layer?.map((layer) => layer.source));
    expect([shown.includes('Table camera'), stage.state.pictures.length]).toEqual([false, 2]);
  });

  it('warns of what is the matter, and says when it is better', () => {
    const said = (name: string) => {
      const { state, better } = scenarioOf(name);
      const { health, warnings } = new Stage(state, 0, better).state;
      return [health.code, health.subject, warnings?.map(({ place, bad }) => [place, bad])];
    };
    expect(said('live')).toEqual(['health.good', null, []]);
    expect(said('weak')).toEqual(['health.place_paused', 'Third place', [['Second place', false]]]);
    expect(said('away')).toEqual(['health.place.unreachable', 'Second place', [['Second place', true]]]);
    expect(said('refused')).toEqual(['health.place.refused', 'Second place', [['Second place', true]]]);
    expect(said('strained')).toEqual(['health.machine.busy', 'Tea shop', [['Tea shop', true]]]);
    expect(said('battery')).toEqual(['health.machine.battery', null, []]);
    expect(said('better')).toEqual(['health.better', 'Tea shop', []]);
  });

  it('orders places by importance, but not while they are sent to', () => {
    const stage = new Stage(fullShow(), 0);
    const order = () => stage.state.places.map(({ name }) => name);
    stage.do({ do: 'place.move', place: 'Second place', to: 0 }, 0);
    expect(order()).toEqual(['Second place', 'Tea shop']);
    stage.do({ do: 'place.move', place: 'Second place', to: 9 }, 0);
    expect(order()).toEqual(['Tea shop', 'Second place']);
    expect(stage.do({ do: 'place.move', place: 'Nowhere', to: 0 }, 0)).toHaveProperty('failed.code', 'control.no_such_place');
    stage.do({ do: 'live.start' }, 0);
    expect(stage.do({ do: 'place.move', place: 'Second place', to: 0 }, 0)).toHaveProperty('failed.code', 'control.place_in_use');
    expect(order()).toEqual(['Tea shop', 'Second place']);
  });

  it('passes shows on by RTMP to other servers, but not while they are sent', () => {
    const stage = new Stage(foundShow(), 0);
    const ask = (name: string, on = true) => stage.do({ do: 'places.pass_on', places: [name], on }, 0);
    const passed = () => stage.state.places.map(({ passed_on }) => passed_on ?? false);
    expect(ask('Nowhere')).toHaveProperty('failed.code', 'control.no_such_place');
    expect(ask('Third place')).toHaveProperty('failed.code', 'show.not_passable');
    // It is at that server.
    expect(ask('Tea shop')).toHaveProperty('failed.code', 'show.not_passable');
    ask('Second place');
    expect(passed()).toEqual([false, true, false]);
    ask('Second place', false);
    expect(passed()).toEqual([false, false, false]);
    stage.do({ do: 'live.start' }, 0);
    expect(ask('Second place')).toHaveProperty('failed.code', 'control.place_in_use');
  });

  it('sends nothing from here to a place that gets the show elsewhere', () => {
    const { state } = scenarioOf('once-live');
    const stage = new Stage(state, 0);
    const { status, sent, received_kbps, line, standing } = stage.state.places[1] ?? {};
    expect([status, sent, received_kbps ?? null, line, standing ?? null]).toEqual(['live', 0, null, 'enough', null]);
    expect(stage.history(false).places.map(({ name }) => name)).toEqual(['Tea shop', 'Third place']);
    stage.do({ do: 'live.end' }, 0);
    stage.do({ do: 'place.put', place: { name: 'Second place', url: 'rtmp://push.example.com/app', key: 'second' } }, 0);
    expect(stage.state.places[1]?.passed_on).toBe(false);
  });

  it('keeps the least of a place that is put without one', () => {
    const stage = new Stage(fullShow(), 0);
    const put = { name: 'Tea shop', url: 'rtmp://127.0.0.1/live', key: 'shop', bitrate: 2500 };
    const least = () => stage.state.places[0]?.least;
    expect(least()).toBe(300);
    stage.do({ do: 'place.put', place: { ...put, least: 800, on: true } }, 0);
    stage.do({ do: 'place.put', place: { ...put, on: false } }, 0);
    expect(least()).toBe(800);
  });

  it('takes what a bad line keeps, live too', () => {
    const stage = new Stage(scenarioOf('live').state, 0);
    expect(stage.state.line_mode).toBe('steady');
    stage.do({ do: 'line.mode', mode: 'lowest-delay' }, 0);
    expect(stage.state.line_mode).toBe('lowest-delay');
  });

  it('takes whether it goes on the air again after a crash, live too', () => {
    const stage = new Stage(scenarioOf('live').state, 0);
    expect(stage.state.resume).toBe(false);
    stage.do({ do: 'resume.set', on: true }, 0);
    expect(stage.state.resume).toBe(true);
  });

  it('takes the address of a server, and nothing else for one', () => {
    const stage = new Stage(scenarioOf('live').state, 0);
    const set = (url: string | null) => 'failed' in stage.do({ do: 'companion.set', url }, 0);
    expect([set('live.example.com'), set('https://live.example.com')]).toEqual([true, false]);
    expect(stage.state.companion).toBe('https://live.example.com');
    expect(set(null)).toBe(false);
    expect(stage.state.companion).toBeNull();
  });

  it('knows where a place stands only while it is sent to', () => {
    const stage = new Stage(scenarioOf('live').state, 0);
    expect(stage.state.places[0]?.standing).toEqual({ quality: 100, strength: 'strong' });
    stage.do({ do: 'live.end' }, 0);
    stage.pass(0);
    expect([stage.state.places[0]?.standing, stage.state.places[0]?.received_kbps]).toEqual([null, null]);
  });
});
