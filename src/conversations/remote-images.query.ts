import { IsString, MaxLength } from 'class-validator';

export class RemoteImageQuery {
  /** As in the message's `data-blocked-src`. */
  @IsString() @MaxLength(4000) url: string;
}
