import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export interface Owner {
  uid: number;
  gid: number;
}

/** Users' mail on disk in Maildir++ format: one file per mail, folders as `.Name` beside the inbox. */
export class Maildir {
  private delivered = 0;

  constructor(
    private readonly base: string,
    private readonly owner: Owner,
  ) {}

  home(user: string): string {
    return join(this.base, user);
  }

  async create(user: string, folder = 'INBOX'): Promise<string> {
    const path = this.path(user, folder);
    for (const part of ['tmp', 'new', 'cur']) await mkdir(join(path, part), { recursive: true });
    const root = this.path(user, 'INBOX');
    for (const owned of [this.home(user), root, path, ...['tmp', 'new', 'cur'].map((part) => join(path, part))]) await this.own(owned);
    return path;
  }

  async deliver(user: string, raw: Buffer | string, folder = 'INBOX'): Promise<void> {
    await this.put(await this.create(user, folder), raw);
  }

  async deliverAll(user: string, raws: Array<Buffer | string>, folder = 'INBOX'): Promise<void> {
    const path = await this.create(user, folder);
    for (const raw of raws) await this.put(path, raw);
  }

  async list(user: string, folder = 'INBOX'): Promise<Buffer[]> {
    return Promise.all((await this.files(user, folder)).map((file) => readFile(file)));
  }

  async flags(user: string, folder = 'INBOX'): Promise<string[]> {
    return (await this.files(user, folder)).map((file) => /:2,(\w*)$/.exec(file)?.[1] ?? '');
  }

  async renumber(user: string, folder = 'INBOX'): Promise<void> {
    const path = this.path(user, folder);
    const state = (await readdir(path)).filter((name) => name === 'dovecot-uidlist' || name.startsWith('dovecot.index'));
    for (const name of state) await rm(join(path, name));
  }

  /** Who may read the n-th mail of a folder, as chmod(2) has it. */
  async allow(mode: number, user: string, number: number, folder = 'INBOX'): Promise<void> {
    const file = (await this.files(user, folder))[number - 1];
    if (!file) throw new Error(`There is no mail ${number} in ${folder} of ${user}`);
    await chmod(file, mode);
  }

  private async put(path: string, raw: Buffer | string): Promise<void> {
    const microseconds = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    // Readers sort by seconds, then by the digits after M; `_` counts deliveries of this process.
    const name = `${Math.floor(microseconds / 1e6)}.M${microseconds % 1e6}P${process.pid}_${++this.delivered}.${hostname()}`;
    await writeFile(join(path, 'tmp', name), raw);
    await this.own(join(path, 'tmp', name));
    await rename(join(path, 'tmp', name), join(path, 'new', name));
  }

  private async files(user: string, folder: string): Promise<string[]> {
    const path = this.path(user, folder);
    const found: { name: string; file: string }[] = [];
    for (const part of ['new', 'cur']) {
      const names = await readdir(join(path, part)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      found.push(...names.map((name) => ({ name, file: join(path, part, name) })));
    }
    const order = ({ name }: { name: string }) => /^(\d+)\.M(\d+)/.exec(name)?.slice(1).map(Number) ?? [0, 0];
    const inOrder = found.map((entry) => ({ ...entry, at: order(entry) }));
    inOrder.sort((a, b) => (a.at[0] ?? 0) - (b.at[0] ?? 0) || (a.at[1] ?? 0) - (b.at[1] ?? 0));
    return inOrder.map(({ file }) => file);
  }

  private path(user: string, folder: string): string {
    const root = join(this.home(user), 'Maildir');
    return folder.toUpperCase() === 'INBOX' ? root : join(root, `.${folder.replaceAll('/', '.')}`);
  }

  private async own(path: string): Promise<void> {
    await chown(path, this.owner.uid, this.owner.gid);
  }
}
