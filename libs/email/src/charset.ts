import { detect } from 'chardet';
import iconv from 'iconv-lite';

/** Labels seen in the wild that no decoder knows, and those that mean more than they say (WHATWG Encoding §4.2). */
const aliases: Record<string, string> = {
  ...Object.fromEntries(['1252', 'cp-1252', 'windows1252', 'x-cp1252', 'x-ansi'].map((label) => [label, 'windows-1252'])),
  ...Object.fromEntries(['gb2312', 'gbk', 'x-gbk', 'gb_2312-80', 'chinese', 'hz-gb-2312'].map((label) => [label, 'gb18030'])),
  ...Object.fromEntries(['ks_c_5601-1987', 'ks_c_5601', 'euc-kr', 'iso-2022-kr', 'korean'].map((label) => [label, 'cp949'])),
  ...Object.fromEntries(['shift_jis', 'shift-jis', 'sjis', 'x-sjis', 'windows-31j', 'ms_kanji'].map((label) => [label, 'cp932'])),
  ...Object.fromEntries(['unicode-1-1-utf-7', 'x-unicode-2-0-utf-7', 'utf7'].map((label) => [label, 'utf-7'])),
  ...Object.fromEntries(['utf8mb4', 'utf-8mb4', 'unicode-1-1-utf-8', 'x-utf-8'].map((label) => [label, 'utf-8'])),
  'big5-hkscs': 'big5',
  'iso-8859-9': 'windows-1254',
  'iso-8859-8-i': 'iso-8859-8',
  'tis-620': 'windows-874',
  'x-mac-cyrillic': 'maccyrillic',
  unicode: 'utf-16',
  'x-euc-jp': 'euc-jp',
};

/** Labels that programs write without having looked at the text. */
const weak = new Set('ascii us-ascii ansi ansi_x3.4-1968 latin1 iso-8859-1 iso8859-1 iso_8859-1 windows-1252'.split(' '));

/**
 * Text of bytes in the order of evidence that works for mail: byte order mark, escape sequences of ISO-2022-JP, UTF-8 that
 * only UTF-8 can be, the label, the page's own `<meta>`, what the letters look like, and in the end windows-1252.
 */
export function decodeText(bytes: Buffer, label = '', html = false): string {
  return decodeAs(bytes, charsetOf(bytes, clean(label), html)).replace(/^\ufeff/, '');
}

function clean(label: string): string {
  const name = label
    .toLowerCase()
    .replace(/["'\s]|[$;].*$/g, '')
    .replace(/^(cp-?|win-?)(?=125\d$)/, 'windows-')
    .replace(/^_+/, '');
  return aliases[name] ?? name;
}

function charsetOf(bytes: Buffer, label: string, html: boolean): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (isIso2022Jp(bytes)) return 'iso-2022-jp';
  if (/^utf-?(16|32)/.test(label) || label === 'utf-7') return label;
  const high = highBytes(bytes);
  if (!high) return 'utf-8';
  // A short text in a double-byte charset can be UTF-8 by chance, so there the label is believed first.
  if (isDoubleByte(label) && !decodeAs(bytes, label).includes('\ufffd')) return label;
  if (isUtf8(bytes)) return 'utf-8';
  if (isKnown(label) && !weak.has(label) && !(label === 'utf-8' && isMostlyWrong(bytes, high))) return label;
  const meta = html ? clean(/<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})/i.exec(bytes.toString('latin1', 0, 4096))?.[1] ?? '') : '';
  if (isKnown(meta) && meta !== 'utf-8') return meta;
  if (isKnown(label) && label !== 'utf-8' && !label.includes('ascii')) return label;
  return guess(bytes, high);
}

function decodeAs(bytes: Buffer, charset: string): string {
  // Escapes with nothing in between are common, and each would become a replacement character.
  if (charset === 'iso-2022-jp') return new TextDecoder(charset).decode(Buffer.from(withoutEmptyRuns(bytes), 'latin1'));
  return charset === 'utf-8' ? bytes.toString() : iconv.decode(bytes, charset);
}

const withoutEmptyRuns = (bytes: Buffer) => bytes.toString('latin1').replace(/(?:\u001b[$(][@BIJ])+(?=\u001b[$(][@BIJ])/g, '');

/** Whether these bytes can be read as UTF-8, plain ASCII included. */
export function isUtf8(bytes: Buffer): boolean {
  try {
    // Text cut short may end in the middle of a character.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function isIso2022Jp(bytes: Buffer): boolean {
  return bytes.includes(0x1b) && /\u001b\$[@B]|\u001b\([IJ]/.test(bytes.toString('latin1'));
}

const isDoubleByte = (label: string) => ['gb18030', 'big5', 'cp932', 'cp949', 'euc-jp'].includes(label);

const isKnown = (label: string) => label !== '' && label !== 'binary' && iconv.encodingExists(label);

function highBytes(bytes: Buffer): number {
  let high = 0;
  for (const byte of bytes) if (byte > 0x7f) high += 1;
  return high;
}

const isMostlyWrong = (bytes: Buffer, high: number) => bytes.toString().split('\ufffd').length - 1 > high / 3;

// Statistics need letters to count; a few accents are windows-1252 far more often than anything else.
function guess(bytes: Buffer, high: number): string {
  const found = high > 40 ? clean(detect(bytes.subarray(0, 65_536)) ?? '') : '';
  return isKnown(found) && !/^iso-8859-[1259]$/.test(found) ? found : 'windows-1252';
}
