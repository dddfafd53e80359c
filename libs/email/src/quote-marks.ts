/** "On <date>, X wrote:" in the languages mail programs speak: a line that begins so and ends so, with a date or an address in it. */
const attributions: [RegExp, RegExp][] = [
  [/^On\s/i, /\b(wrote|writes|said|sent)\s*:$/i],
  [/^Am\s/i, /\b(schrieb|geschrieben)\b.{0,120}:$/i],
  [/^.{0,80}schrieb am\s/i, /:$/],
  [/^Le\s/i, /\ba écrit\s*:$/i],
  [/^El\s/i, /\bescribió\s*:$/i],
  [/^(Em|A|No dia)\s/i, /\bescreveu\s*:$/i],
  [/^(Il|In data)\s/i, /\bha scritto\s*:$/i],
  [/^Op\s/i, /\b(schreef|geschreven)\b.{0,120}:$/i],
  [/^(Den|På|Fre|Tor|Ons|Tis|Mån|Lör|Sön)\s/i, /\bskrev\b.{0,120}:$/i],
  [/^(W dniu|Dnia)\s/i, /\b(napisał|napisała|napisał\(a\)|pisze)\b.{0,120}:$/i],
  [/^.{0,80}\d{4}/, /(kirjoitti|написал|написала|пишет|писал\(а\)|yazdı|a scris|napsal|napsala|napsal\(a\)|írta|έγραψε|написа)\s*:$/i],
  [/^.{0,80}\d{4}/, /(写道|寫道|のメッセージ|님이 작성)\s*[:：]$/],
  [/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\s.{0,120}<\S+@\S+>\s*:$/, /:$/],
  // A date with its year, an address and a colon say enough in any language.
  [/^\S.{0,40}\b\d{4}\b/, /<\S+@\S+>.{0,30}:$/],
  [/^.{2,80}\s(wrote on|wrote)\s.{0,80}\d/i, /:$/],
];

/** Whether an attribution begins at this line; programs break it over up to four lines. */
export function attribution(lines: string[], at: number): boolean {
  let joined = '';
  for (const line of lines.slice(at, at + 4)) {
    joined = `${joined} ${line.trim()}`.trim();
    if (joined.length > 300 || !line.trim()) return false;
    if (/[:：]$/.test(joined)) return /\d|@/.test(joined) && attributions.some(([start, end]) => start.test(joined) && end.test(joined));
  }
  return false;
}

const originals = [
  'Original Message',
  'Ursprüngliche Nachricht',
  "Message d'origine",
  'Message d’origine',
  'Mensaje original',
  'Mensagem original',
  'Messaggio originale',
  'Oorspronkelijk bericht',
  'Oprindelig meddelelse',
  'Opprinnelig melding',
  'Ursprungligt meddelande',
  'Alkuperäinen viesti',
  'Wiadomość oryginalna',
  'Původní zpráva',
  'Eredeti üzenet',
  'Исходное сообщение',
  '原始邮件',
  '元のメッセージ',
  '원본 메시지',
];

/** A line that mail programs put between an answer and the mail below it. */
export const separator = new RegExp(`^\\s*-{2,}\\s*(${originals.join('|')})\\s*-{2,}\\s*$|^_{20,}\\s*$|^##- .{3,80} -##$`, 'i');

/** From, Sent, To, Subject as Outlook names them; the first is the one such a block begins with. */
export const headerLabels: string[][][] = [
  [['from'], ['sent', 'date'], ['to'], ['cc'], ['subject']],
  [['von'], ['gesendet', 'datum'], ['an'], ['cc'], ['betreff']],
  [['de'], ['envoyé', 'date'], ['à'], ['cc'], ['objet']],
  [['de'], ['enviado', 'enviada', 'fecha', 'data'], ['para'], ['cc'], ['asunto', 'assunto']],
  [['da'], ['inviato', 'data'], ['a'], ['cc'], ['oggetto']],
  [['van'], ['verzonden', 'datum'], ['aan'], ['cc'], ['onderwerp']],
  [['från'], ['skickat', 'datum'], ['till'], ['kopia'], ['ämne']],
  [['fra'], ['sendt', 'dato'], ['til'], ['kopi'], ['emne']],
  [['lähettäjä'], ['lähetetty'], ['vastaanottaja'], ['aihe']],
  [['od'], ['wysłano', 'data', 'odesláno'], ['do', 'komu'], ['temat', 'předmět']],
  [['от', 'от кого'], ['отправлено', 'дата'], ['кому'], ['тема']],
  [['发件人'], ['发送时间'], ['收件人'], ['主题']],
  [['差出人'], ['送信日時'], ['宛先'], ['件名']],
  [['보낸 사람'], ['보낸 날짜'], ['받는 사람'], ['제목']],
];

/** What phones and apps put below a mail by themselves; counts only near the end. */
export const signatureLine =
  /^\s*(Sent from (my|Mail|Outlook|Yahoo)|Get Outlook for|Von meinem .{1,40} gesendet|Gesendet von (meinem|Mail|Outlook)|Envoyé de (mon|puis)|Envoyé depuis|Enviado desde mi|Enviado do meu|Inviato da(l mio)? |Verzonden vanaf mijn|Skickat från min|Sendt fra min|Lähetetty |Отправлено с|发自我的|iPhoneから送信)/i;
