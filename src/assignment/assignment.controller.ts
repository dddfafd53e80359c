import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ConversationView } from '../conversations/conversation.view.js';
import { IdParam } from '../http/id.param.js';
import { CurrentUser, Roles } from '../people/auth.guard.js';
import type { User } from '../people/user.entity.js';
import { AssignmentService } from './assignment.service.js';
import { AssignmentBody, AssignmentQuery, NewTeamBody, TeamList, TeamView } from './assignment.shapes.js';

@ApiTags('Assignment')
@Controller('api/v1')
export class AssignmentController {
  constructor(private readonly assignment: AssignmentService) {}

  @Put('conversations/:id/assignment')
  assign(
    @IdParam() id: string,
    @Body() body: AssignmentBody,
    @Query() { ifUnassigned }: AssignmentQuery,
    @CurrentUser() user: User,
  ): Promise<ConversationView> {
    return this.assignment.assign(
      id,
      { assigneeId: body.assigneeId, ...(body.teamId !== undefined && { teamId: body.teamId }) },
      user,
      ifUnassigned ?? false,
    );
  }

  @Get('teams')
  async teams(): Promise<TeamList> {
    return { items: (await this.assignment.teams()).map(({ id, name }) => ({ id, name })), nextCursor: null };
  }

  @Roles('admin')
  @Post('teams')
  async createTeam(@Body() { name }: NewTeamBody): Promise<TeamView> {
    const { id } = await this.assignment.createTeam(name);
    return { id, name };
  }
}
