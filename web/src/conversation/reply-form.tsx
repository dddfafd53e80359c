import { Alert, Button, Group, Textarea } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { IconUpload } from '@tabler/icons-react';
import { failureText } from '../api/problem.js';
import type { Capabilities, Conversation, ReplyMode } from '../api/shapes.js';
import { text } from '../text/text.js';
import { modifierKey } from '../ui/platform.js';
import { Answering } from './answering.js';
import { AttachedFiles, AttachFiles, cannotTravel, Uploads } from './attach-files.js';
import { BelowText } from './below-text.js';
import classes from './composer.module.css';
import { type Draft, useDraft } from './draft.js';
import { useDropFiles } from './drop-files.js';
import { Recipients, RecipientsUnknown } from './recipients.js';
import { ReplyFailure } from './reply-failure.js';
import { LengthLeft, roomLeft } from './reply-length.js';
import { ClosedWindow, OpenWindow, type ReplyWindow } from './reply-window.js';
import { SendButtons } from './send-buttons.js';
import { useFiles } from './use-files.js';
import { useRecipients } from './use-recipients.js';
import { useReply } from './use-reply.js';
import { useTyping } from './use-typing.js';

/** Where the reply to a conversation is written, for moving the focus there. */
export const replyBoxOf = (conversationId: string) => `reply-${conversationId}`;

interface ReplyFormProps {
  conversation: Conversation;
  /** Of whom it goes to. */
  name: string;
  /** Of the way the reply goes. */
  capabilities: Capabilities;
  /** Under a post: who is to read it. */
  mode: ReplyMode | null;
  window: ReplyWindow | null;
}

/** The reply box; it offers what the channel's connector is capable of. */
export function ReplyForm({ conversation, name, capabilities, mode, window }: ReplyFormProps) {
  const { id, kind } = conversation;
  const [draft, edit] = useDraft('reply', id);
  const { preview, cc, ready: addressed, asking, impossible, failed, retry } = useRecipients(id, draft, capabilities);
  const files = useFiles(id, capabilities);
  const { over, dropProps, onPaste } = useDropFiles(files.add, capabilities.attachments);
  useTyping(id, draft.text, capabilities.typing && mode !== 'public');
  const reply = useReply(conversation);
  const ready = addressed && !files.uploads.length && isComplete(draft, capabilities);
  const send = (how: { then?: 'close'; sendAt?: Date } = {}) => {
    if (!ready) return;
    files.forget();
    reply(draft, { cc, mode, ...how });
  };
  if (impossible && !draft.text) return <ClosedWindow reason={impossible} />;
  return (
    <form
      className={classes.form}
      {...dropProps}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {over && <DropHint />}
      {impossible && <ClosedWindow reason={impossible} />}
      {failed && <NoRecipients error={failed} retry={retry} />}
      {draft.failure && (
        <ReplyFailure failure={draft.failure} onSendAnyway={() => reply(draft, { cc, mode, force: true })} onDismiss={() => edit({})} />
      )}
      {asking && <RecipientsUnknown />}
      {preview && !impossible && <Recipients preview={preview} cc={cc} bcc={draft.bcc} edit={edit} />}
      {draft.replyTo && <Answering conversationId={id} messageId={draft.replyTo} onRemove={() => edit({ replyTo: null })} />}
      <Textarea
        id={replyBoxOf(id)}
        aria-label={text.composer.replyBox}
        placeholder={placeholder(name, mode)}
        autosize
        minRows={2}
        maxRows={12}
        disabled={!!impossible}
        value={draft.text}
        onChange={({ currentTarget }) => edit({ text: currentTarget.value })}
        onKeyDown={getHotkeyHandler([['mod+Enter', () => send()]])}
        onPaste={onPaste}
      />
      {preview && <BelowText preview={preview} />}
      <AttachedFiles attachments={draft.attachments} capabilities={capabilities} edit={edit} />
      <Uploads files={files} />
      <div className={classes.foot}>
        {capabilities.attachments && <AttachFiles capabilities={capabilities} add={files.add} />}
        <div className={classes.hints} role="status">
          {window && mode !== 'private' && <OpenWindow window={window} kind={kind} />}
          <LengthLeft written={draft.text} fileCount={draft.attachments.length} capabilities={capabilities} />
          <span className={classes.shortcut}>{text.composer.shortcut(modifierKey)}</span>
        </div>
        <SendButtons
          mode={mode}
          ready={ready}
          closesAt={window?.closesAt ?? null}
          onSendAndClose={() => send({ then: 'close' })}
          onSendLater={(sendAt) => send({ sendAt })}
        />
      </div>
    </form>
  );
}

/** Whether there is something to send, and all of it can travel. */
function isComplete({ text: words, attachments }: Draft, capabilities: Capabilities): boolean {
  const says = words.trim() !== '' || (capabilities.splits && attachments.length > 0);
  return says && (roomLeft(words, capabilities) ?? 0) >= 0 && !attachments.some((file) => cannotTravel(file, capabilities));
}

function placeholder(name: string, mode: ReplyMode | null): string {
  if (!mode) return text.composer.replyTo(name);
  return mode === 'public' ? text.composer.replyToPublic(name) : text.composer.replyToPrivate(name);
}

function DropHint() {
  return (
    <div className={classes.drop} aria-hidden>
      <IconUpload size={20} /> {text.composer.dropHere}
    </div>
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
