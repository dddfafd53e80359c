import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { vectors } from './fixtures/xss-corpus.js';
import { htmlToText } from './html-to-text.js';
import { sanitizeIncoming, sanitizeOutgoing } from './html.js';

const elements =
  'p div span br hr a img b strong i em u s sub sup small big font center h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code table thead tbody tfoot tr td th caption col colgroup';
const attributes =
  'title dir lang align valign bgcolor width height style class href target rel src alt data-blocked-src color size face border cellpadding cellspacing colspan rowspan start type';
const allowed = { elements: elements.split(' '), attributes: attributes.split(' ') };

const sanitizers = { incoming: sanitizeIncoming, outgoing: sanitizeOutgoing };
type Direction = keyof typeof sanitizers;
const directions = Object.keys(sanitizers) as Direction[];

/** The one form in which sanitised HTML may come: text without a bracket, and tags whose attributes are all in quotes. */
const canonical = /^(?:[^<>]|<\/[a-z][a-z0-9]*>|<[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"<>]*")?)*(?: \/)?>)*$/;

test('the corpus is large, and each of its classes is there', () => {
  expect(vectors.length).toBeGreaterThan(250);
  expect(new Set(vectors.map(([kind]) => kind)).size).toBe(7);
});

describe.each(directions)('%s HTML', (direction) => {
  test.each(vectors)('%s: %s leaves only what is allowed', (_kind, html) => {
    const safe = sanitizers[direction](html);
    expect(safe).toMatch(canonical);
    for (const [, name = '', given = ''] of safe.matchAll(/<([a-z0-9]+)((?: [^<>]*)?)>/g)) {
      expect(allowed.elements).toContain(name);
      for (const [, attribute = '', value = ''] of given.matchAll(/ ([a-z-]+)="([^"]*)"/g)) {
        expect(allowed.attributes).toContain(attribute);
        if (['href', 'src', 'data-blocked-src'].includes(attribute)) expect(value).toMatch(addressOf(attribute));
        if (attribute === 'style')
          expect(value).not.toMatch(/\\|position|opacity|url|expression|import|behaviou?r|binding|(?<!\brgba?|\bhsla?)\(/i);
      }
    }
    expect(htmlToText(html)).not.toMatch(/\((?:javascript|vbscript|data|blob|file):/i);
  });
});

function addressOf(attribute: string): RegExp {
  if (attribute === 'href') return /^(?:https?:\/\/[^/]|mailto:|tel:)/i;
  return attribute === 'src' ? /^(?:cid:|https?:|data:image\/(?:png|jpe?g|gif|webp)[;,])/i : /^https?:\/\//i;
}

describe('in a browser without sandbox or policy', () => {
  let browser: Browser;
  let page: Page;
  let events: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.on('dialog', (dialog) => {
      events.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', () => events.push('popup'));
    await page.route(/^https?:/, (route) => {
      events.push(`${route.request().resourceType()} ${route.request().url()}`);
      return route.abort();
    });
    await page.exposeFunction('ran', (how: string) => events.push(`script ${how}`));
    await page.addInitScript(`for (const how of ['alert', 'confirm', 'prompt', 'print'])
      window[how] = () => top.ran(how + ' of ' + (window.frameElement?.srcdoc ?? 'what was put into the page'));`);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  /** What happens when each is a page of its own, in a frame, and is put into a page; and what then stands there that should not. */
  async function open(pages: string[]): Promise<string[]> {
    events = [];
    await page.setContent('<!doctype html><title>Mail</title><body>');
    await page.evaluate(`(${putIn})(${JSON.stringify(pages)})`);
    await sleep(1000);
    return events;
  }
  const faults = () => page.evaluate<string[]>(`(${faultsIn})(${JSON.stringify(allowed)})`);

  test('the corpus does run as it is, so that silence means something', async () => {
    const restless = /^<(?:img|svg|script|details|video|input|math|form)\b/i;
    const happened = await open(vectors.map(([, html]) => html).filter((html) => restless.test(html)));
    expect(new Set(happened.filter((event) => event.startsWith('script'))).size).toBeGreaterThan(30);
  }, 60_000);

  test.each(directions)(
    'of %s HTML nothing runs, loads, navigates or stands over the page',
    async (direction) => {
      const happened = await open(vectors.map(([, html]) => sanitizers[direction](html)));
      // What an agent sends may show pictures from elsewhere; what strangers send may not.
      expect(happened.filter((event) => direction === 'incoming' || !event.startsWith('image'))).toEqual([]);
      expect(await faults()).toEqual([]);
    },
    60_000,
  );
});

/* These two run in the page. */

const putIn = `(pages) => Promise.all(pages.map((html) => new Promise((done) => {
  document.body.append(Object.assign(document.createElement('section'), { innerHTML: html }));
  document.body.append(Object.assign(document.createElement('iframe'), { srcdoc: html, onload: done }));
  setTimeout(done, 5000);
})))`;

const faultsIn = `(allowed) => {
  const faultsOf = (element) => [
    ...(allowed.elements.includes(element.localName) && element.namespaceURI.endsWith('/xhtml') ? [] : ['element']),
    ...[...element.attributes].filter(({ name }) => !allowed.attributes.includes(name)).map(({ name }) => 'attribute ' + name),
    ...(element.href && !['http:', 'https:', 'mailto:', 'tel:'].includes(element.protocol) ? ['address'] : []),
    ...(element.ownerDocument.defaultView.getComputedStyle(element).position === 'static' ? [] : ['position']),
  ].map((fault) => fault + ' in ' + element.outerHTML);
  const roots = [...document.querySelectorAll('section'), ...[...document.querySelectorAll('body > iframe')].map((frame) => frame.contentDocument.body)];
  return roots.flatMap((root) => [...root.querySelectorAll('*')].flatMap(faultsOf));
}`;
