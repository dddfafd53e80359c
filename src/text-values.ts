import { Transform, type TransformFnParams } from 'class-transformer';

/** For settings and queries, which come as text: digits become a number; anything else stays, for the validator to refuse. */
export const WholeNumber = () =>
  Transform(({ value }: TransformFnParams): unknown => (/^\d+$/.test(String(value)) ? Number(value) : value));

/** `true` and `false` become booleans; anything else stays, for the validator to refuse. */
export const TrueOrFalse = () =>
  Transform(({ value }: TransformFnParams): unknown => (value === 'true' ? true : value === 'false' ? false : value));

/** `a,b` becomes a list. */
export const CommaSeparated = () =>
  Transform(({ value }: TransformFnParams): unknown => (typeof value === 'string' ? value.split(',') : value));
