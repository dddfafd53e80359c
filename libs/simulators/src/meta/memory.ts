import { readFile, writeFile } from 'node:fs/promises';
import type { MetaAccount, Thread, ThreadMessage, World } from './world.js';

interface RememberedThread {
  account: string;
  customer: string;
  messages: ThreadMessage[];
  lastCustomerAt: number | null;
  unreachable?: Thread['unreachable'];
}

/** Threads of an earlier run, kept in a JSON file, so that whoever keeps a database beside the platform may start both again. */
export class Memory {
  private constructor(
    private readonly file: string,
    private readonly threads: RememberedThread[],
  ) {}

  /** A file that is not there yet is an empty memory. */
  static async open(file: string): Promise<Memory> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]';
      throw error;
    });
    return new Memory(file, JSON.parse(text) as RememberedThread[]);
  }

  /** Gives an account its threads back. */
  recall(world: World, account: MetaAccount): void {
    for (const { customer, account: id, ...thread } of this.threads) {
      if (id === account.id) Object.assign(world.thread(account, world.customer(customer)), thread);
    }
  }

  async save(threads: Iterable<Thread>): Promise<void> {
    const kept = [...threads].map(({ account, customer, messages, lastCustomerAt, unreachable }): RememberedThread => {
      return { account: account.id, customer: customer.name, messages, lastCustomerAt, unreachable };
    });
    await writeFile(this.file, JSON.stringify(kept));
  }
}
