import { Entity, Unique } from 'typeorm';
import { Id, Text, Time } from '../database/columns.js';

/** A group of agents that conversations can be given to. */
@Entity()
@Unique('uq_team_name', ['name'])
export class Team {
  @Id() id: string;
  @Text() name: string;
  @Time() createdAt: Date;
}
