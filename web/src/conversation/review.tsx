import { Button } from '@mantine/core';
import { IconEyeExclamation } from '@tabler/icons-react';
import { text } from '../text/text.js';
import { useSettleReview } from './changes.js';
import classes from './conversation.module.css';

/** Why a person should look before trusting the conversation, until one of them says that it is fine. */
export function Review({ conversationId, reason }: { conversationId: string; reason: string }) {
  const { settle, isPending } = useSettleReview(conversationId);
  return (
    <div className={classes.review} role="status">
      <IconEyeExclamation size={20} aria-hidden />
      <p>
        <b>{text.review.title}</b> {reason}
      </p>
      <Button size="compact-sm" variant="default" loading={isPending} onClick={settle}>
        {text.review.fine}
      </Button>
    </div>
  );
}
