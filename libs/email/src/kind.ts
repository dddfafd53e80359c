import { partOf, type Part } from './bounce.js';
import type { RawHeader } from './raw-headers.js';
import { firstHeader } from './raw-headers.js';

/** Who or what wrote a mail. Everything but `human` answers no question and must never be answered automatically (RFC 3834 §2). */
export type MailKind = 'human' | 'auto_reply' | 'auto_generated' | 'bounce' | 'complaint' | 'list';

/** What a mail is made of, as far as its kind shows in it. */
export interface Evidence {
  from: string;
  subject: string;
  text?: string;
  parts?: Part[];
}

const autoSubject =
  /^\W*(automatic reply|auto(matic)?[ -]?(reply|response|answer)|auto:|autoreply|out of (the )?office|on (annual )?leave|away from (the|my) (office|desk)|abwesenheit|abwesend|automatische (antwort|abwesenheit)|réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|resposta automática|fora do escritório|risposta automatica|fuori sede|automatisch antwoord|afwezig|autosvar|automatisk svar|automatiskt svar|frånvaro|fravær|automaattinen vastaus|poissaolo|autoodpowiedź|automatyczna odpowiedź|automatická odpověď|nepřítomnost|автоответ|автоматический ответ|автоматична відповідь|otomatik yanıt|trả lời tự động|自动回复|自動回覆|自動応答|自動返信|不在|자동 회신|자동응답|부재중)/iu;

/** As mail servers write above the subject of what they answer, in these very words: nobody else puts a colon there. */
const autoPrefix =
  /^(automatic reply|auto(matic)? response|out of office( reply| autoreply)?|automatische antwort|abwesenheitsnotiz|réponse automatique|respuesta automática|risposta automatica|resposta automática|automatisch antwoord|autosvar|automatisk svar|automatiskt svar|automaattinen vastaus|autoodpowiedź|odpowiedź automatyczna|automatická odpověď|автоответ|автоматический ответ|автоматична відповідь|otomatik yanıt|trả lời tự động|自动回复|自动答复|自動回覆|自動応答|자동 회신) ?[:：] ?\S/iu;

const bounceSubject =
  /\b(undeliver(ed|able)|delivery (status|has failed|failure|failed|delayed|notification|incomplete)|deliver(y|ed) (problem|error)|mail delivery|mail system error|failure notice|failed delivery|returned mail|returned to sender|could not be delivered|not delivered|message (delayed|not sent)|warning: (could not send|message)|address not found|unzustellbar|nicht zugestellt|non remis|échec de la remise|no entregado|no se puede entregar|não entregue|mancato recapito|onbestelbaar|kan inte levereras|не доставлено|недоставлен)|未送達|送信エラー|配信(?:不能|エラー)|退信|投递失败/iu;

/** Text-only bounces that say what they are in their first lines. */
const bounceOpening =
  /^\W*(hi\. this is the .{0,60}(qmail|mail)|this message was created automatically by mail delivery software|sorry,? (we were|i was|i wasn'?t) (un)?able to (deliver|send)|this is (the|an automatically generated) (mail system|delivery status notification)|your message (to .{0,120} )?(could ?n[o']t|was ?n[o']t|has not been) (be )?deliver|delivery (to the following|has failed to)|i'?m sorry to have to inform you|the following (address|message|recipient)s? (had|to|could|has)|could not (deliver|be delivered)|an error occurred while trying to deliver|mail server .{0,80} could not deliver|次のあて先|メールは(?:配信|送信)できません)/iu;

const daemon =
  /^(mailer-daemon|mail-daemon|postmaster|mailerdaemon|mail\.?delivery|maildelivery|mdaemon|microsoftexchange\w+|bounces?|no-?reply-?bounces?|double-bounce)([+@])/i;

/** Decides from headers first, the strongest evidence first; then from the parts, and last from words. */
export function kindOf(headers: RawHeader[], { from, subject, text = '', parts = [] }: Evidence): MailKind {
  const has = (...names: string[]) => names.some((name) => headers.some((header) => header.name === name));
  const header = (name: string) => firstHeader(headers, name).toLowerCase();
  const type = header('content-type');
  const isReport = /^multipart\/report\b/.test(type);
  const submitted = header('auto-submitted').split(/[;\s(]/)[0] ?? '';
  const precedence = header('precedence');
  const opening = text.slice(0, 400);

  if (/report-type\s*=\s*"?feedback-report/.test(type) || partOf(parts, /^message\/feedback-report$/)) return 'complaint';
  if (header('x-ms-exchange-organization-messagesource') === 'complaint' || has('x-hmxmroriginalrecipient')) return 'complaint';
  if (/report-type\s*=\s*"?disposition-notification/.test(type)) return 'auto_generated';
  if (isReport && partOf(parts, /^message\/disposition-notification$/)) return 'auto_generated';
  if (/report-type\s*=\s*"?delivery-status/.test(type) || has('x-failed-recipients')) return 'bounce';
  const sentByMachine = daemon.test(from) || header('return-path') === '<>';
  if ((isReport || sentByMachine) && partOf(parts, /^message\/(global-)?delivery-status$/)) return 'bounce';
  if (daemon.test(from) && (header('return-path') === '<>' || submitted.startsWith('auto'))) return 'bounce';
  if (sentByMachine && (bounceSubject.test(subject) || bounceOpening.test(opening))) return 'bounce';
  const certified = header('x-ricevuta');
  if (certified) return /errore-consegna|non-accettazione/.test(certified) ? 'bounce' : 'auto_generated';
  if (isCalendarReply(type, parts)) return 'auto_reply';
  if (submitted === 'auto-replied' || submitted === 'auto-notified') return 'auto_reply';
  if (has('x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-response', 'x-auto-reply', 'x-autoreply-from', 'x-mail-autoreply'))
    return 'auto_reply';
  if (['auto_reply', 'auto-reply', 'autoreply'].includes(precedence)) return 'auto_reply';
  if (autoPrefix.test(subject)) return 'auto_reply';
  if (autoSubject.test(subject) && (has('in-reply-to', 'references', 'x-auto-response-suppress') || sentByMachine)) return 'auto_reply';
  if (submitted && submitted !== 'no') return 'auto_generated';
  if (
    has('list-id', 'list-unsubscribe', 'feedback-id', 'x-mailchimp-id', 'x-mc-user', 'x-campaign') ||
    ['bulk', 'list', 'junk'].includes(precedence)
  )
    return 'list';
  return 'human';
}

/** "Accepted: …" as calendars send it by themselves (RFC 5546 §3.2.3). */
function isCalendarReply(contentType: string, parts: Part[]): boolean {
  if (/^text\/calendar\b.*method\s*=\s*"?(reply|counter|declinecounter|refresh)/.test(contentType)) return true;
  const calendar = partOf(parts, /^(text\/calendar|application\/ics)$/);
  return calendar !== null && /^METHOD:(REPLY|COUNTER|REFRESH)\s*$/im.test(calendar.toString('latin1'));
}
