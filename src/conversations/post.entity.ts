import { Entity, ForeignKey, Unique } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Flag, Id, Ref, Text, Time, optional } from '../database/columns.js';

/** A public post, ad or broadcast of a channel's account that comment conversations hang under. */
@Entity()
@Unique('uq_post_external', ['channelId', 'externalId'])
export class Post {
  @Id() id: string;
  @Ref() @ForeignKey(() => Channel, { name: 'fk_post_channel', onDelete: 'CASCADE' }) channelId: string;
  @Text() externalId: string;
  @Text(optional) permalink: string | null;
  @Text(optional) text: string | null;
  /** Where the platform shows its picture; runs out, and is then asked for again. */
  @Text(optional) pictureUrl: string | null;
  @Text(optional) adId: string | null;
  @Text(optional) adTitle: string | null;
  @Flag(false) isAd: boolean;
  @Flag(false) isLive: boolean;
  @Time(optional) publishedAt: Date | null;
  /** When the platform said that it is gone. */
  @Time(optional) removedAt: Date | null;
  /** When the platform was last asked about it. */
  @Time(optional) askedAt: Date | null;
}
