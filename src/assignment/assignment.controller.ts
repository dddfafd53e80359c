import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength, ValidateIf } from 'class-validator';
import { ConversationView } from '../conversations/conversation.view.js';
import { IdParam } from '../http/id.param.js';
import { CurrentUser, Roles } from '../people/auth.guard.js';
import type { User } from '../people/user.entity.js';
import { AssignmentService } from './assignment.service.js';

class AssignmentBody {
  /** Null takes the conversation from whoever has it. */
  @ValidateIf((body: AssignmentBody) => body.assigneeId !== null) @IsUUID() assigneeId: string | null;
  @IsOptional() @IsUUID() teamId?: string | null;
}

class AssignmentQuery {
  /** 409 when somebody has it already. */
  @IsOptional() @Transform(({ value }) => value === 'true' || value === true) @IsBoolean() ifUnassigned?: boolean;
}

class NewTeamBody {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
}

class TeamView {
  id: string;
  name: string;
}

class TeamList {
  items: TeamView[];
  nextCursor: string | null;
}

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
