import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { moment, text } from '../text/text.js';
import { asInput, laterTimes } from './later-times.js';

interface SendLaterProps {
  closesAt: string | null;
  onChoose: (at: Date) => void;
  onClose: () => void;
}

/** Chooses the date and time at which a reply is to leave. */
export function SendLater({ closesAt, onChoose, onClose }: SendLaterProps) {
  const [typed, setTyped] = useState(() => asInput(laterTimes(new Date())[0]!.at));
  const [tried, setTried] = useState(false);
  const at = new Date(typed);
  const isPast = !(at > new Date());
  const afterWindow = closesAt !== null && at > new Date(closesAt);
  return (
    <Modal opened onClose={onClose} title={text.later.title} size="sm" closeButtonProps={{ 'aria-label': text.cancel }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // A dialog stands inside the reply's form as React sees it.
          event.stopPropagation();
          if (isPast) return setTried(true);
          onClose();
          onChoose(at);
        }}
      >
        <Stack gap="sm">
          <TextInput
            type="datetime-local"
            data-autofocus
            label={text.later.when}
            min={asInput(new Date())}
            value={typed}
            error={tried && isPast && text.later.past}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          {afterWindow && (
            <Text size="sm" c="var(--text-warn)" role="status">
              {text.later.closesBefore(moment(new Date(closesAt)))}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button type="submit">{text.later.submit}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
