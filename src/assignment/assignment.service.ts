import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Conversation } from '../conversations/conversation.entity.js';
import { addEvent, Conversations } from '../conversations/conversations.service.js';
import type { ConversationView } from '../conversations/conversation.view.js';
import { newId } from '../database/columns.js';
import { isDuplicate } from '../database/data-source.js';
import { Conflict, Invalid } from '../errors.js';
import { User } from '../people/user.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { Team } from './team.entity.js';

export interface Assignment {
  assigneeId: string | null;
  /** Left as it is when undefined. */
  teamId?: string | null;
}

/** Who answers what. */
@Injectable()
export class AssignmentService {
  constructor(
    private readonly database: DataSource,
    private readonly conversations: Conversations,
    private readonly changes: Changes,
  ) {}

  /** With `ifUnassigned`, of any number of claims at once exactly one gets the conversation and the others get 409. */
  async assign(id: string, assignment: Assignment, by: User, ifUnassigned: boolean): Promise<ConversationView> {
    const conversation = await this.conversations.row(id);
    await this.database.transaction(async (manager) => {
      const told = await describe(manager, assignment, by);
      const update = manager
        .createQueryBuilder()
        .update(Conversation)
        .set({ ...assignment, version: () => 'version + 1' })
        .where({ id });
      if (ifUnassigned) update.andWhere('assignee_id IS NULL');
      if (!(await update.execute()).affected) throw await this.taken(manager, id);
      await this.changes.write(manager, await addEvent(manager, conversation, by, told), {
        type: 'conversation.updated',
        conversationId: id,
      });
    });
    this.changes.announce();
    return this.conversations.get(id);
  }

  teams(): Promise<Team[]> {
    return this.database.manager.find(Team, { order: { name: 'ASC' } });
  }

  async createTeam(name: string): Promise<Team> {
    const team: Team = { id: newId(), name, createdAt: new Date() };
    try {
      await this.database.manager.insert(Team, team);
      return team;
    } catch (error) {
      throw isDuplicate(error) ? new Invalid('There is a team of this name already.', [{ path: 'name', message: 'is taken' }]) : error;
    }
  }

  private async taken(manager: EntityManager, id: string): Promise<Conflict> {
    const { assigneeId } = await manager.findOneByOrFail(Conversation, { id });
    const holder = assigneeId ? await manager.findOneBy(User, { id: assigneeId }) : null;
    return new Conflict(`${holder?.name ?? 'Somebody'} has taken this conversation.`, { assigneeId });
  }
}

async function describe(manager: EntityManager, { assigneeId, teamId }: Assignment, by: User): Promise<string> {
  const assignee = assigneeId && (await manager.findOneBy(User, { id: assigneeId }));
  if (assigneeId && !assignee) throw new Invalid('There is no such user.', [{ path: 'assigneeId', message: 'is not the id of a user' }]);
  const team = teamId && (await manager.findOneBy(Team, { id: teamId }));
  if (teamId && !team) throw new Invalid('There is no such team.', [{ path: 'teamId', message: 'is not the id of a team' }]);
  const whom = !assignee ? 'nobody' : assignee.id === by.id ? 'themselves' : assignee.name;
  return `assigned this to ${whom}${team ? ` (team ${team.name})` : ''}`;
}
