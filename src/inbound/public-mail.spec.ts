import { isPublicMail } from './public-mail.js';

test('people at a large provider are strangers to each other, people at one company are not', () => {
  const open = [
    'gmail.com',
    'GMX.de',
    'gmx.net',
    'web.de',
    'yahoo.co.uk',
    'yahoo.com.br',
    'outlook.com',
    'hotmail.fr',
    'icloud.com',
    'mail.ru',
    'qq.com',
  ];
  expect(open.filter((domain) => !isPublicMail(domain))).toEqual([]);
  const own = ['harbour-lamps.example', 'mail.harbour-lamps.com', 'gmail.com.evil.example', 'notgmail.com', 'webshop.de', ''];
  expect(own.filter(isPublicMail)).toEqual([]);
});
