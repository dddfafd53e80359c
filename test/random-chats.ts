import { type Move, pick, type Story } from './random-moves.js';

interface Said {
  mid: string;
  /** The customer of the chat. */
  who: string;
  ours: boolean;
  edits: number;
  gone: boolean;
  /** Of the customer (false) and of our side (true). */
  reactions: Map<boolean, string>;
}

const emojis = ['❤️', '😂', '👍', '😮'];

/** Private messages of both sides and what becomes of them. Where there is nothing to do it to, somebody says something. */
export class RandomChats {
  private readonly all: Said[] = [];

  constructor(private readonly story: Story) {}

  /** False for a move that is none of a chat. */
  take(move: Move): boolean {
    if (move.what === 'says') this.says(move);
    else if (move.what === 'edits') this.edits(move);
    else if (move.what === 'reacts') this.reacts(move);
    else if (move.what === 'unsends') this.unsends(move);
    else if (move.what === 'reads') this.reads(move);
    else return false;
    return true;
  }

  private says({ who, ours, which }: Move): void {
    const answered = which % 3 ? undefined : pick(this.standing(who), which);
    const mid = `m_${String(this.all.length).padStart(3, '0')}`;
    this.all.push({ mid, who, ours, edits: 0, gone: false, reactions: new Map() });
    const reply = answered && { reply_to: { mid: answered.mid } };
    this.tell(who, { message: { mid, text: `${ours ? 'We' : who} in ${mid}`, ...(ours && { is_echo: true }), ...reply } });
  }

  private edits(move: Move): void {
    const message = pick(
      this.standing(move.who).filter(({ ours, edits }) => !ours && edits < 5),
      move.which,
    );
    if (!message) return this.says(move);
    message.edits++;
    const { mid, edits } = message;
    this.tell(move.who, { message_edit: { mid, num_edit: edits, text: `${mid} in version ${edits}` } });
  }

  /** Instagram tells of no reactions of our side. */
  private reacts(move: Move): void {
    const message = pick(this.standing(move.who), move.which);
    if (!message) return this.says(move);
    const ours = move.ours && this.story.onPage;
    const before = message.reactions.get(ours);
    const emoji = before && move.which % 2 ? null : emojis.filter((one) => one !== before)[move.which % 3]!;
    if (emoji) message.reactions.set(ours, emoji);
    else message.reactions.delete(ours);
    const reaction = { mid: message.mid, action: emoji ? 'react' : 'unreact', ...(emoji && { reaction: 'other', emoji }) };
    this.tell(move.who, { ...(ours && { by: 'us' }), reaction });
  }

  private unsends(move: Move): void {
    const message = pick(this.standing(move.who), move.which);
    if (!message || move.which % 2) return this.says(move);
    message.gone = true;
    this.tell(move.who, { message: { mid: message.mid, is_deleted: true } });
  }

  /** Messenger tells up to which moment, and also of what was delivered; Instagram up to which message was read. */
  private reads(move: Move): void {
    const last = this.all.findLast(({ who, ours }) => who === move.who && ours);
    if (!last) return this.says(move);
    if (!this.story.onPage) return this.tell(move.who, { read: { mid: last.mid } });
    this.story.next((teller, second) => {
      const watermark = teller.moment(second - 1);
      const what = move.ours ? { delivery: { mids: [last.mid], watermark } } : { read: { watermark } };
      return teller.chat(teller.idOf(move.who), second, what);
    });
  }

  private standing(customer: string): Said[] {
    return this.all.filter(({ who, gone }) => who === customer && !gone);
  }

  private tell(who: string, { by, ...what }: Record<string, unknown>): void {
    this.story.next((teller, second) => {
      const ours = by === 'us' && { sender: { id: teller.account.id }, recipient: { id: teller.idOf(who) } };
      return teller.chat(teller.idOf(who), second, { ...what, ...ours });
    });
  }
}
