import { say } from './words/say';

/** Says that the window can't begin, without any of what has failed: never a blank window. */
export function showBroken(error: unknown): void {
  console.error(error);
  const main = document.createElement('main');
  main.className = 'boot';
  const box = document.createElement('div');
  const what = document.createElement('h1');
  what.textContent = say('broken');
  const detail = document.createElement('p');
  detail.textContent = `${say('brokenText')} (${String(error)})`;
  const reload = document.createElement('button');
  reload.className = 'button primary';
  reload.textContent = say('reload');
  reload.onclick = () => location.reload();
  box.append(what, detail, reload);
  main.append(box);
  document.body.replaceChildren(main);
}
