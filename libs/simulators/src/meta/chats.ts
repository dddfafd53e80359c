/** One matter a customer writes about, in the short lines people type on a phone, and what they say when they are answered. */
export interface Chat {
  opening: string[];
  answers: string[];
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
    opening: ['Hi! Is the brass Pier lamp back in stock?', 'The one from your story yesterday 😍'],
    answers: ['Ah great, can you keep one for me until Saturday?', 'Perfect, thank you! 🙏'],
  },
  {
    opening: ['My order HL-30412 was supposed to come on Tuesday and the tracking has not moved for 4 days'],
    answers: ['It says "arrived at depot", nothing since', 'ok, please keep me posted', 'It came this morning, thanks for chasing it!'],
  },
  {
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
    opening: ['Which bulb fits the Lantern S?', 'E14 or E27, the page says both 🤔'],
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
