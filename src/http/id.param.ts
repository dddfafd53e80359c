import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { NotFound } from '../errors.js';

@Injectable()
class IdPipe implements PipeTransform<string> {
  transform(id: string): string {
    if (!isUUID(id)) throw new NotFound('There is nothing with this id.');
    return id.toLowerCase();
  }
}

/** An id in the path. What cannot be an id is not found, like an id that nothing has. */
export const IdParam = (name = 'id') => Param(name, IdPipe);
