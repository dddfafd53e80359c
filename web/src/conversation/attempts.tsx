import { UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId } from 'react';
import { api } from '../api/client.js';
import { failureText } from '../api/problem.js';
import type { Attempt } from '../api/shapes.js';
import { clockTime, moment, text } from '../text/text.js';
import classes from './message.module.css';

/** What was tried to send a reply, behind a line that opens it. */
export function Attempts({ messageId }: { messageId: string }) {
  const [opened, { toggle }] = useDisclosure();
  const list = useId();
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <>
      <UnstyledButton className={classes.attemptsToggle} onClick={toggle} aria-expanded={opened} aria-controls={list}>
        <Chevron size={13} aria-hidden /> {text.attempts.title}
      </UnstyledButton>
      <div id={list}>{opened && <AttemptList messageId={messageId} />}</div>
    </>
  );
}

function AttemptList({ messageId }: { messageId: string }) {
  const attempts = api.useQuery('get', '/api/v1/messages/{id}/attempts', { params: { path: { id: messageId } } });
  if (attempts.isPending) return <p className={classes.reason}>{text.loading}</p>;
  if (!attempts.data) return <p className={classes.reason}>{failureText(attempts.error)}</p>;
  const { items } = attempts.data;
  if (!items.length) return <p className={classes.reason}>{text.attempts.none}</p>;
  return (
    <ol className={classes.attempts} aria-label={text.attempts.title}>
      {items.map((attempt) => (
        <AttemptLine key={attempt.startedAt} attempt={attempt} />
      ))}
    </ol>
  );
}

function AttemptLine({ attempt: { startedAt, outcome, answer, code, nextAttemptAt } }: { attempt: Attempt }) {
  const started = new Date(startedAt);
  return (
    <li data-outcome={outcome}>
      <time dateTime={startedAt} title={moment(started)}>
        {clockTime(started)}
      </time>{' '}
      <b>{text.attempts.outcomes[outcome]}</b>
      {answer && `: ${answer}`}
      {code && <small> ({code})</small>}
      {nextAttemptAt && <span> {text.attempts.next(clockTime(new Date(nextAttemptAt)))}</span>}
    </li>
  );
}
