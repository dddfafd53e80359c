import { ActionIcon, Chip, Group, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChannelsById } from '../api/resources.js';
import { text } from '../text/text.js';
import classes from './inbox.module.css';
import type { ListSearch, View } from './views.js';

const typingPauseMs = 250;

/** The view's name, the search box and the unread filter. */
export function ListTools({ view, search }: { view: View; search: ListSearch }) {
  const navigate = useNavigate();
  const channel = useChannelsById().get(search.channel ?? '');
  const narrow = (change: ListSearch) =>
    void navigate({ to: '/inbox/$view', params: { view }, search: { ...search, ...change }, replace: true });
  return (
    <div className={classes.tools}>
      <Group justify="space-between" wrap="nowrap" mb={10}>
        <Title order={1} size="h4" id="view-title" lineClamp={1}>
          {channel?.name ?? text.views[view]}
        </Title>
        <Chip
          size="xs"
          variant="light"
          checked={search.unread ?? false}
          onChange={(checked) => narrow({ unread: checked || undefined })}
          aria-label={text.list.unreadHint}
        >
          {text.list.unreadOnly}
        </Chip>
      </Group>
      <SearchBox key={`${view} ${search.channel ?? ''}`} words={search.q ?? ''} onSearch={(q) => narrow({ q: q || undefined })} />
    </div>
  );
}

function SearchBox({ words, onSearch }: { words: string; onSearch: (words: string) => void }) {
  const [typed, setTyped] = useState(words);
  const searchSoon = useDebouncedCallback(onSearch, typingPauseMs);
  const clear = () => {
    setTyped('');
    onSearch('');
  };
  return (
    <TextInput
      type="search"
      size="sm"
      aria-label={text.list.search}
      placeholder={text.list.search}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed && (
          <ActionIcon variant="subtle" color="gray" size="sm" onClick={clear} aria-label={text.list.clearSearch}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        searchSoon(value.trim());
      }}
    />
  );
}
