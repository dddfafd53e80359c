import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { failureText } from '../api/problem.js';

const offerMs = 15_000;

/** Tells that a change was refused, in the server's words. */
export function noticeFailure(title: string) {
  return (error: unknown) => {
    notifications.show({ title, message: failureText(error), color: 'red', role: 'alert', autoClose: 10_000 });
  };
}

export function noticeDone(title: string, message?: string) {
  notifications.show({ title, message, color: 'teal' });
}

/** What can be done about something just done, by the words on its button. */
export type Offers = Record<string, () => void>;

/** Tells that something was done, with buttons for what may follow; the first one pressed closes the notice. */
export function noticeOffers(title: string, offers: Offers, message?: string) {
  const shown = notifications.show({
    title,
    color: 'teal',
    autoClose: offerMs,
    message: (
      <>
        {message}
        <Group mt={4} gap="xs">
          {Object.entries(offers).map(([label, follow]) => (
            <Button
              key={label}
              size="compact-sm"
              variant="default"
              onClick={() => {
                notifications.hide(shown);
                follow();
              }}
            >
              {label}
            </Button>
          ))}
        </Group>
      </>
    ),
  });
}
