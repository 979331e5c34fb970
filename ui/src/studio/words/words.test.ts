import { describe, expect, it } from 'vitest';

import { failureIn, failureWords } from './failures';
import { phraseIn, type Phrase, type Words, words } from './words';

/** What people of the trade say and sellers need not know; see the glossary of the project. */
const tradeWords = [
  /\bdestinations?\b/i,
  /\boutputs?\b/i,
  /\b(en|de|trans)cod(e|er|ing)\b/i,
  /\bbit ?rate\b/i,
  /\blatency\b/i,
  /\bcanvas\b/i,
  /\b(chroma|luma) ?key\b/i,
  /\bpreview\b/i,
  /\bprogram\b/i,
  /\b(ingest|uplink|downlink|rendition|rung|ladder|segment|playlist|packet|payload)s?\b/i,
  /\b(key ?)?frames?\b/i,
  /\bfps\b/i,
  /\bdropped\b/i,
  /\bstream(s|ing|er)?\b(?! key)/i,
  /\bcodecs?\b/i,
  /\bbuffer(ing|ed|s)?\b/i,
  /\b(srt(?!:\/\/)|webrtc|whip|hls|flv|cdn|json|gpu|cpu|websocket)\b/i,
  /\bprotocol\b/i,
  /\berror\b/i,
  /\brundown\b|\bslate\b|\bgain\b|\blimiter\b/i,
  /推流|拉流|码率|比特率|编码|解码|转码|帧率|画布|抠像|预览|时延|缓冲|节目输出|输出|上行|流媒体|协议|分片|报错|错误|增益|限幅/,
];

const languages = Object.entries(words) as [keyof typeof words, Words][];
const failures = Object.entries(failureWords);
const values = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe('the words of the window', () => {
  it.each(languages)('are complete in %s', (_, phrases) => {
    expect(Object.keys(phrases).sort()).toEqual(Object.keys(words.en).sort());
    for (const text of Object.values(phrases)) expect(text.trim()).not.toBe('');
  });

  it.each(languages)('take the same values in %s', (_, phrases) => {
    for (const [phrase, text] of Object.entries(phrases)) {
      expect([phrase, values(text)]).toEqual([phrase, values(words.en[phrase as Phrase])]);
    }
  });

  it.each(languages)('hold no word of the trade in %s', (language, phrases) => {
    const failed = failures.map(([, text]) => text[language]);
    for (const text of [...Object.values(phrases), ...failed]) {
      for (const word of tradeWords) expect(text).not.toMatch(word);
    }
  });

  it('would refuse a word of the trade', () => {
    const trade = ['destination', 'output', 'encoder', 'bitrate', 'latency', 'canvas', 'chroma key', 'preview', 'program'];
    for (const word of [...trade, 'ingest', 'uplink', 'dropped frames', 'stream', '推流', '码率', '预览']) {
      expect([word, tradeWords.some((refused) => refused.test(word))]).toEqual([word, true]);
    }
    expect(tradeWords.some((refused) => refused.test('stream key'))).toBe(false);
  });

  it('are Chinese in the Chinese dictionary, but for figures', () => {
    const figures = ['mbit', 'mbitUnit', 'percent', 'kilobytes', 'megabytes'];
    for (const [phrase, text] of Object.entries(words.zh)) {
      if (!figures.includes(phrase)) expect([phrase, text]).toEqual([phrase, expect.stringMatching(/[\u4e00-\u9fff]/)]);
    }
  });

  it('fall back to English where a language lacks one', () => {
    const zh = words.zh as Words;
    const before = zh.goLive;
    delete zh.goLive;
    expect(phraseIn('zh', 'goLive')).toBe('Go live');
    if (before !== undefined) zh.goLive = before;
    expect(phraseIn('zh', 'goLive')).toBe('开播');
  });

  it('put values in their places', () => {
    expect(phraseIn('en', 'sending', { value: '2.4' })).toBe('sending 2.4 Mbit/s');
    expect(phraseIn('zh', 'warnMuted', { name: '话筒' })).toBe('“话筒”已静音！');
  });
});

describe('what went wrong', () => {
  it('is said in the language of the window', () => {
    const failure = { code: 'key.missing', sentence: 'there is no key named a' };
    expect(failureIn('zh', failure)).toBe('找不到直播密钥，请重新输入。');
    expect(failureIn('en', failure)).toContain('Enter it again');
  });

  it('keeps its own sentence where nobody knows its code', () => {
    expect(failureIn('zh', { code: 'new.thing', sentence: 'Something new.' })).toBe('Something new.');
  });

  it.each(failures)('%s is said in both languages', (_, { en, zh }) => {
    expect(en).toMatch(/[.?]$/);
    expect(zh).toMatch(/[。？]$/);
  });
});
