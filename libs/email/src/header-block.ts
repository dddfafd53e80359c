/** From, Sent or Date, To, and Subject, as mail programs name them above the mail they answer or forward. */
const languages = [
  'from|sent,date|to|subject',
  'von|gesendet,datum,gesendet am|an|betreff',
  "de|envoyé,date,envoyé le,date d'envoi|à,a|objet,sujet",
  'de|enviado,enviado el,enviada,enviada em,enviado em,fecha,data,date|para|asunto,assunto',
  'da|inviato,data,data invio|a|oggetto',
  'van|verzonden,datum|aan|onderwerp',
  'från|skickat,datum|till|ämne',
  'fra|sendt,dato|til|emne',
  'lähettäjä|lähetetty,päivämäärä,päiväys|vastaanottaja,kohde|aihe',
  'od|wysłano,wysłane,data,odesláno,datum|do,komu|temat,předmět',
  'от,от кого|отправлено,дата|кому|тема',
  'від,від кого|надіслано,дата|кому|тема',
  'kimden,gönderen|gönderildi,gönderme tarihi,tarih|kime,alıcı|konu',
  'từ,người gửi|đã gửi,gửi,ngày|đến,tới,người nhận|chủ đề,tiêu đề',
  '发件人|发送时间,日期,时间|收件人|主题',
  '寄件者,寄件人|寄件日期,日期|收件者,收件人|主旨',
  '差出人,送信者,from|送信日時,日付,date|宛先,to|件名,subject',
  '보낸 사람,보낸사람,발신|보낸 날짜,날짜,보낸날짜|받는 사람,받는사람,수신|제목',
  'feladó|elküldve,dátum|címzett|tárgy',
  'de la,expeditor|trimis,data|către|subiect',
  'από|στάλθηκε,ημερομηνία|προς|θέμα',
  'מאת|נשלח,תאריך|אל|נושא',
  'من|تاريخ الإرسال,التاريخ|إلى|الموضوع',
].map((language) => language.split('|').map((names) => names.split(',')));

const firstRoles = [0, 1, 3];
const enough = 16;

/**
 * The line below the header block that begins at this line; null when none begins here. It needs a sender, a subject and
 * one more, all in one language: "From: Paris" alone is what somebody writes.
 */
export function headerBlockEnd(lines: string[], at: number): number | null {
  const first = label(lines[at] ?? '');
  if (!first) return null;
  const speakers = languages.filter((roles) => firstRoles.some((role) => roles[role]?.includes(first)));
  if (!speakers.length) return null;
  const block = blockFrom(lines, at);
  const found = speakers.some((roles) => {
    const [from, date, to, subject] = roles.map((names) => names.some((name) => block.labels.has(name)));
    return from && subject && (date || to);
  });
  return found ? block.end : null;
}

/** Blank lines may stand between the header's lines, where each was a paragraph of HTML, and a long To goes on in the next line. */
function blockFrom(lines: string[], at: number): { labels: Set<string>; end: number } {
  const labels = new Set<string>();
  let last = at;
  for (let next = at; next < Math.min(at + enough, lines.length); next++) {
    const name = label(lines[next] ?? '');
    if (name && labels.has(name)) break;
    if (name) labels.add(name);
    if (name) last = next;
    else if (lines[next]?.trim() && (!lines[next - 1]?.trim() || next - last > 3)) break;
  }
  return { labels, end: last + 1 };
}

function label(line: string): string | null {
  const name = /^[*_\s]*([^:：*]{1,24}?)[*_\s]*[:：]/.exec(line.slice(0, 60))?.[1];
  return name ? name.trim().toLowerCase().replace(/\s+/g, ' ').replaceAll('’', "'") : null;
}
