/** What phones and apps put below a mail by themselves, in the languages they speak: a line that begins so, and is short. */
const devices = [
  'Sent (?:from|via|with|using) (?:my|the|Mail|Outlook|Yahoo|Proton|Samsung|BlackBerry|Gmail|AOL|Zoho|Spark|Canary|an? |iPhone|Mobile|Windows|Front|HUAWEI|myMail|TypeApp|BlueMail|Tutanota|Tuta|Airmail|Superhuman)',
  'Get (?:Outlook|BlueMail|TypeApp|Nine) for|Sent from [A-Z][\\w ]{1,20} (?:for|on) (?:Android|iOS|iPhone|Windows|mobile)|Secured with Tuta|Download BlueMail',
  'Von meinem .{1,40} gesendet|Von .{1,40} gesendet$|Gesendet (?:von|mit|über) |Diese Nachricht wurde von meinem .{1,60} gesendet|Holen Sie sich Outlook|Outlook für (?:Android|iOS) (?:beziehen|herunterladen)',
  'Envoyé (?:de|depuis|à partir|avec) |Envoyée? (?:de|depuis) mon|Obtenir Outlook|Télécharger Outlook|Obtenez Outlook',
  'Enviado desde |Enviado (?:do|de|a partir|pelo|via|com) |Enviada do |Obtener Outlook|Obtenga Outlook|Obter o Outlook|Obtenha o Outlook',
  'Inviato (?:da|dal|dall|con) ?|Scarica Outlook|Ottieni Outlook',
  'Verzonden (?:vanaf|vanuit|met|via|door) |Verstuurd (?:vanaf|vanuit|met) |Outlook voor (?:Android|iOS) downloaden|Download Outlook voor',
  'Skickat från |Skickades från |Hämta Outlook|Skaffa Outlook',
  'Sendt (?:fra|via|med) |Hent Outlook|Få Outlook',
  'Lähetetty .{1,40}(?:sta|stä|lta|ltä|ni|lla|llä)[\\s\\w-]{0,20}\\.?$|Lähetetty iPhone|Hanki Outlook|Hae Outlook',
  'Wysłane? z |Wysłano z |Wysłane przy użyciu|Pobierz (?:program |aplikację )?Outlook',
  'Odesláno z|Odesláno pomocí|Odoslané z|Získat Outlook|Získejte Outlook|Stáhnout Outlook',
  'Отправлено (?:с|со|из|через) |Отправлено iPhone|Получить Outlook|Скачать Outlook|Скачайте Outlook|Надіслано (?:з|із|через) |Відправлено (?:з|із) |Отримати Outlook|Завантажити Outlook',
  ".{0,40}(?:dan|den|tan|ten) gönderildi|(?:iOS|Android) için Outlook|Outlook['’]u (?:edinin|alın|indirin)",
  '発信元|.{1,30}から送信|(?:iPhone|Android)版 ?Outlook|Outlook for (?:iOS|Android) ?を入手',
  '发自我的|發自我的|从我的.{1,20}发送|從我的.{1,20}傳送|發送自|从 ?(?:iPhone|Outlook|Windows|Mail|邮件)|获取 ?Outlook|取得 ?Outlook|來自我的|使用.{1,20}发送',
  '나의 .{1,20}에서 보냄|내 .{1,20}에서 보냄|.{1,30}에서 보냄|.{1,20}에서 보낸 메일|.{1,20}에서 보냈습니다|(?:iOS|Android)용 Outlook|Outlook(?:용|을) ?(?:iOS|Android|다운로드)',
  'Đã gửi từ |Được gửi từ |Gửi từ |Tải Outlook|Tải về Outlook|Lấy Outlook',
  'Elküldve |Trimis de pe|Στάλθηκε από|נשלח מה|أُرسلت من|أرسلت من|Dikirim dari|ส่งจาก',
  'Virus-free\\.|This email has been checked for viruses|Diese E-Mail wurde .{0,20}auf Viren geprüft|Garanti sans virus|Libre de virus|Virenfrei\\.',
].join('|');

/** One of these is in each such line; without it the line may be somebody's: "Sent from Malmö yesterday". */
const machines = new RegExp(
  [
    'i(?:Phon|Pad|Pod|OS)|Apple|Mac|Android|Galaxy|Samsung|Huawei|Xiaomi|Redmi|OPPO|vivo|OnePlus|Pixel|Nokia|Sony|Xperia|HTC|LG|Motorola|BlackBerry|Windows',
    'Outlook|mail|Yahoo|AOL|Proton|Zoho|GMX|WEB\\.DE|Telekom|Orange|Spark|Canary|Front|Tuta|Superhuman|TypeApp|Nine|virus|Avast|AVG',
    'smartphone|mobil|handy|telefon|téléphone|teléfono|telemóvel|celular|cellulare|telefoon|puhelim|phone|cihaz|tablet|device|appareil|dispositi|apparaat|enhet|enhed',
    'телефон|смартфон|устройств|пристро|手机|手機|携帯|スマートフォン|휴대|điện thoại|thiết bị|邮箱|大师',
  ].join('|'),
  'iu',
);

const device = new RegExp(`^\\s*[-–—~*_<(]{0,3}\\s?(?:${devices})`, 'iu');
const link = /^\s*[(<[]?(?:https?:\/\/|www\.)\S+[)>\]]?\s*$/i;
const name = /^[\p{Lu}\p{Lo}+(\d][^?!:;,]{0,29}$/u;

const rule = /^\s*(?:[-_=*]{3,}|-- ?|—|__)\s*$/;
const mostLines = 15;

/**
 * Where the signature begins in lines that end with it; their number when there is none. It is what stands below a line
 * of two dashes (RFC 3676 §4.3), and what a phone adds, at the very end only: above anything else it is what somebody wrote.
 */
export function signatureStart(lines: string[]): number {
  const dashes = dashedStart(lines);
  return dashes < lines.length ? dashes : deviceStart(lines);
}

function dashedStart(lines: string[]): number {
  let filled = 0;
  let start = lines.length;
  for (let at = lines.length - 1; at >= 0 && filled <= mostLines; at--) {
    const line = lines[at] ?? '';
    if (line === '-- ' || (/^(?:--|—|__)$/.test(line) && signs(lines.slice(at + 1)))) start = at;
    if (line.trim()) filled++;
  }
  return start;
}

/** Without the space of RFC 3676 the dashes may also part two thoughts: below a signature stands who signs, and perhaps what lawyers want there. */
function signs(below: string[]): boolean {
  const first = below.find((line) => line.trim()) ?? '';
  const isSentence = /[.!?…。！？]$/.test(first) && first.split(/\s+/).length > 3;
  return !isSentence && below.every((line, at) => line.length <= 80 || (at > 0 && disclaimer.test(line)));
}

const disclaimer =
  /confiden[tc]i|vertraulich|riservat|vertrouwelijk|poufn|důvěrn|konfident|fortrolig|luottamuksell|конфиденц|конфіденц|gizli|機密|保密|intended (?:recipient|only|for)|handelsregister|registergericht|geschäftsführer|umwelt|environment before/iu;

function deviceStart(lines: string[]): number {
  let start = lines.length;
  let names = 0;
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? '';
    if (isDevice(line)) start = at;
    else if (line.trim() && !link.test(line) && !rule.test(line) && (++names > 2 || start < lines.length || !isName(line))) break;
  }
  return start;
}

function isDevice(line: string): boolean {
  const words = line.replace(/https?:\/\/\S+/g, '').trim();
  return words.length <= 90 && device.test(words) && machines.test(words) && !/[?!]$/.test(words);
}

function isName(line: string): boolean {
  return name.test(line.trim()) && line.trim().split(/\s+/).length <= 4 && !/\.$/.test(line);
}

const banner = new RegExp(
  [
    '^\\W{0,3}(?:EXT(?:ERNAL)?|EXTERN[AE]?|EXTERNO|ESTERNO|EXTERNÍ|ZEWNĘTRZN[AY]|外部邮件|外部メール|社外)(?: (?:E-?MAIL|MESSAGE|SENDER|MAIL))?\\W{0,3}$',
    '^\\W{0,3}(?:EXTERNAL E?-?MAIL|EXTERNAL SENDER|CAUTION|WARNING|ATTENTION|ACHTUNG|VORSICHT|WARNUNG|LET OP|ATENCIÓN|ATENÇÃO|ATTENZIONE|UWAGA|VARNING|ADVARSEL|CAUTELA|NOTICE|\\[EXTERNAL\\])\\W{1,4}.{0,120}(?:extern|outside|außerhalb|buiten|fuera|fora d|esterno|extérieur|spoza|zewn|utanför|udenfor|utenfor)',
    '^\\W{0,3}(?:This (?:e-?mail|message) (?:originated|came|was sent|is) from (?:an external|outside|someone outside)|Diese (?:E-?Mail|Nachricht) (?:stammt|kommt|wurde) von (?:einem externen|außerhalb|extern))',
    "^\\W{0,3}(?:You don['’]t often get e-?mail from|Some people who received this message don['’]t often get email from|Sie erhalten nicht (?:oft|häufig) E-Mails von|Vous ne recevez pas souvent de courriers? de|No suele recibir correos? electrónicos? de|Non si ricevono spesso messaggi di posta|U ontvangt niet vaak e-mail van|Você não costuma receber emails? de)",
  ].join('|'),
  'iu',
);

const longestBanner = 500;

/** How many lines at the top are a mail server's warning; 0 when unsure: it must be a paragraph of its own with more below. */
export function bannerEnd(lines: string[]): number {
  let start = 0;
  let end = 0;
  for (;;) {
    while (start < lines.length && !lines[start]?.trim()) start++;
    let stop = start;
    while (stop < lines.length && lines[stop]?.trim()) stop++;
    const paragraph = lines
      .slice(start, Math.min(stop, start + 6))
      .join(' ')
      .trim();
    if (stop >= lines.length || stop - start > 5 || paragraph.length > longestBanner || !banner.test(paragraph)) return end;
    end = start = stop;
  }
}
