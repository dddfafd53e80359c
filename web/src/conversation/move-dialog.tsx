import { Alert, Button, Checkbox, Group, Loader, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client.js';
import { failureText } from '../api/problem.js';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import classes from './conversation.module.css';
import { useMoveMessage } from './move-message.js';

const typingPauseMs = 250;
const fresh = 'new';

/** Where a mail belongs instead: a conversation found by number or words, or one of its own. */
export function MoveDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const [target, setTarget] = useState<string | null>(null);
  const [andLater, setAndLater] = useState(false);
  const { move, isPending } = useMoveMessage(message, onClose);
  return (
    <Modal opened onClose={onClose} title={text.move.title} closeButtonProps={{ 'aria-label': text.cancel }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (target) move({ conversationId: target === fresh ? null : target, andLater });
        }}
      >
        <Stack gap="sm">
          <Targets message={message} target={target} onChange={setTarget} />
          <Checkbox label={text.move.andLater} checked={andLater} onChange={({ currentTarget }) => setAndLater(currentTarget.checked)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button type="submit" disabled={!target} loading={isPending}>
              {text.move.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface TargetsProps {
  message: Message;
  target: string | null;
  onChange: (target: string) => void;
}

function Targets({ message, target, onChange }: TargetsProps) {
  const [words, setWords] = useState('');
  const [q] = useDebouncedValue(words.trim(), typingPauseMs);
  const { found, error, isFetching } = useCandidates(message.conversationId, q);
  return (
    <>
      <TextInput
        data-autofocus
        label={text.move.search}
        placeholder={text.move.searchHint}
        leftSection={isFetching ? <Loader size={14} /> : <IconSearch size={16} aria-hidden />}
        value={words}
        onChange={({ currentTarget }) => setWords(currentTarget.value)}
      />
      <Radio.Group value={target} onChange={onChange} label={q ? text.move.found : text.move.sameCustomer}>
        <Stack gap={6} mt={6} className={classes.targets}>
          {error && (
            <Alert color="red" variant="light" role="alert">
              {failureText(error)}
            </Alert>
          )}
          {found?.map((conversation) => (
            <Target key={conversation.id} conversation={conversation} />
          ))}
          {found?.length === 0 && <Text c="dimmed">{q ? text.list.emptySearch(q) : text.move.noOther}</Text>}
          <Radio.Card value={fresh} className={classes.target} aria-label={text.move.fresh}>
            <Text fw={500}>{text.move.fresh}</Text>
          </Radio.Card>
        </Stack>
      </Radio.Group>
    </>
  );
}

function Target({ conversation: { id, number, subject, contact, lastMessageAt } }: { conversation: Conversation }) {
  const title = `${text.conversation.number(number)} ${subject ?? ''}`;
  return (
    <Radio.Card value={id} className={classes.target} aria-label={title}>
      <Text fw={500} lineClamp={1}>
        {title}
      </Text>
      <Text size="xs" c="dimmed" lineClamp={1}>
        {contact.name ?? text.list.unnamed} · <Age at={lastMessageAt} />
      </Text>
    </Radio.Card>
  );
}

/** The other conversations of the same channel that match; before anything is typed, those of the same customer. */
function useCandidates(conversationId: string, q: string) {
  const { data: here } = api.useQuery('get', '/api/v1/conversations/{id}', { params: { path: { id: conversationId } } });
  const query = { limit: 8, channelId: here?.channelId, ...(q ? { q } : { contactId: here?.contact.id }) };
  const { data, error, isFetching } = api.useQuery(
    'get',
    '/api/v1/conversations',
    { params: { query } },
    { enabled: !!here, placeholderData: (before) => before },
  );
  return { found: data?.items.filter(({ id }) => id !== conversationId), error, isFetching };
}
