import { ActionIcon, Group, Popover, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMoodPlus } from '@tabler/icons-react';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeFailure } from '../ui/notice.js';
import { changeMessage, inTurn, isSettled } from './message-cache.js';
import classes from './message.module.css';
import { authorName } from './people.js';

/** By what name the server tells that a reaction is ours. */
const us = 'us';

/** Reactions to a message with who gave them; our own can be taken back. */
export function Reactions({ message, takeable }: { message: Message; takeable: boolean }) {
  const react = useReact(message);
  if (!message.reactions.length) return null;
  return (
    <ul className={classes.reactions} aria-label={text.thread.reactions}>
      {message.reactions.map(({ emoji, by }, index) => {
        const ours = by === us;
        const who = ours ? text.thread.us : by;
        return (
          <li key={index} title={text.thread.reaction(emoji, who)}>
            {ours && takeable ? (
              <UnstyledButton
                className={classes.reaction}
                data-ours
                onClick={() => react(null)}
                aria-label={text.thread.takeReactionBack(emoji)}
              >
                <span aria-hidden>{emoji}</span> {who}
              </UnstyledButton>
            ) : (
              <span className={classes.reaction} data-ours={ours || undefined}>
                {emoji} {who}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The few emoji that the platform lets us react with. */
export function ReactionPicker({ message, emoji: offered }: { message: Message; emoji: string[] }) {
  const [opened, { toggle, close }] = useDisclosure();
  const react = useReact(message);
  const ours = message.reactions.find(({ by }) => by === us)?.emoji;
  return (
    <Popover opened={opened} onChange={(open) => !open && close()} position="top" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="md" onClick={toggle} aria-label={text.thread.react(authorName(message))}>
          <IconMoodPlus size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <Group gap={2}>
          {offered.map((emoji) => (
            <UnstyledButton
              key={emoji}
              className={classes.emoji}
              aria-pressed={emoji === ours}
              aria-label={emoji === ours ? text.thread.takeReactionBack(emoji) : text.thread.reactWith(emoji)}
              onClick={() => {
                close();
                react(emoji === ours ? null : emoji);
              }}
            >
              {emoji}
            </UnstyledButton>
          ))}
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Reacts for our side, or takes that back (null). We have one reaction to a message; it shows at once. */
function useReact(message: Message) {
  const { mutate } = api.useMutation('put', '/api/v1/messages/{id}/reaction', {
    ...inTurn(message),
    onSuccess: (changed) => {
      if (isSettled(message)) changeMessage(message, () => changed);
    },
    onError: (error) => {
      noticeFailure(text.thread.reactionFailed)(error);
      void refresh(keys.messages(message.conversationId));
    },
  });
  return (emoji: string | null) => {
    changeMessage(message, (before) => {
      const others = before.reactions.filter(({ by }) => by !== us);
      return { ...before, reactions: emoji ? [...others, { emoji, by: us }] : others };
    });
    mutate({ params: { path: { id: message.id } }, body: { emoji } });
  };
}
