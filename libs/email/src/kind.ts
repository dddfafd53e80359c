import type { RawHeader } from './raw-headers.js';
import { firstHeader } from './raw-headers.js';

/** Who or what wrote a mail. Everything but `human` answers no question and must never be answered automatically (RFC 3834 §2). */
export type MailKind = 'human' | 'auto_reply' | 'auto_generated' | 'bounce' | 'complaint' | 'list';

const autoSubject =
  /^(automatic reply|auto:|autoreply|out of (the )?office|abwesenheit|automatische antwort|réponse automatique|respuesta automática|resposta automática|risposta automatica|automatisch antwoord|autosvar|automatiskt svar|autoodpowiedź|автоответ|自动回复|自動応答)/i;

/** Decides from headers, the strongest evidence first. */
export function kindOf(headers: RawHeader[], from: string, subject: string): MailKind {
  const has = (...names: string[]) => names.some((name) => headers.some((header) => header.name === name));
  const header = (name: string) => firstHeader(headers, name).toLowerCase();
  const type = header('content-type');
  const submitted = header('auto-submitted').split(/[;\s]/)[0] ?? '';
  const precedence = header('precedence');

  if (/report-type="?feedback-report/.test(type)) return 'complaint';
  if (/report-type="?delivery-status/.test(type) || has('x-failed-recipients')) return 'bounce';
  if (/^(mailer-daemon|postmaster)@/i.test(from) && (header('return-path') === '<>' || submitted.startsWith('auto'))) return 'bounce';
  if (/report-type="?disposition-notification/.test(type)) return 'auto_generated';
  if (submitted === 'auto-replied' || has('x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-response')) return 'auto_reply';
  if (precedence === 'auto_reply' || (has('in-reply-to', 'references') && autoSubject.test(subject))) return 'auto_reply';
  if (submitted && submitted !== 'no') return 'auto_generated';
  if (has('list-id', 'list-unsubscribe', 'feedback-id') || ['bulk', 'list', 'junk'].includes(precedence)) return 'list';
  return 'human';
}
