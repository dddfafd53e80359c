/** One matter a customer writes about, in the short lines people type on a phone, and what they say when they are answered. */
export interface Chat {
  opening: string[];
  answers: string[];
  /** Sent after the opening. */
  picture?: boolean;
  /** On Instagram the first line is a reply to the shop's story. */
  story?: boolean;
  /** What the last line of the opening is corrected to. */
  corrected?: string;
  /** How the last answer of the shop's is liked. */
  reaction?: string;
}

/** What somebody writes below a post, and what they say when they are answered: for all to read, or in private. */
export interface CommentChat {
  text: string;
  publicly: string;
  privately: string[];
}

export const chatters = [
  'Ada Moss',
  'Bo Lindqvist',
  'Céline Fournier',
  'Dmitri Sokolov',
  'Esra Yılmaz',
  'Femi Adeyemi',
  'Grace O’Neill',
  'Hiroko Tanaka',
  'Ines Carvalho',
  'Jakub Wójcik',
  'Kwame Mensah',
  'Lotte de Vries',
];

export const chats: Chat[] = [
  {
    story: true,
    reaction: '❤️',
    opening: ['Hi! Is the brass Pier lamp back in stock?', 'The one from your story yesterday 😍'],
    answers: ['Ah great, can you keep one for me until Saturday?', 'Perfect, thank you! 🙏'],
  },
  {
    opening: ['My order HL-30412 was supposed to come on Tuesday and the tracking has not moved for 4 days'],
    answers: ['It says "arrived at depot", nothing since', 'ok, please keep me posted', 'It came this morning, thanks for chasing it!'],
  },
  {
    picture: true,
    opening: ['hello, the shade of my Dune lamp arrived with a crack :(', 'what do I do?'],
    answers: ['Sure, the order is HL-30877. The box was fine from outside', 'A new shade is enough, no need to send all of it back'],
  },
  {
    opening: ['Can the Buoy pendant hang in a bathroom? I mean is it ok with steam'],
    answers: ['It would be about 1 m from the shower', 'Good to know. I’ll take the IP44 one then'],
  },
  {
    opening: ['Bonjour ! Vous livrez en Belgique ? Et combien coûte l’envoi ?'],
    answers: ['Très bien, merci. Je commande ce soir ✨'],
  },
  {
    corrected: 'E14 or E27? The page says both 🤔',
    reaction: '👍',
    opening: ['Which bulb fits the Lantern S?', 'E14 or E28, the page says both 🤔'],
    answers: ['and is it dimmable?', 'Thx!'],
  },
  {
    opening: ['I paid twice for the same lamp?? Two charges of 89.00 on my card today'],
    answers: [
      'Yes both from Harbour Lamps, 10:02 and 10:03',
      'OK so one will disappear by itself, how many days?',
      'It’s gone. Thank you for being quick',
    ],
  },
  {
    opening: ['Do you have the Tide floor lamp in any other colour than black'],
    answers: ['Sand would be lovely. When is it coming?', 'Alright, put me on the list please'],
  },
  {
    opening: ['I want to return the Cove table lamp, bought it 3 weeks ago. Never used, still boxed'],
    answers: ['Just too big for the shelf honestly', 'Great, the label arrived, I’ll drop it off tomorrow'],
  },
  {
    opening: ['Hey, do you do discounts for cafés? We need 14 of the Pier wall lamps'],
    answers: ['Mid January would be fine', 'Send the offer here or to the address in my bio, both fine 👍'],
  },
];

export const commentChats: CommentChat[] = [
  {
    text: 'How much is the big one? 😍',
    publicly: 'Thank you!',
    privately: ['Oh nice, less than I thought. Can I pick it up in the shop?'],
  },
  { text: 'Do you ship to Norway?', publicly: 'Perfect, ordering tonight', privately: ['Great, and how much is the shipping?'] },
  {
    text: 'Mine has flickered since the second week. Not happy!!',
    publicly: 'ok, I wrote you a message',
    privately: ['It is order HL-30655'],
  },
  {
    text: 'Is this the same lamp as in the café at the harbour?',
    publicly: 'I knew it!',
    privately: ['Haha, I sit below it every morning'],
  },
  {
    text: 'Still waiting for an answer to my mail from Monday…',
    publicly: 'Thanks, found it',
    privately: ['The address is the one I ordered with'],
  },
  { text: 'Love it. Does it come in green?', publicly: 'Please tell me when it does 💚', privately: ['Yes please, put me on the list'] },
];
