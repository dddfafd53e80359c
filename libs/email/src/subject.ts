/** "Re:" as mail programs of many languages write it; see email programs' own lists, not a standard. */
const replies =
  're|aw|antw|antwort|sv|vs|rv|res|resp|r|ref|réf|rif|odp|vá|ynt|απ|σχετ|atb|bls|ответ|отв|на|відп|回复|回覆|答复|答覆|返信|회신|답장|trả lời|hồi âm';
/** "Fwd:" likewise. */
const forwards =
  'fw|fwd|wg|tr|enc|i|fs|vl|vb|vid|pd|továbbítás|továbbítva|ilt|i̇lt|prosl|doorst|пересл|пересылка|πρθ|προωθ|trs|转发|轉寄|転送|전달|chuyển tiếp';
const counter = '\\s*(?:\\[\\d{1,3}\\]|\\(\\d{1,3}\\)|\\^\\d{1,3}|\\d{1,2})?\\s*[:：]';
const prefix = (words: string) => new RegExp(`^\\s*(?:${words})${counter}\\s*`, 'iu');
const replyPrefix = prefix(replies);
const forwardPrefix = prefix(forwards);
/** "[List name]", "[EXTERNAL]", "[#1234]" at the beginning. */
const tag = /^\s*[[【][^[\]【】]{0,60}[\]】]\s*/u;
const maxPrefixes = 20;

/** Whether a subject begins with a reply prefix, also behind tags. */
export const saysReply = (subject: string): boolean => replyPrefix.test(withoutTags(subject));

/** Whether a subject begins with a forward prefix, or ends with "(fwd)". */
export const saysForward = (subject: string): boolean => forwardPrefix.test(withoutTags(subject)) || /\(fwd\)\s*$/i.test(subject);

/**
 * The base subject (RFC 5256 §2.1, with the prefixes of other languages): what is left without reply and forward prefixes,
 * tags and a trailing "(fwd)"; in lower case, white space single. A subject that is nothing but a tag keeps it.
 */
export function baseSubject(subject: string | null): string {
  let base = (subject ?? '').normalize('NFKC').replace(/\s+/g, ' ').trim();
  for (let round = 0; round < maxPrefixes; round++) {
    const shorter = base
      .replace(replyPrefix, '')
      .replace(forwardPrefix, '')
      .replace(/\s*\(fwd\)$/i, '');
    const untagged = shorter.replace(tag, '') || shorter;
    if (untagged === base) break;
    base = untagged.trim();
  }
  return base.toLowerCase();
}

function withoutTags(subject: string): string {
  let rest = subject.normalize('NFKC');
  for (let round = 0; round < maxPrefixes && tag.test(rest); round++) rest = rest.replace(tag, '');
  return rest;
}
