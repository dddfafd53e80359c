import { Piscina } from 'piscina';
import { MalformedPayload, type Content } from '#libs/connector';
import { sizeOf } from './content.js';
import type { Mail } from './read-mail.js';
import type readInThisThread from './reader-thread.js';

export interface ReaderTask {
  source: Content;
  receivedAt: Date;
  spool: string;
}

const threads = 2;
const maxMegabytes = 192;
const maxSeconds = 20;
/** A process that was awake for so much less than the time that passed was paused, or had no processor. */
const standstillMs = 3_000;
const beatMs = 1_000;
/** A mail so large that its bytes alone take a while gets a second more for each so many of them. */
const bytesPerSecond = 10 * 2 ** 20;

// Threads run no TypeScript: started from a source file, as by the tests, it is the built one that runs.
const filename = new URL('reader-thread.js', import.meta.url.replace(/\/libs\/(?=email\/src\/[\w-]+\.ts$)/, '/dist/libs/')).href;

type Result = Awaited<ReturnType<typeof readInThisThread>>;

let pool: Piscina<ReaderTask, Result> | null = null;
let free = threads;
const queue: Array<() => void> = [];

/** Has a thread read a mail. Throws {@link MalformedPayload} as {@link readMail} says. */
export async function readInThread(task: ReaderTask, seconds = secondsFor(task)): Promise<Mail> {
  // The time limit is for reading; time spent waiting for a thread must not count.
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => queue.push(resolve));
  try {
    return await read(task, seconds);
  } finally {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }
}

const secondsFor = ({ source }: ReaderTask) => maxSeconds + Math.floor(sizeOf(source) / bytesPerSecond);

async function read(task: ReaderTask, seconds: number): Promise<Mail> {
  const startedAt = performance.now();
  const late = AbortSignal.timeout(seconds * 1000);
  let awakeMs = 0;
  const beats = setInterval(() => (awakeMs += beatMs), beatMs);
  const reading = run(task, late).finally(() => clearInterval(beats));
  const result = await reading.catch((error: NodeJS.ErrnoException) => {
    // Our whole process stood still: that says nothing about the mail, which may be read again.
    if (late.aborted && performance.now() - startedAt - awakeMs > standstillMs) throw error;
    if (late.aborted) throw new MalformedPayload(`Reading the mail took longer than ${seconds} seconds`, { cause: error });
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      throw new MalformedPayload(`Reading the mail needs more memory than ${maxMegabytes} MB`, { cause: error });
    throw error;
  });
  if ('malformed' in result) throw new MalformedPayload(result.malformed);
  return { ...result.mail, attachments: result.mail.attachments.map(withBuffer) };
}

/** A thread that cannot even start fails no task by itself: the pool only says so, and starts no other. */
async function run(task: ReaderTask, signal: AbortSignal): Promise<Result> {
  const current = (pool ??= new Piscina({
    filename,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
    // A small nursery: buffers of a stream live briefly, and are let go only when it is cleared.
    resourceLimits: { maxOldGenerationSizeMb: maxMegabytes, maxYoungGenerationSizeMb: 16 },
  }));
  const { promise: broken, reject } = Promise.withResolvers<never>();
  current.on('error', reject);
  try {
    return await Promise.race([current.run(task, { signal }), broken.catch(giveUp)]);
  } finally {
    current.off('error', reject);
  }
}

async function giveUp(error: Error): Promise<never> {
  const useless = pool;
  pool = null;
  await useless?.destroy();
  throw error;
}

/** A buffer that came from another thread is a bare Uint8Array. */
function withBuffer<A extends { content: Content }>(attachment: A): A {
  const { content } = attachment;
  return content instanceof Uint8Array
    ? { ...attachment, content: Buffer.from(content.buffer, content.byteOffset, content.length) }
    : attachment;
}
