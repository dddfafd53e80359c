import { type EntityManager, In } from 'typeorm';
import { redactLedger } from './ledger-rows.js';
import { MessageChange } from './message-change.entity.js';
import type { Message } from './message.entity.js';
import { releaseFiles } from './released-files.js';

/** The columns of a message that was taken back: nothing of it may be shown any more, or be made of it. */
export const withoutContent = {
  ...{ text: '', html: null, quotedText: null, originalText: null, editedAt: null, cards: null, envelope: null },
  reactions: [],
};

/**
 * Removes what a message said from everywhere else it is kept: its files, its edits, and the ledger. More of it may come
 * after it was taken back, so this is done again then. `names` are all its ids at the platform.
 */
export async function forgetContent(manager: EntityManager, { id, channelId }: Message, names: string[]): Promise<void> {
  await releaseFiles(manager, id);
  const changes = await manager.findBy(MessageChange, { channelId, ofExternalId: In(names) });
  for (const row of changes)
    if ('text' in row.change && row.change.text !== '')
      await manager.update(MessageChange, row.id, { change: { ...row.change, text: '' } });
  // A platform that tells of a comment being hidden repeats what it says.
  const saying = changes.flatMap(({ inboundEventId, change }) => (inboundEventId && !isWithdrawal(change) ? inboundEventId : []));
  await redactLedger(manager, channelId, names, saying);
}

const isWithdrawal = (change: object): boolean => 'kind' in change && change.kind === 'withdraw';
