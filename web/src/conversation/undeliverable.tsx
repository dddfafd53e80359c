import { Alert } from '@mantine/core';
import { IconMailX } from '@tabler/icons-react';
import { useContact } from '../api/resources.js';
import { text } from '../text/text.js';

/** Warns that what is written to this customer did not arrive the last time. */
export function Undeliverable({ contactId }: { contactId: string }) {
  const { data: contact } = useContact(contactId);
  const dead = contact?.identities.filter(({ undeliverable }) => undeliverable) ?? [];
  return dead.map(({ id, externalId, undeliverable }) => (
    <Alert key={id} role="status" variant="light" color="orange" mb="xs" p="xs" icon={<IconMailX aria-hidden />}>
      {text.composer.undeliverable(externalId, undeliverable!)}
    </Alert>
  ));
}
