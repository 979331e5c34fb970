import type { Failure } from '../bridge/bindings';
import type { Language } from './words';

type InWords = Record<Language, string>;
const said = (en: string, zh: string): InWords => ({ en, zh });

/** What is said for a code; one that isn't here shows the sentence it came with, and `{sentence}` stands for that. */
const failures: Record<string, InWords> = {
  'window.closing': said('The studio is being closed.', '程序正在关闭。'),
  'window.no_show': said('No show is open yet.', '还没有打开直播。'),
  'window.no_answer': said('The studio does not answer.', '直播程序没有响应。'),
  'control.no_such_scene': said('This scene is gone.', '这个场景已不存在。'),
  'control.no_such_layer': said('This part of the scene is gone.', '场景中的这部分已不存在。'),
  'control.no_such_sound': said('This microphone is gone.', '这个麦克风已不存在。'),
  'control.no_such_source': said('This camera or microphone is gone.', '这个摄像头或麦克风已不存在。'),
  'control.no_such_place': said('This place is gone.', '这个平台已不存在。'),
  'control.in_use': said('It is in use just now: it is on air, or another scene shows it.', '正在使用中：它正在播出，或被其他场景用到。'),
  'control.too_many_scenes': said('There are too many scenes. Remove one first.', '场景太多，请先移除一个。'),
  'control.busy': said('Too much at once. Please try again in a moment.', '操作太快，请稍后再试。'),
  'control.over': said('The show is over.', '直播已经结束。'),
  'control.nothing_to_take_back': said('There is nothing to take back.', '没有可以撤回的操作。'),
  'control.bad_place': said('This place can’t be used: {sentence}.', '无法使用这个平台：{sentence}。'),
  'control.bad_source': said('This device can’t be used: {sentence}.', '无法使用这个设备：{sentence}。'),
  'control.place_in_use': said('You are on air there. End the show first.', '正在该平台播出，请先下播。'),
  'keep.folder': said('The studio’s folder can’t be written: is the disk full?', '无法写入程序文件夹，磁盘是否已满？'),
  'keep.mark': said('The studio’s folder can’t be written: is the disk full?', '无法写入程序文件夹，磁盘是否已满？'),
  'keep.taken': said('The studio is open already in another window.', '程序已在另一个窗口中打开。'),
  'show.two_names': said('This name is taken. Please choose another.', '这个名称已被使用，请换一个。'),
  'show.too_many_layers': said('The scene holds too much. Take something out first.', '场景内容太多，请先去掉一些。'),
  'show.crashed': said('The studio ended unexpectedly. Your show is safe.', '程序上次意外退出，您的直播设置没有丢失。'),
  'show.syntax': said('Its file is damaged.', '直播文件已损坏。'),
  'show.meaning': said('Its file is damaged.', '直播文件已损坏。'),
  'show.newer': said('It was made by a newer version of the studio. Please update.', '它由更新版本的程序创建，请更新程序。'),
  'show.file': said('Its file can’t be read.', '无法读取直播文件。'),
  'show.missing_file': said('A picture or sound of this show can’t be found.', '找不到直播中用到的图片或声音文件。'),
  'show.bad_url': said('This address is not complete.', '地址不完整。'),
  'show.key_in_url': said('Part of this address looks like a stream key. Enter the key in its own field.', '地址中似乎包含密钥，请把密钥填在专门的输入框里。'),
  'show.not_saved': said('The show can’t be saved: is the disk full?', '无法保存直播设置，磁盘是否已满？'),
  'show.over': said('The show has ended by itself. Please open it again.', '直播意外结束，请重新打开。'),
  'show.disk_full': said('The disk is full.', '磁盘已满。'),
  'rtmp.url': said('This address is not complete.', '地址不完整。'),
  'rtmp.resolve': said('The address can’t be found. Check it, and your connection.', '找不到这个地址，请检查地址和网络连接。'),
  'rtmp.refused': said('The place takes nothing at this address. Check the address.', '平台没有响应，请检查地址。'),
  'rtmp.rejected': said('The place refused the show. Check the stream key.', '平台拒绝了直播，请检查直播密钥。'),
  'rtmp.timeout': said('The place does not answer. It is tried again by itself.', '平台没有响应，正在自动重试。'),
  'rtmp.closed': said('The place closed the connection. It is tried again by itself.', '平台断开了连接，正在自动重试。'),
  'rtmp.io': said('The connection broke. It is tried again by itself.', '连接中断，正在自动重试。'),
  'rtmp.codec': said('The place can’t take pictures of this kind.', '平台不支持这种画面格式。'),
  'rtmp.certificate': said('The place can’t prove who it is: nothing was sent. Check the address and this computer’s date.', '无法确认平台的身份，未发送任何内容。请检查地址和电脑的日期。'),
  'rtmp.tls': said('No secure connection to the place. If its address begins with rtmp://, use that.', '无法与平台建立安全连接。如果平台给出的地址以 rtmp:// 开头，请使用该地址。'),
  'srt.url': said('This address is not complete.', '地址不完整。'),
  'srt.resolve': said('The address can’t be found. Check it, and your connection.', '找不到这个地址，请检查地址和网络连接。'),
  'srt.timeout': said('The place does not answer. It is tried again by itself.', '平台没有响应，正在自动重试。'),
  'srt.rejected': said('The place refused the show. Check the stream key.', '平台拒绝了直播，请检查直播密钥。'),
  'srt.passphrase': said('The place has another passphrase. Check it.', '平台的口令不一致，请检查口令。'),
  'srt.lost': said('The connection broke. It is tried again by itself.', '连接中断，正在自动重试。'),
  'srt.io': said('The connection broke. It is tried again by itself.', '连接中断，正在自动重试。'),
  'srt.stream_id': said('The stream key is too long for this place.', '直播密钥过长，平台无法接受。'),
  'srt.handshake': said('At this address is no place to go live.', '这个地址不是开播平台。'),
  'rtmp.handshake': said('At this address is no place to go live.', '这个地址不是开播平台。'),
  'rtmp.protocol': said('The place answers in a way that can’t be understood.', '无法识别平台的响应。'),
  'key.missing': said('Its stream key can’t be found. Enter it again.', '找不到直播密钥，请重新输入。'),
  'key.damaged': said('The kept stream key is damaged. Enter it again.', '保存的直播密钥已损坏，请重新输入。'),
  'key.locked': said('The keyring is locked. Unlock it, then try again.', '系统钥匙串已锁定，请解锁后再试。'),
  'key.name': said('This name can’t be used for a key.', '这个名称不能用于密钥。'),
  'key.empty': said('The stream key is empty.', '直播密钥为空。'),
  'key.file': said('The stream key can’t be kept: is the disk full?', '无法保存直播密钥，磁盘是否已满？'),
  'live.no_place': said('No place is switched on.', '没有启用任何平台。'),
  'live.already': said('You are live already.', '已经开播。'),
  'live.not': said('You are not live.', '当前没有开播。'),
  'live.changing': said('The show is just being started or ended. Please wait a moment.', '正在开播或下播，请稍候。'),
  'graphics.none': said('No graphics can be used on this computer. Install its graphics driver, then try again.', '这台电脑没有可用的显卡驱动，请安装后再试。'),
  'graphics.lost': said('The graphics card stopped. It is started again by itself.', '显卡停止工作，正在自动恢复。'),
};

/** What went wrong, in `language`. */
export function failureIn(language: Language, { code, sentence }: Failure): string {
  const words = Object.hasOwn(failures, code) ? failures[code]?.[language] : undefined;
  return words?.replace('{sentence}', () => sentence) ?? sentence;
}

/** For the test of the words. */
export const failureWords = failures;
