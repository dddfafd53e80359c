import { Inject, Injectable } from '@nestjs/common';
import { createReadStream, type ReadStream } from 'node:fs';
import { access, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Config } from '../config.js';
import { newId } from '../database/columns.js';
import { sha256 } from '../people/passwords.js';

/** Files by the hash of their content: storing one twice stores it once, and a crash between file and row leaves nothing wrong. */
@Injectable()
export class AttachmentStore {
  private readonly directory: string;

  constructor(@Inject(Config) config: Config) {
    this.directory = join(config.DATA_DIR, 'attachments');
  }

  /** Resolves with the SHA-256 under which the content is found again, once it is on the disk. */
  async put(content: Buffer): Promise<string> {
    const hash = sha256(content);
    const path = this.path(hash);
    if (await exists(path)) return hash;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${newId()}`;
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
    return hash;
  }

  read(hash: string): Promise<Buffer> {
    return readFile(this.path(hash));
  }

  stream(hash: string): ReadStream {
    return createReadStream(this.path(hash));
  }

  private path(hash: string): string {
    return join(this.directory, hash.slice(0, 2), hash.slice(2));
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
