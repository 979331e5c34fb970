import { describe, expect, it } from 'vitest';

import { chooseLanguage, languageTag, speaker } from './language';
import { words } from './words';

/** What people of the trade say and viewers need not know; see the glossary of the project. */
const tradeWords = [
  /\blatency\b/i,
  /\bbit ?rate\b/i,
  /\bbuffer(ing|ed|s)?\b/i,
  /\b(ll-?)?hls\b/i,
  /\b(http-?)?flv\b/i,
  /\b(rtmp|srt|webrtc|whip|whep|dash|cmaf|mse|cdn|http|url|json)\b/i,
  /\bcodecs?\b/i,
  /\b(en|de|trans)cod(e|er|ing)\b/i,
  /\bstream(s|ing|er)?\b/i,
  /\b(ingest|uplink|downlink|rendition|rung|ladder|segment|playlist|manifest|packet|payload)s?\b/i,
  /\b(key ?)?frames?\b/i,
  /\bfps\b/i,
  /\bprotocol\b/i,
  /\bservers?\b/i,
  /\berror\b/i,
  /\bstall(ed|s)?\b/i,
  /缓冲|码率|比特率|帧|编码|解码|转码|推流|拉流|流媒体|协议|分片|播放列表|时延|服务器|报错|错误/,
];

describe('the words on screen', () => {
  const languages = Object.entries(words);

  it('say the same things in every language', () => {
    for (const [, phrases] of languages) {
      expect(Object.keys(phrases).sort()).toEqual(Object.keys(words.en).sort());
    }
  });

  it.each(languages)('leave nothing empty in %s', (_, phrases) => {
    for (const text of Object.values(phrases)) expect(text.trim()).not.toBe('');
  });

  it('take the same values in every language', () => {
    const values = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [, phrases] of languages) {
      for (const [phrase, text] of Object.entries(phrases)) {
        expect([phrase, values(text)]).toEqual([phrase, values(words.en[phrase as keyof typeof words.en])]);
      }
    }
  });

  it.each(languages)('hold no word of the trade in %s', (_, phrases) => {
    for (const text of Object.values(phrases)) {
      for (const word of tradeWords) expect(text).not.toMatch(word);
    }
  });

  it('are Chinese in the Chinese dictionary', () => {
    for (const [phrase, text] of Object.entries(words.zh)) expect([phrase, text]).toEqual([phrase, expect.stringMatching(/[\u4e00-\u9fff]/)]);
  });

  it('would refuse a word of the trade', () => {
    for (const word of ['latency', 'bitrate', 'buffering', 'HLS', 'FLV', 'codec', 'stream', 'frames', '缓冲', '码率', '帧率']) {
      expect([word, tradeWords.some((refused) => refused.test(word))]).toEqual([word, true]);
    }
  });
});

describe('the language', () => {
  it('is the one the link asks for', () => {
    expect(chooseLanguage('zh', ['en-GB'])).toBe('zh');
    expect(chooseLanguage('en', ['zh-CN'])).toBe('en');
  });

  it('is the first the reader prefers and the pages speak', () => {
    expect(chooseLanguage(null, ['fr-FR', 'zh-Hant-TW', 'en'])).toBe('zh');
    expect(chooseLanguage('xx', ['de', 'fr'])).toBe('en');
    expect(chooseLanguage('constructor', [])).toBe('en');
  });

  it('has a tag for the page', () => {
    expect(languageTag('zh')).toBe('zh-Hans');
    expect(languageTag('en')).toBe('en');
  });

  it('puts values in their places', () => {
    expect(speaker('en')('delay', { value: '0.8 s' })).toBe('Delay 0.8 s');
    expect(speaker('zh')('video', { name: '新品' })).toBe('直播 新品');
    expect(speaker('en')('begins', { date: 'Monday', time: '20:00' })).toBe('The show begins on Monday at 20:00');
  });
});
