import { useConnector, useConnectors } from '../api/resources.js';
import type { Capabilities, Connector, Conversation, ReplyMode } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import { useAnswered } from './answered-comment.js';
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
  const { name, privately } = useAnswered(conversation, draft);
  const usual = usualMode(conversation, privately);
  const mode = usual && (draft.mode ?? usual);
  const window = mode === 'private' ? privately : conversation.replyWindow;
  const capabilities = connector && capabilitiesIn(mode, connector);
  return (
    <>
      <Undeliverable contactId={contact.id} />
      <Refused error={connectors.error} />
      {heldBy && <HeldBy conversationId={id} holder={heldBy} />}
      {connectors.data && !connector && <ClosedWindow reason={text.composer.takesNoReplies} />}
      {mode && connector && <ReplyModeSwitch name={name} privately={privately} mode={mode} onChange={(chosen) => edit({ mode: chosen })} />}
      {window && !window.open && <ClosedWindow reason={window.reason} />}
      {window?.open !== false && capabilities && (
        <ReplyForm conversation={conversation} name={name} capabilities={capabilities} mode={mode} window={window} />
      )}
    </>
  );
}
