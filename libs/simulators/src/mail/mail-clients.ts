import type { Persona } from './mail-topics.js';

/** The mail being answered, as its reader's mail program quotes it. */
export interface Quoted {
  from: string;
  address: string;
  to: string;
  date: Date;
  subject: string;
  text: string;
}

/** A body as a mail program writes it: always text, mostly HTML too. */
export interface Body {
  text: string;
  html?: string;
}

/** Lays out words, signature and quoted history the way the persona's mail program does. */
export function compose(persona: Persona, words: string, quoted?: Quoted): Body {
  return clients[persona.client](persona, words, quoted);
}

type Client = (persona: Persona, words: string, quoted?: Quoted) => Body;

const clients: Record<Persona['client'], Client> = { gmail, outlook, apple, thunderbird, plain };

function gmail({ name }: Persona, words: string, quoted?: Quoted): Body {
  const signature = name.split(' ')[0] ?? name;
  if (!quoted)
    return {
      text: `${words}\n\n${signature}\n`,
      html: `<div dir="ltr">${lines(words, 'div')}<div><br></div><div>${signature}</div></div>`,
    };
  const intro = `On ${day(quoted.date)} at ${clock(quoted.date)}, ${quoted.from} <${quoted.address}> wrote:`;
  return {
    text: `${words}\n\n${intro}\n\n${arrows(quoted.text)}\n`,
    html:
      `<div dir="ltr">${lines(words, 'div')}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escape(intro)}<br></div>` +
      `<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">${breaks(quoted.text)}</blockquote></div>`,
  };
}

function outlook({ name }: Persona, words: string, quoted?: Quoted): Body {
  const own = `${words}\n\nBest regards\n${name}\n`;
  const page = (inner: string) =>
    `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0cm; font-size:11.0pt;}</style></head><body lang="EN-GB"><div class="WordSection1">${inner}</div></body></html>`;
  const html = lines(own, 'p class="MsoNormal"').replaceAll('<br>', '<o:p>&nbsp;</o:p>');
  if (!quoted) return { text: own, html: page(html) };
  const header = [
    ['From', `${quoted.from} <${quoted.address}>`],
    ['Sent', `${day(quoted.date)} ${clock(quoted.date)}`],
    ['To', quoted.to],
    ['Subject', quoted.subject],
  ] as const;
  const rule = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">';
  return {
    text: `${own}\n\n${header.map(([key, value]) => `${key}: ${value}`).join('\n')}\n\n${quoted.text}\n`,
    html: page(
      `${html}<div>${rule}<p class="MsoNormal">${header.map(([key, value]) => `<b>${key}:</b> ${escape(value)}`).join('<br>')}</p></div></div><p class="MsoNormal">${breaks(quoted.text)}</p>`,
    ),
  };
}

function apple({ name }: Persona, words: string, quoted?: Quoted): Body {
  const phone = 'Sent from my iPhone';
  if (!quoted) {
    return {
      text: `${words}\n\n${name}\n\n${phone}\n`,
      html: `<html><body dir="auto">${lines(words, 'div')}<div><br></div><div>${escape(name)}</div><div><br></div><div dir="ltr">${phone}</div></body></html>`,
    };
  }
  const intro = `On ${quoted.date.getUTCDate()} ${month(quoted.date)} ${quoted.date.getUTCFullYear()}, at ${clock(quoted.date)}, ${quoted.from} <${quoted.address}> wrote:`;
  return {
    text: `${words}\n\n${phone}\n\n> ${intro}\n> \n${arrows(quoted.text)}\n`,
    html: `<html><body dir="auto">${lines(words, 'div')}<div><br></div><div dir="ltr">${phone}</div><div dir="ltr"><br><blockquote type="cite">${escape(intro)}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">${breaks(quoted.text)}</div></blockquote></body></html>`,
  };
}

function thunderbird({ name }: Persona, words: string, quoted?: Quoted): Body {
  if (!quoted) return { text: `${words}\n\n-- \n${name}\n` };
  const date = `${String(quoted.date.getUTCDate()).padStart(2, '0')}.${String(quoted.date.getUTCMonth() + 1).padStart(2, '0')}.${quoted.date.getUTCFullYear()}`;
  return { text: `Am ${date} um ${clock(quoted.date)} schrieb ${quoted.from}:\n${arrows(quoted.text)}\n\n${words}\n\n-- \n${name}\n` };
}

function plain({ name }: Persona, words: string, quoted?: Quoted): Body {
  const own = `${words}\n\n${name}\n`;
  return {
    text: quoted ? `${own}\n-----Original Message-----\nFrom: ${quoted.from}\nSubject: ${quoted.subject}\n\n${quoted.text}\n` : own,
  };
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = (date: Date) => months[date.getUTCMonth()] ?? '';
const day = (date: Date) => `${weekdays[date.getUTCDay()]}, ${date.getUTCDate()} ${month(date)} ${date.getUTCFullYear()}`;
const clock = (date: Date) => date.toISOString().slice(11, 16);
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const breaks = (text: string) => escape(text).replaceAll('\n', '<br>\n');
const arrows = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
const lines = (text: string, tag: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `<${tag}>${escape(line) || '<br>'}</${tag.split(' ')[0]}>`)
    .join('');
