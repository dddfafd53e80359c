import { ActionIcon, Badge, Button, Group, Menu, Select, Text, Title } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconDots, IconHourglass, IconMailOpened, IconRotate } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useChannelsById, useMe, useUsers } from '../api/resources.js';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { ContactPicture } from '../ui/contact-picture.js';
import { KindIcon } from '../ui/kind.js';
import { useAssign, useMarkRead, useSetStatus } from './changes.js';
import classes from './conversation.module.css';

/** Who and what the conversation is about, whose it is, and what can be done with it as a whole. */
export function ConversationHeader({ conversation }: { conversation: Conversation }) {
  const { kind, number, subject, contact, channelId, status } = conversation;
  const channel = useChannelsById().get(channelId);
  return (
    <header className={classes.header}>
      <div className={classes.heading}>
        <BackToList />
        <ContactPicture name={contact.name} url={contact.pictureUrl} size={36} />
        <div className={classes.about}>
          <Title order={1} size="h4" className={classes.title}>
            {subject || contact.name || text.list.unnamed}
          </Title>
          <Text size="xs" c="dimmed" component="div" className={classes.facts}>
            <KindIcon kind={kind} />
            <span>
              {[subject && (contact.name ?? text.list.unnamed), text.kinds[kind], channel?.name, text.conversation.number(number)]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {status !== 'open' && (
              <Badge size="sm" variant="default" tt="none" className={classes.status}>
                {text.statuses[status]}
              </Badge>
            )}
          </Text>
        </div>
      </div>
      <Group gap={8} wrap="nowrap" className={classes.actions}>
        <Assignee conversation={conversation} />
        <StatusActions conversation={conversation} />
      </Group>
    </header>
  );
}

function BackToList() {
  const { view = 'open' } = useParams({ strict: false });
  return (
    <Link
      to="/inbox/$view"
      params={{ view }}
      search={useSearch({ strict: false })}
      className={classes.back}
      aria-label={text.conversation.back}
    >
      <IconArrowLeft size={20} aria-hidden />
    </Link>
  );
}

const nobody = 'nobody';

function Assignee({ conversation: { id, assigneeId } }: { conversation: Conversation }) {
  const me = useMe();
  const { data: users } = useUsers();
  const assign = useAssign(id);
  const people = (users?.items ?? [me]).map((user) => ({
    value: user.id,
    label: user.id === me.id ? text.conversation.me(user.name) : user.name,
  }));
  return (
    <>
      {!assigneeId && (
        <Button variant="light" size="xs" onClick={() => assign(me.id)} className={classes.take}>
          {text.conversation.assignToMe}
        </Button>
      )}
      <Select
        aria-label={text.conversation.assignee}
        size="xs"
        w={164}
        className={classes.assignee}
        data={[{ value: nobody, label: text.conversation.nobody }, ...people]}
        value={assigneeId ?? nobody}
        onChange={(chosen) => assign(chosen === nobody ? null : chosen)}
        allowDeselect={false}
        searchable={people.length > 8}
        comboboxProps={{ width: 220, position: 'bottom-end' }}
      />
    </>
  );
}

function StatusActions({ conversation: { id, status } }: { conversation: Conversation }) {
  const { setStatus, isPending } = useSetStatus(id);
  const markUnread = useMarkUnread(id);
  const isOpen = status === 'open' || status === 'pending';
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={isPending}
        leftSection={isOpen ? <IconCheck size={14} /> : <IconRotate size={14} />}
        onClick={() => setStatus(isOpen ? 'closed' : 'open')}
      >
        {isOpen ? text.conversation.close : text.conversation.reopen}
      </Button>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={text.conversation.more}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {status === 'pending' ? (
            <Menu.Item leftSection={<IconRotate size={16} />} onClick={() => setStatus('open')}>
              {text.conversation.reopen}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconHourglass size={16} />} onClick={() => setStatus('pending')}>
              {text.conversation.pending}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconMailOpened size={16} />} onClick={() => void markUnread()}>
            {text.conversation.markUnread}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** Goes back to the list first: an open conversation counts as read. */
function useMarkUnread(id: string) {
  const navigate = useNavigate();
  const { view = 'open' } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const mark = useMarkRead(id);
  return async () => {
    await navigate({ to: '/inbox/$view', params: { view }, search });
    mark(true);
  };
}
