import { type ChangeEvent, type IgnoredEvent } from '#libs/connector';
import { emojiOf } from './emoji.js';
import { asId, asObject, type JsonObject } from './json.js';
import { commenter, idOf, ignored, isOurs, momentOf, type Told } from './meta-event.js';

/** A reaction to a comment; those to the post itself concern no conversation. The Page's own like is the one an agent gives. */
export function readPageReaction(told: Told, value: JsonObject): ChangeEvent | IgnoredEvent {
  const of = asId(value.comment_id);
  if (!of) return ignored('A reaction to a post.');
  const from = asObject(value.from);
  if (!idOf(from)) return ignored('A reaction to a comment by somebody whom Meta does not name.');
  const taken = value.verb === 'remove';
  const ours = isOurs(told, from);
  const likes = ours && (value.item === 'like' || value.reaction_type === 'like');
  const emoji = taken ? null : emojiOf(undefined, value.reaction_type ?? 'like');
  return {
    type: 'change',
    of,
    key: `reaction:${told.key}`,
    at: momentOf(value.created_time) ?? told.at,
    change: likes ? { kind: 'like', liked: !taken } : { kind: 'reaction', by: ours ? null : commenter(told, from, of), emoji },
  };
}
