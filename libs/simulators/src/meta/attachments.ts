import type { Core, EventElement } from './core.js';
import { GraphError } from './graph-error.js';
import type { FileKind, MediaFile } from './media-files.js';
import { metaId } from './random.js';
import type { MetaAccount } from './world.js';

const MB = 1024 * 1024;
const kinds: FileKind[] = ['image', 'video', 'audio', 'file'];

/** What Instagram takes: content types and bytes. Messenger takes anything up to 25 MB that is what it is called. */
const instagramTakes: Record<FileKind, { types: RegExp; most: number }> = {
  image: { types: /^image\/(png|jpeg|gif)$/, most: 8 * MB },
  audio: { types: /^audio\/(aac|mp4|m4a|x-m4a|wav|x-wav|wave)$/, most: 25 * MB },
  video: { types: /^video\/(mp4|ogg|x-msvideo|avi|quicktime|webm)$/, most: 25 * MB },
  file: { types: /^application\/pdf$/, most: 25 * MB },
};
const messengerMost = 25 * MB;

/** A file an app sends along, checked and kept. */
export interface OutgoingFile {
  kind: FileKind;
  /** On the CDN. */
  id: string;
}

/** Files that apps send: fetched from where they say, uploaded with the call, or uploaded before and named by an id. */
export class Attachments {
  private readonly uploads = new Map<string, OutgoingFile & { account: MetaAccount }>();

  constructor(private readonly core: Core) {}

  /** Takes `attachment` or each of `attachments`; `filedata` is what a multipart call brought. */
  async take(account: MetaAccount, attachment: Record<string, unknown>, filedata?: MediaFile): Promise<OutgoingFile> {
    const { type, payload } = attachment as { type?: FileKind; payload?: { url?: unknown; attachment_id?: unknown } };
    if (!type || !kinds.includes(type)) throw new GraphError(100, `Param message[attachment][type] must be one of {${kinds.join(', ')}}`);
    if (payload?.attachment_id !== undefined) return this.uploaded(account, String(payload.attachment_id), type);
    const file = filedata ?? (await this.fetched(payload?.url, type));
    check(account, type, file);
    const id = this.core.cdn.keep(file, account.kind === 'page' ? 'facebook' : 'instagram');
    return { kind: type, id };
  }

  /** Takes a file for later; answers the id it can be sent by, any number of times and by this account only. */
  async upload(account: MetaAccount, attachment: Record<string, unknown>, filedata?: MediaFile): Promise<string> {
    const file = await this.take(account, attachment, filedata);
    const attachmentId = metaId('attachment', this.core.world.seed, account.id, file.id);
    this.uploads.set(attachmentId, { ...file, account });
    return attachmentId;
  }

  /** As webhooks put it into an echo. */
  echoed(files: OutgoingFile[]): EventElement {
    return { attachments: files.map(({ kind, id }) => ({ type: kind, payload: { url: this.core.cdn.url(id) } })) };
  }

  private uploaded(account: MetaAccount, id: string, type: FileKind): OutgoingFile {
    const upload = this.uploads.get(id);
    if (!upload || upload.account !== account) throw new GraphError(100, 'Cannot find the attachment by its id', 2018074);
    if (upload.kind !== type) throw new GraphError(100, 'The attachment is of another type', 2018047);
    return upload;
  }

  /** Fetches as Meta does: a video within 75 s, all else within 10 s of real time. */
  private async fetched(url: unknown, type: FileKind): Promise<MediaFile> {
    if (typeof url !== 'string' || !/^https?:\/\//.test(url)) throw new GraphError(100, 'Param payload[url] should represent a valid URL');
    try {
      const signal = AbortSignal.timeout(type === 'video' ? this.core.habits.fetchVideoWithinMs : this.core.habits.fetchWithinMs);
      const response = await fetch(url, { signal });
      if (!response.ok) throw unfetched(`answered ${response.status}`);
      const contentType = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
      const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) || type);
      return { name, contentType, bytes: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
      if (error instanceof GraphError) throw error;
      throw unfetched((error as Error).name);
    }
  }
}

const unfetched = (why: string) => new GraphError(100, `Failed to fetch the file from the url: ${why}`, 2018008);

function check({ kind }: MetaAccount, type: FileKind, { contentType, bytes }: MediaFile): void {
  const most = kind === 'page' ? messengerMost : instagramTakes[type].most;
  if (bytes.length > most) throw new GraphError(100, 'Attachment size exceeds allowable limit', 2018109);
  const right = kind === 'page' ? type === 'file' || contentType.startsWith(`${type}/`) : instagramTakes[type].types.test(contentType);
  if (!right) throw new GraphError(100, `Upload attachment failure: ${contentType} is no ${type}`, 2018047);
}
