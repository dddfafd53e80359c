import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MailParser, type AttachmentStream, type MessageText } from 'mailparser';
import { MalformedPayload, type Content } from '#libs/connector';
import { Mender } from './mend.js';
import type { Parameterised } from './parameters.js';
import type { RawHeader } from './raw-headers.js';
import type { Spool } from './content.js';

/** A part that is no text to read, as it came. */
export interface FilePart {
  filename: string;
  contentType: string;
  /** Its Content-ID without brackets, or its Content-Location. */
  contentId: string | null;
  content: Content;
}

/** A mail taken apart: all its text, all its HTML, and the files. */
export interface Parts {
  text: string;
  html: string | null;
  /** Whether the HTML says something that the text does not; then it says all that the text does. */
  isMorePage: boolean;
  files: FilePart[];
  /** The types of all parts, the mail's own first. */
  types: Parameterised[];
}

const options = {
  skipHtmlToText: true,
  skipImageLinks: true,
  skipTextLinks: true,
  keepCidLinks: true,
  keepDeliveryStatus: true,
  // A forwarded mail is a file, not words of the one who forwards it.
  ignoreEmbedded: true,
  maxHtmlLengthToParse: Infinity,
};

/** Takes a mail apart while it comes by. Throws {@link MalformedPayload} when nothing can be made of it. */
export async function readParts(headers: RawHeader[], body: AsyncIterable<Buffer>, spool: Spool): Promise<Parts> {
  const mender = new Mender(headers);
  const parser = new MailParser(options);
  const parts: Parts = { text: '', html: null, isMorePage: false, files: [], types: mender.types };
  await pipeline(
    Readable.from(mended(mender, body), { objectMode: false }),
    parser,
    async (found: AsyncIterable<AttachmentStream | MessageText>) => {
      for await (const part of found) {
        if (part.type === 'attachment') parts.files.push(await keep(part, spool));
        else Object.assign(parts, { text: part.text ?? '', html: part.html || null });
      }
    },
  ).catch((error: NodeJS.ErrnoException) => {
    // A full disk is no fault of the mail.
    if (error instanceof MalformedPayload || error.syscall) throw error;
    throw new MalformedPayload(`The mail cannot be read: ${error.message}`, { cause: error });
  });
  return { ...parts, isMorePage: mender.hasLonePage };
}

async function* mended(mender: Mender, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of body) yield* mender.write(chunk);
  yield* mender.end();
}

async function keep({ filename, contentType, contentId, content, release }: AttachmentStream, spool: Spool): Promise<FilePart> {
  const kept = await spool.keep(content as unknown as AsyncIterable<Buffer>);
  release();
  return { filename: filename || '', contentType, contentId: contentId?.replace(/^<|>$/g, '') || null, content: kept };
}
