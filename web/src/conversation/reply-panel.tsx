import { useConnector, useConnectors } from '../api/resources.js';
import type { Capabilities, Connector, Conversation, ReplyMode } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import { useDraft } from './draft.js';
import { HeldBy } from './held-by.js';
import { ReplyForm } from './reply-form.js';
import { ReplyModeSwitch, usualMode } from './reply-mode.js';
import { ClosedWindow } from './reply-window.js';
import { Undeliverable } from './undeliverable.js';

/** A private answer to a comment is one message of text: more follows once the customer has answered. */
function capabilitiesIn(mode: ReplyMode | null, { capabilities, publicCapabilities }: Connector): Capabilities {
  if (mode === 'public') return publicCapabilities ?? capabilities;
  return mode === 'private' ? { ...capabilities, attachments: false, splits: false } : capabilities;
}

/** The reply box with what has to be known before writing; or why there is none. */
export function ReplyPanel({ conversation }: { conversation: Conversation }) {
  const { id, contact, heldBy, channelType } = conversation;
  const connectors = useConnectors();
  const connector = useConnector(channelType);
  const [draft, edit] = useDraft('reply', id);
  const usual = usualMode(conversation);
  const mode = usual && (draft.mode ?? usual);
  const window = mode === 'private' ? conversation.privateReply : conversation.replyWindow;
  const capabilities = connector && capabilitiesIn(mode, connector);
  return (
    <>
      <Undeliverable contactId={contact.id} />
      <Refused error={connectors.error} />
      {heldBy && <HeldBy conversationId={id} holder={heldBy} />}
      {connectors.data && !connector && <ClosedWindow reason={text.composer.takesNoReplies} />}
      {mode && connector && <ReplyModeSwitch conversation={conversation} mode={mode} onChange={(chosen) => edit({ mode: chosen })} />}
      {window && !window.open && <ClosedWindow reason={window.reason} />}
      {window?.open !== false && capabilities && (
        <ReplyForm conversation={conversation} capabilities={capabilities} mode={mode} window={window} />
      )}
    </>
  );
}
