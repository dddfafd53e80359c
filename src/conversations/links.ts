import { type EntityManager, In } from 'typeorm';
import { Conversation, ConversationLink, type LinkReason } from './conversation.entity.js';
import type { ConversationLinkView } from './conversation.view.js';

/** Notes that two conversations belong together, once: `laterId` came out of or after `earlierId`. */
export async function linkConversations(manager: EntityManager, laterId: string, earlierId: string, reason: LinkReason): Promise<void> {
  if (laterId === earlierId) return;
  const known = await manager.existsBy(ConversationLink, { conversationId: earlierId, otherId: laterId });
  if (known) return;
  const row = { conversationId: laterId, otherId: earlierId, reason };
  await manager.createQueryBuilder().insert().into(ConversationLink).values(row).orIgnore().execute();
}

/** The links of these conversations, seen from each. */
export async function linksOf(manager: EntityManager, ids: string[]): Promise<Map<string, ConversationLinkView[]>> {
  const links = await manager.find(ConversationLink, { where: [{ conversationId: In(ids) }, { otherId: In(ids) }] });
  const ends = links.flatMap(({ conversationId, otherId, reason }) => [
    { here: conversationId, there: otherId, reason },
    { here: otherId, there: conversationId, reason },
  ]);
  const others = ends.length ? await manager.findBy(Conversation, { id: In(ends.map(({ there }) => there)) }) : [];
  const byId = new Map(others.map((row) => [row.id, row]));
  return new Map(
    ids.map((id) => [id, ends.filter(({ here }) => here === id).flatMap(({ there, reason }) => view(byId.get(there), reason))]),
  );
}

function view(other: Conversation | undefined, reason: LinkReason): ConversationLinkView[] {
  return other ? [{ conversationId: other.id, number: other.number, subject: other.subject, channelId: other.channelId, reason }] : [];
}
