import type { MetaTeller } from './meta-teller.js';
import type { Step } from './told-account.js';

/** What happens next. To what is chosen, by the numbers, from what there is at that moment. */
export interface Move {
  what: 'says' | 'edits' | 'reacts' | 'unsends' | 'reads' | 'comments' | 'rewrites' | 'hides' | 'removes' | 'loves';
  who: string;
  /** By our side. */
  ours: boolean;
  which: number;
}

/** Tells of what happened so many seconds into the story. */
type Telling = (teller: MetaTeller, second: number) => Promise<void>;

/** What happened so far, one after another by the platform's clock. */
export class Story {
  readonly steps: Step[] = [];
  private second = 0;

  constructor(readonly onPage: boolean) {}

  next(tell: Telling): void {
    this.both([tell]);
  }

  /** At the same moment. */
  both(tellings: Telling[]): void {
    const second = (this.second += 2);
    for (const tell of tellings) this.steps.push((teller) => tell(teller, second));
  }
}

export const pick = <T>(from: T[], which: number): T | undefined => from[which % from.length];
