const link = /<a ([^<>]*)>([\s\S]*?)<\/a>/g;
const named =
  /(?:^|[\s(<[])(?:https?:\/\/|www\.|[^\s@<>]{1,64}@(?=[\w-]+\.))?((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?=$|[\s/:?#)\]>,;.])/iu;

/**
 * Adds in brackets where a link of sanitised HTML leads, when its words name another host: `www.bank.example [evil.example]`.
 * Both names being of one family, as `example.org` and `www.example.org`, is no difference.
 */
export function showRealHosts(html: string): string {
  return html.replace(link, (anchor: string, attributes: string, content: string) => {
    const real = hostOf(decoded(/(?:^| )href="([^"]*)"/.exec(attributes)?.[1] ?? ''));
    const said = real && hostNamedIn(decoded(content.replace(/<[^<>]*>/g, '')));
    return said && !sameFamily(said, real) && !content.endsWith(` [${real}]`) ? `<a ${attributes}>${content} [${real}]</a>` : anchor;
  });
}

function hostNamedIn(words: string): string | null {
  const text = words.slice(0, 500).trim();
  const host = named.exec(text)?.[1];
  // A word with a dot in a sentence may be a slip or a file; with nothing around it, or as an address, it is a host.
  const asAddress = host && (/https?:\/\/|www\.|@/i.test(text) || !/\s/.test(text));
  return asAddress ? hostOf(`http://${host}`) : null;
}

function hostOf(address: string): string | null {
  const mailbox = /^mailto:[^?]*@([^?@,;\s]+)/i.exec(address)?.[1];
  const url = mailbox ? `http://${mailbox}` : address;
  return /^https?:/i.test(url) && URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') || null : null;
}

function sameFamily(one: string, other: string): boolean {
  const [a, b] = [one, other].map((host) => host.replace(/^www\./, ''));
  return a === b || `.${a}`.endsWith(`.${b}`) || `.${b}`.endsWith(`.${a}`);
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

function decoded(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity);
}
