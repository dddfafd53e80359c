const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in HTML and in a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);

/** Addresses of the web and of mail; a full stop or bracket after one ends the sentence, not the address. */
const links = /\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?')\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** Plain text as simple HTML: paragraphs, line breaks and links, everything else escaped. */
export function textToHtml(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${linked(paragraph).replaceAll('\n', '<br>\n')}</p>`)
    .join('\n');
}

function linked(text: string): string {
  let html = '';
  let done = 0;
  for (const { 0: link, index } of text.matchAll(links)) {
    const target = link.startsWith('http') ? link : `mailto:${link}`;
    html += `${escapeHtml(text.slice(done, index))}<a href="${escapeHtml(target)}">${escapeHtml(link)}</a>`;
    done = index + link.length;
  }
  // Two spaces in a row and those at the start of a line are meant, as in lists and code.
  return (html + escapeHtml(text.slice(done))).replace(/^ +| {2,}/gm, (spaces) => '&nbsp;'.repeat(spaces.length));
}
