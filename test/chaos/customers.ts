import { setTimeout as sleep } from 'node:timers/promises';
import { header } from '../outside.js';
import type { Dice } from './dice.js';
import { bytesNamed, type Letter, rawMail } from './letters.js';
import { SocialCustomers } from './social-customers.js';
import { mailbox, type World } from './world.js';

interface Thread {
  from: string;
  subject: string;
  /** Of all its mails, ours too, as they became known. */
  ids: string[];
}

const pauseMs = { least: 150, most: 750 };
const fileBytes = { least: 50_000, most: 300_000 };

/** Everybody outside, writing on and on; and the books of what they wrote. */
export class Customers {
  readonly letters: Letter[] = [];
  readonly social: SocialCustomers;
  /** When somebody did something that shows as a message, by what it is called in the books. */
  readonly toldAt = new Map<string, number>();
  private readonly threads: Thread[] = [];

  constructor(
    private readonly world: World,
    private readonly dice: Dice,
    private readonly seed: number,
  ) {
    this.social = new SocialCustomers(world, dice.other(1), this.toldAt);
    world.smtp.onMail = (raw) => this.readReply(raw);
  }

  async writeUntil(end: number): Promise<void> {
    while (Date.now() < end) {
      await sleep(this.dice.between(pauseMs.least, pauseMs.most));
      if (this.dice.chance(0.4)) await this.mail();
      else this.social.act();
    }
  }

  private async mail(): Promise<void> {
    const number = this.letters.length + 1;
    const known = this.dice.chance(0.45) ? this.dice.pick(this.threads) : undefined;
    const thread = known ?? { from: `Mail Customer ${number} <m${number}@customer.example>`, subject: `Lamp ${number}`, ids: [] };
    if (!known) this.threads.push(thread);
    const letter = this.letterIn(thread, number, known !== undefined);
    this.letters.push(letter);
    thread.ids.push(letter.messageId);
    await this.world.dovecot.deliver(mailbox, rawMail(letter));
    this.toldAt.set(letter.text, Date.now());
  }

  private letterIn({ from, subject, ids }: Thread, number: number, answers: boolean): Letter {
    const size = this.dice.chance(0.2) ? this.dice.between(fileBytes.least, fileBytes.most) : 0;
    return {
      ...{ messageId: `m${number}.${this.seed}@customer.example`, from, subject: answers ? `Re: ${subject}` : subject },
      ...{ text: `M${number}. Is the brass lamp back?`, at: new Date(), references: [...ids] },
      ...(answers && { inReplyTo: ids.at(-1)! }),
      ...(size && { file: { name: `m${number}.bin`, content: bytesNamed(`${this.seed} m${number}`, size) } }),
    };
  }

  /** Whoever got a reply may answer it. */
  private readReply(raw: Buffer): void {
    const [own, answered] = ['Message-ID', 'In-Reply-To'].map((name) => header(raw, name)?.replace(/[<>]/g, ''));
    const thread = this.threads.find(({ ids }) => ids.includes(answered ?? ''));
    if (own && thread && !thread.ids.includes(own)) thread.ids.push(own);
  }
}
