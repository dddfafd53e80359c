const domains = new Set(
  (
    'gmail.com googlemail.com icloud.com me.com mac.com aol.com ymail.com rocketmail.com msn.com passport.com ' +
    'web.de freenet.de t-online.de posteo.de mailbox.org mail.com email.com proton.me protonmail.com pm.me tuta.com tutanota.com ' +
    'fastmail.com zoho.com hey.com duck.com hushmail.com mail.ru inbox.ru list.ru bk.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net i.ua ' +
    'seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl op.pl orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr ' +
    'libero.it virgilio.it tiscali.it alice.it tin.it uol.com.br bol.com.br terra.com.br qq.com 163.com 126.com yeah.net sina.com sohu.com ' +
    'naver.com hanmail.net daum.net nate.com rediffmail.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net ' +
    'bluewin.ch ziggo.nl kpnmail.nl hetnet.nl telenet.be skynet.be btinternet.com sky.com talktalk.net virginmedia.com ntlworld.com ' +
    'bigpond.com optusnet.com.au shaw.ca rogers.com sympatico.ca'
  ).split(' '),
);
/** Providers with a domain in each country. */
const families = /^(outlook|hotmail|live|yahoo|gmx)(\.com?)?\.\w{2,3}$/;

/** Whether mail addresses at a domain are given to everybody, so that two of them have nothing to do with each other. */
export function isPublicMail(domain: string): boolean {
  const name = domain.toLowerCase();
  return domains.has(name) || families.test(name);
}
