import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api/client.js';
import { queryClient } from '../api/query-client.js';
import { keys, refresh, useSession } from '../api/resources.js';
import { text } from '../text/text.js';
import { noticeDone } from '../ui/notice.js';
import { Refused } from '../ui/refused.js';

const longest = 4000;

const undoTimes = [0, 5, 10, 20, 30];

/** What agents decide about themselves: the signature below their replies, and for how long they can be undone. */
export function Profile({ onClose }: { onClose: () => void }) {
  const { user, signature: stored, undoSeconds: kept } = useSession();
  const [signature, setSignature] = useState(stored ?? '');
  const [undoSeconds, setUndoSeconds] = useState(kept);
  const save = api.useMutation('patch', '/api/v1/auth/me', {
    onSuccess: async (session) => {
      queryClient.setQueryData(keys.session, session);
      await refresh(keys.replyPreviews);
      noticeDone(text.profile.saved);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={text.profile.title} closeButtonProps={{ 'aria-label': text.cancel }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ body: { signature: signature.trim() || null, undoSeconds } });
        }}
      >
        <Stack gap="sm">
          <Refused title={text.profile.refused} error={save.error} />
          <div>
            <Text fw={600}>{user.name}</Text>
            <Text c="dimmed">{user.email}</Text>
          </div>
          <Textarea
            data-autofocus
            label={text.profile.signature}
            description={text.profile.signatureHint}
            autosize
            minRows={4}
            maxRows={12}
            maxLength={longest}
            value={signature}
            onChange={({ currentTarget }) => setSignature(currentTarget.value)}
          />
          <NativeSelect
            label={text.profile.undo}
            description={text.profile.undoHint}
            // A script may have chosen another time.
            data={[...new Set([...undoTimes, kept])]
              .sort((a, b) => a - b)
              .map((seconds) => ({ value: String(seconds), label: text.profile.undoTime(seconds) }))}
            value={String(undoSeconds)}
            onChange={({ currentTarget }) => setUndoSeconds(Number(currentTarget.value))}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {text.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
