import { createHash } from 'node:crypto';

/** Ticks of 100 ns from 1601, in which Windows counts, to 1970. */
const unixEpoch = 116_444_736_000_000_000n;
const headerBytes = 22;
/** No real thread is longer; what is begins anew. */
const maxBytes = headerBytes + 200 * 5;

/**
 * The Thread-Index of an answer, by which Outlook and Exchange keep threads (MS-OXOMSG §2.2.1.3): that of the mail
 * answered with a block of five bytes more for this answer. Where that mail has none, a beginning of 22 bytes is made from
 * `root`, the thread's first Message-ID, so that all our mails of a thread begin alike. Base64.
 */
export function answeringIndex(received: string | null, root: string, at: Date): string {
  const parent = Buffer.from(received?.replace(/\s+/g, '') ?? '', 'base64');
  const usable = parent.length >= headerBytes && parent.length < maxBytes && (parent.length - headerBytes) % 5 === 0;
  return (usable ? Buffer.concat([parent, childBlock(parent, at)]) : beginning(root)).toString('base64');
}

/** One reserved byte, five of a time, and sixteen that name the thread. The time has to be the same for the whole thread, whichever of its mails is answered. */
function beginning(root: string): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(unixEpoch + BigInt(Date.UTC(2020, 0, 1)) * 10_000n);
  return Buffer.concat([Buffer.from([1]), time.subarray(1, 6), createHash('sha256').update(root).digest().subarray(0, 16)]);
}

/** How long after the thread's beginning: 31 bits of the difference, rough for long ones; then four bits of chance and four that are zero. */
function childBlock(parent: Buffer, at: Date): Buffer {
  const began = parent.readUIntBE(1, 5);
  // The header leaves out the top byte of the time and its two lowest, but the first byte is a reserved 1, which is the top one till 2057.
  const start = (0x01n << 56n) | (BigInt(began) << 16n);
  const now = unixEpoch + BigInt(at.getTime()) * 10_000n;
  const passed = now > start ? now - start : 0n;
  const far = passed >> 49n > 0n;
  const delta = (passed >> (far ? 23n : 18n)) & 0x7fffffffn;
  const block = Buffer.alloc(5);
  block.writeUInt32BE(Number(delta) + (far ? 2 ** 31 : 0));
  block[4] = (at.getTime() & 0xf) << 4;
  return block;
}
