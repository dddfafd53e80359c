import { notifications } from '@mantine/notifications';
import { failureText } from '../api/problem.js';

/** Tells that a change was refused, in the server's words. */
export function noticeFailure(title: string) {
  return (error: unknown) => {
    notifications.show({ title, message: failureText(error), color: 'red', role: 'alert', autoClose: 10_000 });
  };
}

export function noticeDone(title: string, message?: string) {
  notifications.show({ title, message, color: 'teal' });
}
