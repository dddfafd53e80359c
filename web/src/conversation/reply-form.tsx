import { Alert, Button, Group, Textarea } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { failureText } from '../api/problem.js';
import type { Capabilities, Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { modifierKey } from '../ui/platform.js';
import classes from './composer.module.css';
import { AttachedFiles, AttachFiles } from './attach-files.js';
import { BelowText } from './below-text.js';
import { useDraft } from './draft.js';
import { Recipients, RecipientsUnknown } from './recipients.js';
import { ReplyFailure } from './reply-failure.js';
import { LengthLeft, roomLeft } from './reply-length.js';
import { ClosedWindow, OpenWindow } from './reply-window.js';
import { SendButtons } from './send-buttons.js';
import { useRecipients } from './use-recipients.js';
import { useReply } from './use-reply.js';

/** The reply box; it offers what the channel's connector is capable of. */
export function ReplyForm({ conversation, capabilities }: { conversation: Conversation; capabilities: Capabilities }) {
  const { id, contact, replyWindow } = conversation;
  const [draft, edit] = useDraft('reply', id);
  const { preview, cc, ready: addressed, asking, impossible, failed, retry } = useRecipients(id, draft, capabilities);
  const reply = useReply(conversation);
  const ready = addressed && draft.text.trim() !== '' && (roomLeft(draft.text, capabilities) ?? 0) >= 0;
  const send = (then?: 'close') => {
    if (ready) reply(draft, { cc, then });
  };
  if (impossible && !draft.text) return <ClosedWindow reason={impossible} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {impossible && <ClosedWindow reason={impossible} />}
      {failed && <NoRecipients error={failed} retry={retry} />}
      {draft.failure && (
        <ReplyFailure failure={draft.failure} onSendAnyway={() => reply(draft, { cc, force: true })} onDismiss={() => edit({})} />
      )}
      {asking && <RecipientsUnknown />}
      {preview && !impossible && <Recipients preview={preview} cc={cc} bcc={draft.bcc} edit={edit} />}
      <Textarea
        aria-label={text.composer.replyBox}
        placeholder={text.composer.replyTo(contact.name ?? text.thread.customer)}
        autosize
        minRows={2}
        maxRows={12}
        disabled={!!impossible}
        value={draft.text}
        onChange={({ currentTarget }) => edit({ text: currentTarget.value })}
        onKeyDown={getHotkeyHandler([['mod+Enter', () => send()]])}
      />
      {preview && <BelowText preview={preview} />}
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

/** It could not be found out who would get the reply: not a moment to send it. */
function NoRecipients({ error, retry }: { error: unknown; retry: () => unknown }) {
  return (
    <Alert role="alert" variant="light" color="red" mb="xs" p="xs" title={text.composer.noRecipients}>
      <Group gap="sm">
        {failureText(error)}
        <Button size="compact-xs" variant="default" onClick={() => void retry()}>
          {text.retry}
        </Button>
      </Group>
    </Alert>
  );
}
