/**
 * Every word that viewers read, in each language. Words of the trade have no place here: words.test.ts refuses them.
 */
export const words = {
  en: {
    opening: 'Opening the show…',
    waiting: 'The show has not begun yet',
    waitingHint: 'It starts here by itself.',
    interrupted: 'The show was interrupted',
    interruptedHint: 'It goes on here by itself.',
    unreachable: 'The show can’t be reached just now',
    unreachableHint: 'We keep trying. It goes on here by itself.',
    offline: 'Your device is offline',
    offlineHint: 'The show goes on here once you are connected again.',
    stalled: 'Waiting for the picture…',
    stalledHint: 'It goes on here by itself.',
    unsupported: 'This browser can’t play the show',
    unsupportedHint: 'Please open the link in another or a newer browser.',
    badLink: 'This link is not complete',
    badLinkHint: 'Please ask for the link again.',
    live: 'Live',
    delay: 'Delay {value}',
    delayEstimated: 'Delay about {value}, estimated',
    delayUnknown: 'Delay not known',
    seconds: '{value} s',
    soundOn: 'Sound on',
    soundOff: 'Sound off',
    play: 'Play',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    video: 'Show {name}',
  },
  zh: {
    opening: '正在打开直播…',
    waiting: '直播还没有开始',
    waitingHint: '开始后会在这里自动播放。',
    interrupted: '直播暂时中断',
    interruptedHint: '恢复后会在这里自动继续。',
    unreachable: '暂时连不上直播',
    unreachableHint: '正在不断重试，连上后自动继续。',
    offline: '您的设备没有联网',
    offlineHint: '联网后直播会在这里自动继续。',
    stalled: '正在等待画面…',
    stalledHint: '画面会在这里自动继续。',
    unsupported: '这个浏览器无法播放直播',
    unsupportedHint: '请换一个浏览器，或更新后再打开链接。',
    badLink: '链接不完整',
    badLinkHint: '请重新索取链接。',
    live: '直播中',
    delay: '延迟 {value}',
    delayEstimated: '延迟约 {value}（估计）',
    delayUnknown: '延迟未知',
    seconds: '{value} 秒',
    soundOn: '打开声音',
    soundOff: '关闭声音',
    play: '播放',
    fullScreen: '全屏',
    leaveFullScreen: '退出全屏',
    video: '直播 {name}',
  },
} as const;

/** A language the pages speak. */
export type Language = keyof typeof words;

/** The name of a phrase. */
export type Phrase = keyof (typeof words)['en'];
