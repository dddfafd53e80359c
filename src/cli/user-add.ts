import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { isEmail, isIn } from 'class-validator';
import { readConfig } from '../config.js';
import { openDatabase } from '../database/data-source.js';
import { People } from '../people/people.service.js';
import type { UserRole } from '../people/user.entity.js';
import type { Command } from './command.js';

/** Adds a user to the database that the environment names; the server need not run. */
export const userAdd: Command = async (words) => {
  const options = { email: { type: 'string' }, name: { type: 'string' }, role: { type: 'string', default: 'agent' } } as const;
  const { email, name, role } = parseArgs({ args: words, options }).values;
  if (!isEmail(email)) throw new Error('--email must be an email address.');
  if (!name) throw new Error('--name is missing.');
  if (!isIn(role, ['admin', 'supervisor', 'agent'])) throw new Error('--role must be admin, supervisor or agent.');
  const password = await ask('Password: ');
  if (password.length < 8) throw new Error('The password must have at least 8 characters.');
  const database = await openDatabase(readConfig(process.env));
  try {
    const user = await new People(database).create({ email: email!, name, role: role as UserRole, password });
    process.stdout.write(`Added ${user.name} <${user.email}> as ${user.role}.\n`);
    return 0;
  } finally {
    await database.destroy();
  }
};

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stderr : undefined });
  try {
    return await lines.question(process.stdin.isTTY ? question : '');
  } finally {
    lines.close();
  }
}
