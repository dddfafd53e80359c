/** "wrote" as mail programs say it, in the languages they speak. */
const verbs = [
  'wrote|writes|said|schrieb|geschrieben|a écrit|écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|kirjoitti|va escriure',
  'napisał|napisała|napisał\\(a\\)|napisana|napisane|pisze|napsal|napsala|napsal\\(a\\)|napísal|írta|a scris|yazdı|đã viết|menulis',
  'написал|написала|написал\\(а\\)|писал|писал\\(а\\)|пишет|пише|написав|написав\\(ла\\)|написа|έγραψε|כתב|كتب',
].join('|');
const verb = new RegExp(`(?<!\\p{L})(?:${verbs})(?!\\p{L})|写道|寫道|のメール|のメッセージ|작성|쓴 글|เขียน`, 'iu');
const endsInVerb = new RegExp(`\\s(?:${verbs})\\s?[:：]$|(?:写道|寫道|작성)\\s?[:：]$`, 'iu');

const date = /\b(19|20)\d\d(?!\d)|\b\d{1,2}\. ?\d{1,2}\. ?\d{2}(?!\d)|\b\d{1,2}[/-]\d{1,2}[/-]\d{2}/;
const time = /\d{1,2}\s?[:.h時时시]\s?\d{2}/;
const address = /[^\s<>@]{1,64}@[^\s<>@]{1,250}/;

/** A line that such a sentence begins with, when the rest of it fills the lines below. */
const opener =
  /^(-{2,4} )?(On|Am|Le|El|Il|In data|Em|A|No dia|Op|Den|Dne|Dnia|W dniu|Wiadomość napisana|Vào|Ngày|På|În|Στις|Pada)\s|^[在於]|^\d{1,4}[./年년-]|^\p{L}{2,4}[.,]{1,2} \d/u;

const longest = 300;

/** "On Monday, 2 March 2026, Ann <ann@example.com> wrote:" on one to four lines. */
export interface Attribution {
  start: number;
  /** Names a date and an address, so that it needs no quoted lines below to be believed. */
  certain: boolean;
}

/** The attribution that ends with this line; null when none does. */
export function attributionEndingAt(lines: string[], end: number): Attribution | null {
  if (!/[:：]$|\s-{2,4}$/.test(lines[end] ?? '')) return null;
  let sentence = '';
  for (let at = end; at > end - 4 && lines[at]?.trim(); at--) {
    sentence = `${lines[at]?.trim()} ${sentence}`.trim();
    if (sentence.length > longest) return null;
    if (saysWhoWroteWhen(sentence)) return finished(lines, at, end);
  }
  return (lines[end] ?? '').length <= 80 && endsInVerb.test(lines[end] ?? '') ? { start: end, certain: false } : null;
}

function saysWhoWroteWhen(sentence: string): boolean {
  const dated = date.test(sentence);
  const timed = time.test(sentence);
  return verb.test(sentence) ? dated || timed : dated && timed && address.test(sentence);
}

/** What was found may be the lower lines of a longer sentence. */
function finished(lines: string[], found: number, end: number): Attribution {
  let start = found;
  for (let at = found; at > found - 3 && lines[at]?.trim(); at--) {
    if (opener.test(lines[at] ?? '')) {
      start = at;
      break;
    }
  }
  if (/^\s*</.test(lines[start] ?? '') && lines[start - 1]?.trim()) start--;
  const sentence = lines
    .slice(start, end + 1)
    .join(' ')
    .slice(0, 2 * longest);
  return { start, certain: date.test(sentence) && address.test(sentence) };
}

/** Whether an attribution and the quoted words are in one line, as Yahoo's app writes them in its text part. */
export function beginsQuote(line: string): boolean {
  const end = line.slice(0, longest).search(/[:：]\s{2,}\S/);
  const sentence = line.slice(0, end + 1);
  return end > 0 && opener.test(sentence.trim()) && verb.test(sentence) && date.test(sentence) && address.test(sentence);
}
