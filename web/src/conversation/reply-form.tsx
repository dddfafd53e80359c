import { Button, Group, Menu, Textarea } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import type { Capabilities, Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { modifierKey } from '../ui/platform.js';
import classes from './composer.module.css';
import { AttachedFiles, AttachFiles } from './attach-files.js';
import { useDraft } from './draft.js';
import { Recipients } from './recipients.js';
import { ReplyFailure } from './reply-failure.js';
import { LengthLeft, roomLeft } from './reply-length.js';
import { OpenWindow } from './reply-window.js';
import { useReply } from './use-reply.js';

/** The reply box; it offers what the channel's connector is capable of. */
export function ReplyForm({ conversation, capabilities }: { conversation: Conversation; capabilities: Capabilities }) {
  const { id, contact, replyWindow } = conversation;
  const [draft, edit] = useDraft('reply', id);
  const reply = useReply(conversation);
  const ready = draft.text.trim() !== '' && (roomLeft(draft.text, capabilities) ?? 0) >= 0;
  const send = (then?: 'close') => {
    if (ready) reply(draft, { then });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {draft.failure && (
        <ReplyFailure failure={draft.failure} onSendAnyway={() => reply(draft, { force: true })} onDismiss={() => edit({})} />
      )}
      {capabilities.cc && <Recipients conversation={conversation} draft={draft} edit={edit} />}
      <Textarea
        aria-label={text.composer.replyBox}
        placeholder={text.composer.replyTo(contact.name ?? text.thread.customer)}
        autosize
        minRows={2}
        maxRows={12}
        value={draft.text}
        onChange={({ currentTarget }) => edit({ text: currentTarget.value })}
        onKeyDown={getHotkeyHandler([['mod+Enter', () => send()]])}
      />
      <AttachedFiles attachments={draft.attachments} edit={edit} />
      <div className={classes.foot}>
        {capabilities.attachments && <AttachFiles attachments={draft.attachments} edit={edit} />}
        <div className={classes.hints} role="status">
          {replyWindow?.closesAt && <OpenWindow closesAt={replyWindow.closesAt} />}
          <LengthLeft written={draft.text} capabilities={capabilities} />
          <span className={classes.shortcut}>{text.composer.shortcut(modifierKey)}</span>
        </div>
        <SendButtons ready={ready} onSendAndClose={() => send('close')} />
      </div>
    </form>
  );
}

function SendButtons({ ready, onSendAndClose }: { ready: boolean; onSendAndClose: () => void }) {
  return (
    <Group gap={1} wrap="nowrap">
      <Button type="submit" size="sm" disabled={!ready} style={{ borderStartEndRadius: 0, borderEndEndRadius: 0 }}>
        {text.composer.send}
      </Button>
      <Menu position="top-end" shadow="md">
        <Menu.Target>
          <Button
            size="sm"
            px={8}
            disabled={!ready}
            aria-label={text.composer.sendMore}
            style={{ borderStartStartRadius: 0, borderEndStartRadius: 0 }}
          >
            <IconChevronDown size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onSendAndClose}>{text.composer.sendAndClose}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
