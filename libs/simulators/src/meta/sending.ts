import { Attachments, type OutgoingFile } from './attachments.js';
import type { EventElement } from './core.js';
import type { DirectMessages } from './direct-messages.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import type { MediaFile } from './media-files.js';
import { formOf } from './multipart.js';
import { permit } from './permissions.js';
import { checkSend, type AllowedSend, type Rules } from './send.js';
import type { SendFaults } from './send-faults.js';
import { senderAction } from './sender-actions.js';
import type { Usage } from './usage.js';
import type { MetaAccount, Thread, ThreadMessage } from './world.js';

type Listener = (message: ThreadMessage, thread: Thread) => void;
type Fields = Record<string, unknown>;

const uploadEdges = ['POST message_attachments', 'POST messageattachments'];

interface Parts extends Rules {
  faults: SendFaults;
  usage: Usage;
}

/** The Send API and its uploads. */
export class Sending {
  private readonly listeners = new Set<Listener>();
  private readonly attachments: Attachments;

  constructor(
    private readonly parts: Parts,
    private readonly chats: DirectMessages,
  ) {
    this.attachments = new Attachments(parts.core);
  }

  onReply(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** `POST /{account}/messages` and the two names of the edge that takes files for later. */
  answer(request: GraphRequest): Promise<unknown> | undefined {
    const { account, route } = request;
    if (!account || (account.kind !== 'page' && account.via !== 'instagram')) return undefined;
    if (route === 'POST messages') return this.messages(request);
    return uploadEdges.includes(route) ? this.upload(request) : undefined;
  }

  private async messages(request: GraphRequest): Promise<unknown> {
    const { fields, filedata } = await formOf(request.call);
    if (fields.sender_action !== undefined) return senderAction(this.parts, request, fields);
    const allowed = checkSend(this.parts, request, fields);
    this.parts.usage.checkSend(allowed);
    const { content, files } = await this.contentOf(allowed, filedata);
    return this.parts.faults.around(async (behaviour) => {
      const message = await this.reach(allowed, content, files, this.parts.core.habits.echoBeforeAnswer || behaviour === 'echo-first');
      this.handOver(allowed.thread, fields.thread_control);
      return { recipient_id: allowed.thread.customerId, message_id: message.mid };
    });
  }

  /** What is attached, as webhooks tell it: files, Instagram's heart, a post of the account's own, a sticker, a template. */
  private async contentOf(
    { thread, message }: AllowedSend,
    filedata?: MediaFile,
  ): Promise<{ content?: EventElement; files: OutgoingFile[] }> {
    const { attachment, attachments, sticker_id } = message as { attachment?: Fields; attachments?: Fields[]; sticker_id?: string };
    if (sticker_id !== undefined)
      return { content: { attachments: [{ type: 'sticker', payload: { sticker_id: BigInt(sticker_id) } }] }, files: [] };
    const wanted = attachments ?? (attachment ? [attachment] : []);
    if (!wanted.length) return { files: [] };
    const [{ type }] = wanted as [Fields];
    if (type === 'template' || type === 'like_heart' || type === 'MEDIA_SHARE') {
      const told = type === 'MEDIA_SHARE' ? 'ig_post' : String(type);
      return { content: { attachments: [{ type: told, payload: {} }] }, files: [] };
    }
    const files: OutgoingFile[] = [];
    for (const one of wanted) files.push(await this.attachments.take(thread.account, one, filedata));
    return { content: this.attachments.echoed(files), files };
  }

  /** For a Page, `platform=instagram` means the account that is linked to it. */
  private async upload({ accounts, account, call, token }: GraphRequest): Promise<unknown> {
    const { fields, filedata } = await formOf(call);
    const instagram = (fields.platform ?? call.query.get('platform')) === 'instagram';
    const owner: MetaAccount | undefined = instagram ? accounts.find(({ kind }) => kind === 'instagram') : account;
    if (!owner) throw new GraphError(100, 'No Instagram account is linked to the Page', 2534013);
    permit(token, owner, 'messages');
    const { attachment } = (fields.message ?? {}) as { attachment?: Fields };
    if (!attachment) throw new GraphError(100, 'The parameter message is required');
    return { attachment_id: await this.attachments.upload(owner, attachment, filedata) };
  }

  /** The customer has the message; no two equal sends are ever told apart. */
  private async reach(
    { thread, text, metadata, replyTo, use }: AllowedSend,
    content: EventElement | undefined,
    files: OutgoingFile[],
    echoFirst: boolean,
  ): Promise<ThreadMessage> {
    use?.();
    const { parts, chats } = this;
    const { core, control } = parts;
    const message = core.world.add(thread, 'api', text, { replyTo, ...(content && { content, files: files.map(({ id }) => id) }) });
    delete thread.typingUntil;
    control.wrote(thread, core.app.appId);
    for (const listener of this.listeners) listener(message, thread);
    const echoed = chats.echo(thread, message, { app_id: BigInt(core.app.appId), metadata });
    if (echoFirst) await echoed;
    if (thread.account.kind === 'page') void chats.tell(thread, { delivery: this.delivery(message) });
    return message;
  }

  private delivery({ mid, at }: ThreadMessage): EventElement {
    const { core } = this.parts;
    const named = core.random() >= core.habits.deliveriesWithoutMids;
    return { mids: named ? [mid] : undefined, watermark: at };
  }

  /** `thread_control` of a send: the thread goes to another app, or to nobody. */
  private handOver(thread: Thread, wanted: unknown): void {
    const { control_type: kind, app_id } = (wanted ?? {}) as { control_type?: string; app_id?: string };
    if (kind === 'pass') this.parts.control.pass(thread, String(app_id));
    if (kind === 'release') this.parts.control.release(thread);
  }
}
