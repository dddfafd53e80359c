import { Tabs } from '@mantine/core';
import { IconLock, IconMessageReply } from '@tabler/icons-react';
import { useConnector, useConnectors } from '../api/resources.js';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import classes from './composer.module.css';
import { NoteForm } from './note-form.js';
import { ReplyForm } from './reply-form.js';
import { ClosedWindow } from './reply-window.js';
import { Undeliverable } from './undeliverable.js';

/** Where an agent answers the customer or leaves a note for the team. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const connectors = useConnectors();
  const connector = useConnector(conversation.channelType);
  const { replyWindow } = conversation;
  return (
    <Tabs defaultValue="reply" className={classes.composer} variant="pills" keepMounted={false} aria-label={text.composer.label}>
      <Tabs.List className={classes.tabs} aria-label={text.composer.label}>
        <Tabs.Tab value="reply" leftSection={<IconMessageReply size={14} aria-hidden />}>
          {text.composer.reply}
        </Tabs.Tab>
        <Tabs.Tab value="note" leftSection={<IconLock size={14} aria-hidden />}>
          {text.composer.note}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="reply">
        <Undeliverable contactId={conversation.contact.id} />
        <Refused error={connectors.error} />
        {connectors.data && !connector && <ClosedWindow reason={text.composer.takesNoReplies} />}
        {replyWindow && !replyWindow.open && <ClosedWindow reason={replyWindow.reason} />}
        {replyWindow?.open !== false && connector && <ReplyForm conversation={conversation} capabilities={connector.capabilities} />}
      </Tabs.Panel>
      <Tabs.Panel value="note">
        <NoteForm conversationId={conversation.id} />
      </Tabs.Panel>
    </Tabs>
  );
}
