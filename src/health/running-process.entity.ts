import { Entity } from 'typeorm';
import { Id, Int, Text, Time } from '../database/columns.js';

/** A process of ours that lives, or died without a word since `seenAt`. */
@Entity()
export class RunningProcess {
  @Id() id: string;
  @Text() role: string;
  /** The machine's own name, with the process's number there. */
  @Text() host: string;
  @Int() pid: number;
  @Time() startedAt: Date;
  /** Written every few seconds, by the process's own clock. */
  @Time() seenAt: Date;
}
