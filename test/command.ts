import { spawn, type ChildProcess } from 'node:child_process';

export interface CommandRun {
  child: ChildProcess;
  ended: Promise<{ code: number | null; output: string; complaint: string }>;
}

/** Runs the built command line, in the environment of an app. `to` is where its output goes instead of being collected. */
export function runCommand(env: Record<string, string>, words: string[], to: 'pipe' | number = 'pipe'): CommandRun {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...words], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', to, 'pipe'],
  });
  let [output, complaint] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, output, complaint }))) };
}

/** The same for a command that has to succeed. Resolves with what it printed. */
export async function command(env: Record<string, string>, ...words: string[]): Promise<string> {
  const { code, output, complaint } = await runCommand(env, words).ended;
  if (code !== 0) throw new Error(`tributary ${words.join(' ')} ended with ${code}: ${complaint}`);
  return output;
}

/** The same for one that has to fail. Resolves with its last words. */
export async function refusal(env: Record<string, string>, ...words: string[]): Promise<string> {
  const { code, output, complaint } = await runCommand(env, words).ended;
  if (code === 0) throw new Error(`tributary ${words.join(' ')} succeeded: ${output}`);
  return complaint.trim().split('\n').at(-1)!;
}
