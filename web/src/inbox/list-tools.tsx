import { ActionIcon, Button, Chip, Group, Menu, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconArrowsSort, IconSearch, IconX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChannelsById } from '../api/resources.js';
import { text } from '../text/text.js';
import classes from './inbox.module.css';
import type { ListSearch, View } from './views.js';

const typingPauseMs = 250;

/** The view's name, the search box, the order and the unread filter. */
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
        <Group gap={6} wrap="nowrap">
          <Order order={search.sort ?? 'newest'} onChange={(order) => narrow({ sort: order === 'closing' ? order : undefined })} />
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
      </Group>
      <SearchBox key={`${view} ${search.channel ?? ''}`} words={search.q ?? ''} onSearch={(q) => narrow({ q: q || undefined })} />
    </div>
  );
}

interface OrderProps {
  order: keyof typeof text.list.sorts;
  onChange: (order: string) => void;
}

function Order({ order, onChange }: OrderProps) {
  const chosen = order !== 'newest';
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant={chosen ? 'light' : 'subtle'}
          color={chosen ? undefined : 'gray'}
          aria-label={`${text.list.sort}: ${text.list.sorts[order]}`}
          leftSection={chosen && <IconArrowsSort size={14} aria-hidden />}
        >
          {chosen ? text.list.sorts[order] : <IconArrowsSort size={16} aria-hidden />}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={order} onChange={onChange}>
          {Object.entries(text.list.sorts).map(([value, label]) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
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
