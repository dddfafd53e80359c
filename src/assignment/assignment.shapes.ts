import { IsBoolean, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength, ValidateIf } from 'class-validator';
import { TrueOrFalse } from '../text-values.js';

export class AssignmentBody {
  /** Null takes the conversation from whoever has it. */
  @ValidateIf((body: AssignmentBody) => body.assigneeId !== null) @IsUUID() assigneeId: string | null;
  @IsOptional() @IsUUID() teamId?: string | null;
}

export class AssignmentQuery {
  /** 409 when somebody has it already. */
  @IsOptional() @TrueOrFalse() @IsBoolean() ifUnassigned?: boolean;
}

export class NewTeamBody {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
}

export class TeamView {
  id: string;
  name: string;
}

export class TeamList {
  items: TeamView[];
  nextCursor: string | null;
}
