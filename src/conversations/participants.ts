import type { EntityManager } from 'typeorm';
import type { Person } from '#libs/connector';
import { insertNew } from '../database/data-source.js';
import { Identity } from '../contacts/contact.entity.js';
import { Conversation, Participant } from './conversation.entity.js';

/** Notes who has part in a conversation; `ids` as in `Identity.externalId`. Those who are noted already stay as they are. */
export async function addParticipants(manager: EntityManager, conversationId: string, scope: string, ids: string[]): Promise<void> {
  // In one order for everybody, so that two transactions cannot wait for each other.
  const unique = [...new Set(ids.map((id) => id.toLowerCase()))].sort();
  if (unique.length)
    await insertNew(
      manager,
      Participant,
      unique.map((externalId) => ({ conversationId, scope, externalId, excluded: false })),
    );
}

/** Which of these people have part in a conversation; `excluded` those whose mail an agent moved away from it. */
export async function takingPart(
  manager: EntityManager,
  conversationId: string,
  people: Person[],
): Promise<{ present: Set<string>; excluded: Set<string> }> {
  const known = await manager.findBy(Participant, { conversationId });
  const asked = new Set(people.map(({ id }) => id.toLowerCase()));
  const found = known.filter(({ externalId }) => asked.has(externalId));
  const ids = (rows: Participant[]) => new Set(rows.map(({ externalId }) => externalId));
  return { present: ids(found), excluded: ids(found.filter(({ excluded }) => excluded)) };
}

/** Whom we write to may go on with the conversation. */
export async function addRecipients(manager: EntityManager, conversationId: string, recipients: string[] = []): Promise<void> {
  if (!recipients.length) return;
  const { identityId } = await manager.findOneByOrFail(Conversation, { id: conversationId });
  const { scope } = await manager.findOneByOrFail(Identity, { id: identityId });
  await addParticipants(manager, conversationId, scope, recipients);
}
