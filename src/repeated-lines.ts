const everyMs = 60_000;
const most = 1_000;

interface Told {
  again: number;
  tell: Tell;
}
type Tell = (more: { again?: number }) => void;

/**
 * Tells the first of equal lines at once and of the others once a minute how many they were: something that is away must
 * not fill the disk with saying so.
 */
export class RepeatedLines {
  private readonly told = new Map<string, Told>();

  say(key: string, tell: Tell): void {
    const known = this.told.get(key);
    if (known) return void Object.assign(known, { again: known.again + 1, tell });
    tell({});
    if (this.told.size < most) this.remember(key, { again: 0, tell });
  }

  private remember(key: string, told: Told): void {
    this.told.set(key, told);
    setTimeout(() => this.sumUp(key, told), everyMs).unref();
  }

  private sumUp(key: string, { again, tell }: Told): void {
    this.told.delete(key);
    if (!again) return;
    tell({ again });
    this.remember(key, { again: 0, tell });
  }
}
