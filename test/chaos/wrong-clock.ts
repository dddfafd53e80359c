import { rename, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';

/**
 * The clock of one process, which can be set while it runs: libfaketime answers for the system, and reads each second by how much
 * it is wrong. Time that only measures how long something takes goes on as it should, as it does when a real clock is set.
 */
export class WrongClock {
  private constructor(
    private readonly library: string,
    private readonly file: string,
  ) {
    writeFileSync(file, '+0\n');
  }

  /** A sentence instead where this machine has no libfaketime. */
  static at(file: string): WrongClock | string {
    const library = process.env.FAKETIME_LIBRARY;
    return library ? new WrongClock(library, file) : 'libfaketime is not here to set clocks with';
  }

  get env(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // For itself alone: Redis, which an app may start, brings a memory allocator that libfaketime cannot be loaded beside.
      NODE_OPTIONS: '--import=data:text/javascript,delete%20process.env.LD_PRELOAD',
    };
  }

  async set(offsetSeconds: number): Promise<void> {
    // Renamed into place: a file that is read half written would be a clock that stands.
    await writeFile(`${this.file}.new`, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`);
    await rename(`${this.file}.new`, this.file);
  }
}
