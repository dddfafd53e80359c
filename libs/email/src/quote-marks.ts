const originals = [
  'Original|Original Message|Original e?-?mail|Reply message|Ursprüngliche Nachricht|Original-Nachricht|Originalnachricht|Ursprüngliche E-Mail',
  "Message d['’]origine|Message original|Message initial|Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht|Origineel bericht",
  'Oprindelig meddelelse|Oprindelig besked|Original meddelelse|Opprinnelig melding|Ursprungligt meddelande|Originalmeddelande|Alkuperäinen viesti',
  'Wiadomość oryginalna|Oryginalna wiadomość|Treść oryginalnej wiadomości|Původní zpráva|Původní e-mail|Pôvodná správa|Eredeti üzenet|Mesaj original',
  'Исходное сообщение|Оригинальное сообщение|Первоначальное сообщение|Вихідне повідомлення|Оригінальне повідомлення|Начальное сообщение',
  'Orijinal mesaj|Orijinal ileti|Özgün ileti|Thư gốc|Tin nhắn gốc|Αρχικό μήνυμα',
  '原始邮件|原始郵件|原郵件|元のメッセージ|元のメール|オリジナルメッセージ|원본 메시지|원본 메일|원본메일',
].join('|');

/** A line that mail programs put between an answer and the mail below it. */
export const separator = new RegExp(`^\\s*[-=_*]{2,40}\\s*(?:${originals})\\s*[-=_*]{2,40}:?\\s*$`, 'iu');

/** What may stand right above quoted history and belongs to it: a rule, or the bare words of a {@link separator}. */
export const leadIn = new RegExp(`^\\s*(?:[-_=*]{3,}|${originals})\\s*$`, 'iu');

const forwards = [
  'Forwarded message|Begin forwarded message|Forwarded Mail|Start of forwarded message|Weitergeleitete Nachricht|Anfang der weitergeleiteten (?:Nachricht|E-Mail)',
  'Message transféré|Début du message (?:transféré|réexpédié)|Mensaje reenviado|Inicio del mensaje reenviado|Mensagem (?:re)?encaminhada|Início da mensagem (?:re)?encaminhada',
  'Messaggio inoltrato|Inizio (?:del )?messaggio inoltrato|Doorgestuurd bericht|Begin doorgestuurd bericht|Vidarebefordrat (?:brev|meddelande|mejl)|Vidarebefordrat brev',
  'Videresendt (?:meddelelse|melding|besked|e-post)|Start på videresendt (?:besked|melding)|Edelleenlähetetty viesti|Välitetty viesti|Välitetty viesti alkaa',
  'Przekazana wiadomość|Wiadomość przekazana dalej|Treść przekazanej wiadomości|Początek przekazywanej wiadomości|Přeposlaná zpráva|Začátek přeposílané zprávy|Přeposlaný e-mail',
  'Пересылаемое сообщение|Пересланное сообщение|Перенаправленное сообщение|Начало переадресованного сообщения|Переслане повідомлення|Переслане сообщение',
  'Yönlendirilmiş (?:ileti|mesaj)|İletilen (?:ileti|mesaj)|Thư (?:đã )?(?:được )?chuyển tiếp|Tin nhắn đã chuyển tiếp',
  '転送(?:された)?メッセージ|転送メール|转发的?(?:邮件|消息)|已转发邮件|轉寄的?郵件|전달된 메(?:시지|일)',
].join('|');

const forwardLine = new RegExp(`^[-=_*\\s]*(?:${forwards})[-=_*\\s]*[:：]?[-=_*\\s]*$`, 'iu');

/** Whether what follows this line was passed on, and so is what the mail is about. */
export function startsForward(line: string): boolean {
  return line.length < 120 && /[-:：]/.test(line) && forwardLine.test(line);
}

const above = [
  'reply above this line|type your reply above|antworten sie (?:bitte )?(?:oberhalb|über)|répond(?:re|ez) au-dessus|(?:responda|escriba su respuesta) (?:por )?encima',
  'responda acima|risponda? sopra|(?:antwoord|reageer) boven|odpowiedz powyżej|svara ovanför|svar over denne|kirjoita vastauksesi tämän|odpovězte nad',
].join('|');
const replyAbove = new RegExp(`^\\W*(?:please |bitte |veuillez )?(?:${above})`, 'iu');

/** "##- Please type your reply above this line -##" and its like, which help desks put on top of what they send. */
export function saysReplyAbove(line: string): boolean {
  return line.length < 200 && (/^\s*##- .{3,120} -##/.test(line) || replyAbove.test(line.trim()));
}

const within = [
  '(?:my|our) (?:answers?|repl(?:y|ies)|comments?|responses?) (?:are |is )?(?:below|inline|in ?line|within|in (?:red|blue|green|bold|caps|the text|your (?:mail|text|message)))',
  '(?:see|answered|replied|commented|answers|replies|comments) (?:my answers? |my comments? |below )?(?:inline|in-line|in (?:red|blue|green))',
  'antworten? (?:siehe |stehe?n? )?(?:unten|im text|in rot|in blau|direkt im|zwischen den zeilen)|siehe (?:unten )?(?:in rot|in blau|im text)',
  'réponses? (?:ci-dessous|en rouge|en bleu|dans le texte)|respuestas? (?:abajo|más abajo|en rojo|en azul|en el texto)|respostas? (?:abaixo|a vermelho|em vermelho|no texto)',
  'rispost[ae] (?:sotto|qui sotto|in rosso|nel testo)|antwoord(?:en)? (?:hieronder|in rood|in de tekst)|odpowiedzi (?:poniżej|na czerwono|w tekście)|svar(?:en)? (?:nedan|nedenfor|i rött|med rött|i rødt|med rødt|i texten|i teksten)',
  'ответы (?:ниже|в тексте|красным)|відповіді (?:нижче|в тексті|червоним)|odpovědi (?:níže|červeně|v textu)|vastaukset (?:alla|punaisella|tekstissä)',
].join('|');
const answersWithin = new RegExp(`(?<!\\p{L})(?:${within})(?!\\p{L})`, 'iu');

/** Whether the words above a quotation without marks say that there are answers in it. */
export function saysAnswersWithin(words: string): boolean {
  return answersWithin.test(words.slice(0, 2000));
}
