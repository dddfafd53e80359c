type Attributes = Record<string, string>;

/** The names by which mail programs mark what is not new; Outlook puts `x_` before each when it quotes one of them in turn. */
const marks: [string, RegExp][] = [
  // A line of attribution: what stands in it is never an answer.
  ['quoted-history attribution', /^(gmail_attr|moz-cite-prefix|AppleMailQuoteHeader)$/],
  // Answers may stand between the quotations within.
  ['quoted-history answers-within', /^(gmail_quote|gmail_quote_container|protonmail_quote|tutanota_quote)$/],
  // An empty element, a rule or a header block; the mail below it is its neighbour.
  [
    'quoted-history until-the-end',
    /^(appendonsend|divRplyFwdMsg|stopSpelling|_pHCWrapper|_persistentHeaderContainer|__DIVIDER__|ms-outlook-mobile-body-separator-line)$/,
  ],
  [
    'quoted-history',
    /^((ydp\w{0,20})?yahoo_quoted(_\w+)?|zmail_extra|hs_reply|front-blockquote|freshdesk_quote|missive_quote|mail-quote-collapse|__QUOTED_TEXT__|OLK_SRC_BODY_SECTION|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|replyTo_quoteContent|_originalContent|aolmail_quote|cs-quote|replySplit_quote)$/,
  ],
  [
    'signature',
    /^(gmail_signature|gmail_signature_prefix|moz-signature|signature|protonmail_signature_block|AppleMailSignature|composer_signature|front-signature|ms-outlook-mobile-signature|tutanota_signature|__SIG_(PRE|POST)__|Zm-_Id_-Sgn\d*|bloop_sign)$/i,
  ],
];

/** All classes that sanitised HTML may carry. */
export const quoteClasses = [...new Set(marks.flatMap(([classes]) => classes.split(' ')))];

/** What of a mail is history or signature by its structure, as classes; undefined for what may be new words. */
export function quoteClass(tag: string, attribs: Attributes): string | undefined {
  const names = `${attribs.class ?? ''} ${attribs.id ?? ''} ${attribs['data-marker'] ?? ''} ${attribs['data-smartmail'] ?? ''}`
    .slice(0, 500)
    .split(/\s+/)
    .map((name) => name.replace(/^(x_)+/, ''));
  const ours = names.filter((name) => quoteClasses.includes(name));
  if (ours.includes('quoted-history')) return ours.join(' ');
  if ('data-quote-root' in attribs || (tag === 'blockquote' && attribs.type?.toLowerCase() === 'cite')) return 'quoted-history';
  const found = marks.find(([, mark]) => names.some((name) => mark.test(name)))?.[0];
  return tag === 'blockquote' && found?.startsWith('quoted-history') ? 'quoted-history' : found;
}
