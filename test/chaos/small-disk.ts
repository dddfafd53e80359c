import { execFile } from 'node:child_process';
import { type FileHandle, mkdir, mkdtemp, open, rm, statfs, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folders = ['attachments', 'spool'];

/** A disk of its own under the files of an app, small enough to be filled to its last byte. The database lies elsewhere. */
export class SmallDisk {
  private constructor(
    private readonly root: FileHandle,
    private readonly path: string,
  ) {}

  /** Resolves with a sentence where this machine does not let us mount. */
  static async under(dataDir: string): Promise<SmallDisk | string> {
    const mountPoint = await mkdtemp(join(tmpdir(), 'tributary-chaos-disk-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=256m,mode=0700', 'tmpfs', mountPoint]);
    } catch (error) {
      await rm(mountPoint, { recursive: true });
      return `this machine lets us mount no disk: ${(error as Error).message.trim().split('\n').at(-1)}`;
    }
    const root = await open(mountPoint);
    // From now on it is there for whoever comes by our open file, and goes with us however we end.
    await run('umount', ['-l', mountPoint]);
    await rm(mountPoint, { recursive: true });
    const disk = new SmallDisk(root, `/proc/${process.pid}/fd/${root.fd}`);
    for (const folder of folders) {
      await mkdir(join(disk.path, folder));
      await symlink(join(disk.path, folder), join(dataDir, folder));
    }
    return disk;
  }

  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    const ballast = await open(this.ballast, 'w');
    try {
      for (let left = bavail * bsize; left > 0; left -= 2 ** 20) await ballast.write(Buffer.alloc(Math.min(left, 2 ** 20)));
    } catch (error) {
      // Somebody else wrote the last bytes.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await ballast.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.ballast, { force: true });
  }

  async remove(): Promise<void> {
    await this.root.close();
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }
}
