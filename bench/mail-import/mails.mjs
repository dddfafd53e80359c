/** What is made of a seed: mails in threads, some with a file, and to how many conversations they belong. */
export function makeMails({ mails = 5000, threads = 1500, files = 1000, megabytes = 200, seed = 1, to }) {
  const random = mulberry(seed);
  const fileBytes = Math.floor((megabytes * 2 ** 20 - mails * 6000) / files / 1.37);
  const sizes = threadSizes(mails, threads, random);
  const made = [];
  for (const [thread, size] of sizes.entries()) {
    const ids = [];
    for (let number = 0; number < size; number++) {
      const id = `t${thread}.${number}.${seed}@customers.test`;
      const attached = made.length % Math.floor(mails / files) === 0 ? fileBytes : 0;
      made.push({ thread, raw: mail({ thread, number, id, ids: [...ids], to, attached, random }) });
      ids.push(id);
    }
  }
  return { mails: shuffle(made, random).map(({ raw }) => raw), sizes };
}

function mail({ thread, number, id, ids, to, attached, random }) {
  const text = paragraphs(random);
  const headers = [
    `From: Customer ${thread} <customer${thread}@customers.test>`,
    `To: ${to}`,
    `Subject: ${ids.length ? 'Re: ' : ''}Question ${thread} about order ${1000 + thread}`,
    `Date: ${new Date(Date.UTC(2026, 0, 1, 0, 0) + (thread * 50 + number) * 60_000).toUTCString()}`,
    `Message-ID: <${id}>`,
    ...(ids.length ? [`In-Reply-To: <${ids.at(-1)}>`, `References: ${ids.map((each) => `<${each}>`).join(' ')}`] : []),
    'MIME-Version: 1.0',
  ];
  const boundary = `b-${thread}-${number}`;
  const alternative = [
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    `--${boundary}`,
    'Content-Type: text/html; charset=utf-8',
    '',
    `<html><body>${text.replaceAll('\r\n\r\n', '</p><p>')}</body></html>`,
    `--${boundary}--`,
  ];
  if (!attached) {
    return [...headers, `Content-Type: multipart/alternative; boundary="${boundary}"`, '', ...alternative, ''].join('\r\n');
  }
  const bytes = Buffer.alloc(attached, 0);
  for (let at = 0; at < attached; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), Math.min(at, attached - 4));
  return [
    ...headers,
    `Content-Type: multipart/mixed; boundary="m-${boundary}"`,
    '',
    `--m-${boundary}`,
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...alternative,
    `--m-${boundary}`,
    `Content-Type: image/jpeg; name="photo-${thread}.jpg"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="photo-${thread}.jpg"`,
    '',
    bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
    `--m-${boundary}--`,
    '',
  ].join('\r\n');
}

const words =
  'the lamp order parcel arrived broken cable please refund colour size delivery address invoice thanks question weekend shop'.split(' ');

function paragraphs(random) {
  const paragraph = () => Array.from({ length: 60 }, () => words[Math.floor(random() * words.length)]).join(' ');
  return Array.from({ length: 4 }, paragraph).join('.\r\n\r\n');
}

/** As many sizes as threads, adding up to the mails. */
function threadSizes(mails, threads, random) {
  const sizes = Array.from({ length: threads }, () => 1);
  for (let left = mails - threads; left > 0; left--) sizes[Math.floor(random() * threads)] += 1;
  return sizes;
}

function shuffle(list, random) {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other], list[at]];
  }
  return list;
}

/** Mulberry32: the same numbers from the same seed. */
function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
