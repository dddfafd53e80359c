type Language = 'en' | 'de' | 'fr' | 'es';

/** A customer as they sign their mails, and the mail program they write with. */
export interface Persona {
  name: string;
  address: string;
  client: 'gmail' | 'outlook' | 'apple' | 'thunderbird' | 'plain';
  language: Language;
}

/** What somebody wants of the shop: the first mail, and what they say to each answer. */
export interface Topic {
  language: Language;
  subject: string;
  opening: string;
  answers: string[];
  attachment?: 'photo' | 'order';
}

export const personas: Persona[] = [
  { name: 'Maya Lindqvist', address: 'maya.lindqvist@northmail.example', client: 'gmail', language: 'en' },
  { name: 'Tom Brannigan', address: 'tbrannigan@quaysidecafe.example', client: 'outlook', language: 'en' },
  { name: 'Aisha Rahman', address: 'aisha@rahman-interiors.example', client: 'apple', language: 'en' },
  { name: 'Jürgen Köhler', address: 'j.koehler@posteo.example', client: 'thunderbird', language: 'de' },
  { name: 'Élodie Marchand', address: 'elodie.marchand@lapost.example', client: 'apple', language: 'fr' },
  { name: 'Sam Okafor', address: 'sam.okafor@mailbox.example', client: 'plain', language: 'en' },
  { name: 'Priya Nair', address: 'priya.nair@gmeil.example', client: 'gmail', language: 'en' },
  { name: 'Walter Hughes', address: 'whughes41@btmail.example', client: 'outlook', language: 'en' },
  { name: 'Carmen Ortega', address: 'carmen.ortega@correo.example', client: 'gmail', language: 'es' },
  { name: 'Liam Petersen', address: 'liam@petersen-boatyard.example', client: 'thunderbird', language: 'en' },
  { name: '佐藤 由美', address: 'yumi.sato@mail.example', client: 'apple', language: 'en' },
  { name: 'Beth Kowalski', address: 'bethk@fastpost.example', client: 'gmail', language: 'en' },
];

export const topics: Topic[] = [
  {
    language: 'en',
    subject: 'Where is my order HL-20418?',
    opening:
      'Hello,\n\nI ordered two "Pier" wall lamps twelve days ago (order HL-20418) and have not had a shipping notice yet. The electrician comes next Thursday. Could you check where they are?',
    answers: [
      'Thanks for the quick answer. Thursday morning would still be fine. Could you send me the tracking number once you have it?',
      'Got it, thank you! They just arrived.',
    ],
    attachment: 'order',
  },
  {
    language: 'en',
    subject: 'Glass shade arrived broken',
    opening:
      'Good morning,\n\nthe parcel came today and one of the two opal glass shades is cracked right through. I took a photo of it, see attached. The box itself had no dents.\n\nHow do we go on from here? I would love to have a replacement before the weekend.',
    answers: [
      'A replacement shade would be perfect. Do you need the broken one back?',
      'Great, I will put it in the recycling then. Thank you for sorting this out so quickly.',
    ],
    attachment: 'photo',
  },
  {
    language: 'en',
    subject: 'Is the Lighthouse floor lamp dimmable?',
    opening:
      'Hi there,\n\nquick question before I buy: does the Lighthouse floor lamp work with an ordinary wall dimmer, or do I need your own one? Our sockets are switched from the wall.',
    answers: ['And which bulb would you recommend with it? We like it rather warm, 2700 K or so.', 'Perfect, ordered!'],
  },
  {
    language: 'en',
    subject: 'Invoice with our VAT number',
    opening:
      'Hello,\n\nplease send the invoice for order HL-20377 again, this time with our VAT number GB 284 1193 06 and made out to the café:\n\nQuayside Café Ltd\n4 Rope Walk\nWhitby YO21 3PU',
    answers: [
      'That was quick. One more thing: the second line should read "4A Rope Walk". Could you change that as well?',
      'Now it is right. Thanks.',
    ],
  },
  {
    language: 'en',
    subject: 'Six pendants for a restaurant',
    opening:
      'Dear Harbour Lamps team,\n\nwe are fitting out a restaurant and would like six "Trawler" pendants in verdigris, cable length 2.5 m instead of 1.2 m.\n\n1. Is that possible?\n2. What would be the price for six?\n3. How long would it take?',
    answers: [
      'Thank you, the price works for us. Can we pay on invoice after delivery?',
      'Agreed. I have just placed the order online and mentioned this conversation in the notes.',
    ],
  },
  {
    language: 'de',
    subject: 'Frage zur Garantie der Leuchte "Mole"',
    opening:
      'Guten Tag,\n\nunsere Tischleuchte "Mole" (gekauft im März) flackert seit einigen Tagen. Ein neues Leuchtmittel hat nichts geändert. Gilt hier noch die Garantie?\n\nMit freundlichen Grüßen',
    answers: [
      'Vielen Dank für die schnelle Antwort. Die Bestellnummer lautet HL-19822. Reicht das?',
      'Prima, dann schicke ich sie morgen los. Danke!',
    ],
  },
  {
    language: 'fr',
    subject: 'Retour d’une lampe – commande HL-20401',
    opening:
      'Bonjour,\n\nla lampe « Phare » est très belle mais trop grande pour notre entrée. Est-il possible de la retourner ? Elle n’a pas été utilisée et l’emballage est complet.',
    answers: ['Merci beaucoup. Dois-je imprimer l’étiquette moi-même ?', 'Parfait, le colis part demain.'],
  },
  {
    language: 'en',
    subject: 'Change of delivery address',
    opening:
      'Hi,\n\nI am moving this week, so please send order HL-20433 to my new address:\n\n17 Ferry Road\nLeith\nEdinburgh EH6 4AE\n\nHope I am not too late!',
    answers: ['Phew, thank you. You saved me a trip.'],
  },
  {
    language: 'en',
    subject: 'Spare part: brass hook for "Capstan"',
    opening:
      'Hello, while painting the ceiling I managed to lose the small brass hook that holds the Capstan pendant. Can I buy just the hook?\n\nKind regards',
    answers: ['Lovely. One is enough, second class post is fine.', 'It came today and fits. You are stars.'],
  },
  {
    language: 'es',
    subject: 'Presupuesto para una tienda en Cádiz',
    opening:
      'Buenas tardes:\n\nTenemos una pequeña tienda en Cádiz y nos gustaría vender sus lámparas. ¿Ofrecen condiciones para distribuidores? ¿Cuál sería el pedido mínimo?',
    answers: ['Muchas gracias por la información. ¿El transporte está incluido?'],
  },
  {
    language: 'en',
    subject: 'Outdoor use?',
    opening:
      'Hi,\n\nI want to hang the Bollard lamp on our jetty. It is under a small roof but gets salt spray in winter. Your page says IP44 in one place and IP54 in another – which is right?',
    answers: ['Good to know. I will take two then, in black.'],
  },
  {
    language: 'en',
    subject: 'Just a thank-you',
    opening:
      'No complaint for once :-)\n\nThe lamp you repaired for my father hangs over his kitchen table again, and he tells everybody about it. Thank you for going to the trouble.',
    answers: [],
  },
];
