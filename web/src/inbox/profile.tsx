import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api/client.js';
import { queryClient } from '../api/query-client.js';
import { keys, refresh, useSession } from '../api/resources.js';
import { text } from '../text/text.js';
import { noticeDone } from '../ui/notice.js';
import { Refused } from '../ui/refused.js';

const longest = 4000;

/** What an agent says of themselves: the signature that stands below their replies. */
export function Profile({ onClose }: { onClose: () => void }) {
  const { user, signature: stored } = useSession();
  const [signature, setSignature] = useState(stored ?? '');
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
          save.mutate({ body: { signature: signature.trim() || null } });
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
