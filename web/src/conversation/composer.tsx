import { Tabs } from '@mantine/core';
import { useDidUpdate } from '@mantine/hooks';
import { IconLock, IconMessageReply } from '@tabler/icons-react';
import { useState } from 'react';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './composer.module.css';
import { useDraft } from './draft.js';
import { NoteForm } from './note-form.js';
import { replyBoxOf } from './reply-form.js';
import { ReplyPanel } from './reply-panel.js';

/** Where an agent answers the customer or leaves a note for the team. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { tab, setTab } = useTab(conversation.id);
  return (
    <Tabs
      value={tab}
      onChange={(chosen) => setTab(chosen ?? 'reply')}
      className={classes.composer}
      variant="pills"
      keepMounted={false}
      aria-label={text.composer.label}
    >
      <Tabs.List className={classes.tabs} aria-label={text.composer.label}>
        <Tabs.Tab value="reply" leftSection={<IconMessageReply size={14} aria-hidden />}>
          {text.composer.reply}
        </Tabs.Tab>
        <Tabs.Tab value="note" leftSection={<IconLock size={14} aria-hidden />}>
          {text.composer.note}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="reply">
        <ReplyPanel conversation={conversation} />
      </Tabs.Panel>
      <Tabs.Panel value="note">
        <NoteForm conversationId={conversation.id} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** Which of both is shown: who picks a message to answer gets to the reply box. */
function useTab(conversationId: string) {
  const [tab, setTab] = useState('reply');
  const [{ replyTo }] = useDraft('reply', conversationId);
  const [picked, setPicked] = useState(replyTo);
  if (replyTo !== picked) {
    setPicked(replyTo);
    if (replyTo) setTab('reply');
  }
  useDidUpdate(() => {
    if (replyTo) document.getElementById(replyBoxOf(conversationId))?.focus();
  }, [replyTo]);
  return { tab, setTab };
}
