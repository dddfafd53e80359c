import { type Errand, historyMark, quoteMark, replyText, type ReplyText } from './reply-text.js';

/**
 * The reply in a mail's text, cut where its HTML (as text with marks, `converted`) says that history begins: structure
 * knows every language. Where the two parts differ too much for that, the words of the text decide, and where those find
 * nothing, the HTML gives the reply.
 */
export function replyByStructure(text: string, converted: string, errand: Errand = 'answer'): ReplyText {
  const byWords = replyText(text, errand);
  if (text === converted || !hasMarks(converted)) return byWords;
  const byStructure = replyText(converted, errand);
  if (!byStructure.quoted) return byWords;
  return cutOut(text, byStructure.reply) ?? (byWords.quoted ? byWords : byStructure);
}

function hasMarks(converted: string): boolean {
  return converted.includes(quoteMark) || converted.includes(historyMark) || /^>/m.test(converted);
}

const spoken = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/** The lines of a text that say just what the reply says; null when no lines do. */
function cutOut(text: string, reply: string): ReplyText | null {
  const lines = text.split('\n');
  const wanted = spokenIn(reply);
  const said = lines.map(spokenIn);
  const all = said.join('');
  const from = all.startsWith(wanted) ? 0 : all.lastIndexOf(wanted);
  if (!wanted || from < 0) return null;
  const start = lineAt(said, from);
  const end = lineAt(said, from + wanted.length);
  if (start === null || end === null) return null;
  const rest = [...lines.slice(0, start), '', ...lines.slice(end)].join('\n');
  return { reply: trimmed(lines.slice(start, end).join('\n')), quoted: trimmed(rest) || null };
}

const spokenIn = (text: string) => [...text].filter((character) => spoken.test(character)).join('');

/** The line that begins after so many spoken characters; null when they end within one. */
function lineAt(said: string[], position: number): number | null {
  let passed = 0;
  for (const [at, words] of said.entries()) {
    if (passed === position && words) return at;
    passed += words.length;
    if (passed > position) return null;
  }
  return passed === position ? said.length : null;
}

const trimmed = (text: string) => text.replace(/\n{3,}/g, '\n\n').trim();
