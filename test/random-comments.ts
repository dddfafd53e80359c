import type { MetaTeller } from './meta-teller.js';
import { type Move, pick, type Story } from './random-moves.js';

interface Comment {
  id: string;
  post: number;
  /** Null for our side. */
  who: string | null;
  text: string;
  parent: Comment | null;
  /** Below a post and, under another id, below an ad made of it. */
  promoted: boolean;
  edits: number;
  hidden: 'never' | 'now' | 'no more';
  gone: boolean;
  lovedBy: Set<string>;
}

const second = (id: string) => `2${id}`;

/** Comments and answers, and what becomes of them: of that Instagram does not tell. Where there is nothing to do it to, somebody comments. */
export class RandomComments {
  private readonly all: Comment[] = [];

  constructor(private readonly story: Story) {}

  take(move: Move): void {
    if (move.what === 'comments' || !this.story.onPage) return this.comments(move);
    if (move.what === 'rewrites') return this.rewrites(move);
    if (move.what === 'hides') return this.hides(move);
    if (move.what === 'removes') return this.removes(move);
    this.loves(move);
  }

  /** An answer, two times of three. On Instagram all answers stand below a comment of the first level. */
  private comments({ who, ours, which }: Move): void {
    const answerable = this.standing().filter(({ parent }) => this.story.onPage || !parent);
    const parent = which % 3 ? (pick(answerable, which) ?? null) : null;
    const id = `1${String(this.all.length).padStart(3, '0')}`;
    const author = parent && ours ? null : who;
    const made = { id, who: author, parent, text: `${author ?? 'We'} in ${id}` };
    const promoted = parent?.promoted ?? (!this.story.onPage && which % 4 < 2);
    const comment: Comment = {
      ...made,
      post: parent?.post ?? which % 2,
      promoted,
      edits: 0,
      hidden: 'never',
      gone: false,
      lovedBy: new Set(),
    };
    this.all.push(comment);
    if (this.story.onPage) this.tell(comment, {});
    else if (!promoted) this.story.next((teller, at) => commentsOnInstagram(teller, at, comment));
    else this.story.both([comment, { ...comment, id: second(id) }].map((one) => (teller, at) => commentsOnInstagram(teller, at, one)));
  }

  private rewrites(move: Move): void {
    const comment = pick(this.standing(), move.which);
    if (!comment) return this.comments(move);
    comment.text = `${comment.id} in version ${++comment.edits}`;
    this.tell(comment, { verb: 'edited' });
  }

  /** Meta does not tell apart what is hidden, shown and hidden again within minutes. */
  private hides(move: Move): void {
    const comment = pick(
      this.standing().filter(({ who, hidden }) => who && hidden !== 'no more'),
      move.which,
    );
    if (!comment) return this.comments(move);
    comment.hidden = comment.hidden === 'never' ? 'now' : 'no more';
    this.tell(comment, { verb: comment.hidden === 'now' ? 'hide' : 'unhide' });
  }

  /** With all that was answered to it, of which nothing is told. */
  private removes(move: Move): void {
    const comment = pick(this.standing(), move.which);
    if (!comment || move.which % 3) return this.comments(move);
    comment.gone = true;
    this.tell(comment, { verb: 'remove', message: undefined });
  }

  private loves(move: Move): void {
    const comment = pick(this.standing(), move.which);
    if (!comment) return this.comments(move);
    const verb = comment.lovedBy.delete(move.who) ? 'remove' : 'add';
    if (verb === 'add') comment.lovedBy.add(move.who);
    this.tell(comment, { item: 'reaction', reaction_type: 'love', verb, message: undefined, from: person(move.who) });
  }

  private standing(): Comment[] {
    const isGone = ({ gone, parent }: Comment): boolean => gone || (parent !== null && isGone(parent));
    return this.all.filter((comment) => !isGone(comment));
  }

  private tell({ id, post, who, text, parent }: Comment, more: Record<string, unknown>): void {
    this.story.next((teller, at) => {
      const page = teller.account.id;
      const above = { post_id: `${page}_7${post}`, parent_id: parent ? `7${post}_${parent.id}` : `${page}_7${post}` };
      const from = who === null ? { id: page, name: 'The Page' } : person(who);
      return teller.feed(at, { ...above, comment_id: `7${post}_${id}`, from, message: text, ...more });
    });
  }
}

/** By another id than in chats, as on Facebook. */
const person = (name: string) => ({ id: `50${name.length}${name.charCodeAt(0)}`, name });

async function commentsOnInstagram(teller: MetaTeller, at: number, { id, post, who, text, parent }: Comment): Promise<void> {
  const isCopy = id.length > 4;
  const original = `1790000000000032${post}`;
  const media = isCopy
    ? { id: `${original}9`, media_product_type: 'AD', ad_id: `238${post}`, original_media_id: original }
    : { id: original, media_product_type: 'FEED' };
  const from = who === null ? { id: teller.account.id } : { id: teller.idOf(who), username: who.toLowerCase().replace(' ', '.') };
  await teller.change(at, 'comments', { id, text, from, media, ...(parent && { parent_id: isCopy ? second(parent.id) : parent.id }) });
}
