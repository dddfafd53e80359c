import { Button } from '@mantine/core';
import { IconPhotoOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, fetchClient } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Message } from '../api/shapes.js';
import { plural, text } from '../text/text.js';
import { noticeFailure } from '../ui/notice.js';
import classes from './message.module.css';

/** Our own address for a picture that a message has from elsewhere: we fetch it, so that its sender does not learn who reads. */
export const pictureUrl = (messageId: string, url: string) => `/api/v1/messages/${messageId}/remote-image?url=${encodeURIComponent(url)}`;

/** Whether a message's pictures from elsewhere are shown: because somebody asked for them, or because its sender is trusted. */
export function useRemotePictures({ html, author }: Message) {
  const [wanted, setWanted] = useState(false);
  const asks = Boolean(html?.includes('data-blocked-src=') && author.type === 'contact' && author.id);
  const contact = api.useQuery('get', '/api/v1/contacts/{id}', { params: { path: { id: author.id ?? '' } } }, { enabled: asks });
  const senders = contact.data?.identities.filter(({ scope }) => scope === 'email') ?? [];
  return {
    shown: wanted || senders.some(({ remoteImages }) => remoteImages),
    show: () => setWanted(true),
    trust: useTrust(author.id, senders),
  };
}

/** Shows pictures of these identities from now on; null where nobody is known to be trusted. */
function useTrust(contactId: string | null, senders: Array<{ id: string }>) {
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      Promise.all(
        senders.map((identity) =>
          fetchClient.PATCH('/api/v1/contacts/{id}/identities/{identityId}', {
            params: { path: { id: contactId!, identityId: identity.id } },
            body: { remoteImages: true },
          }),
        ),
      ),
    onSuccess: () => refresh(keys.contact(contactId!)),
    onError: noticeFailure(text.conversation.failed),
  });
  return contactId && senders.length ? { always: () => mutate(), isPending } : null;
}

interface BlockedPicturesProps {
  count: number;
  sender: string;
  show: () => void;
  trust: ReturnType<typeof useTrust>;
}

/** Says that pictures were left out, and lets them in. */
export function BlockedPictures({ count, sender, show, trust }: BlockedPicturesProps) {
  return (
    <div className={classes.pictures} role="group" aria-label={text.pictures.label}>
      <IconPhotoOff size={16} aria-hidden />
      <span className={classes.picturesText}>{plural(count, text.pictures.blocked)}</span>
      <Button size="compact-xs" variant="default" onClick={show}>
        {text.pictures.show}
      </Button>
      {trust && (
        <Button size="compact-xs" variant="subtle" loading={trust.isPending} onClick={trust.always}>
          {text.pictures.always(sender)}
        </Button>
      )}
    </div>
  );
}
