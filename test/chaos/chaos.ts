import { setTimeout as sleep } from 'node:timers/promises';
import { Agents } from './agents.js';
import { check, type Rule } from './checker.js';
import { Customers } from './customers.js';
import { Dice } from './dice.js';
import { type Evidence, gather } from './evidence.js';
import { impossible, strike } from './faults.js';
import { type Database, type Fault, kindsOn, planOf } from './plan.js';
import { settle, type Settled } from './settle.js';
import { View } from './view.js';
import { mailbox, startWorld, type World } from './world.js';

const agentsAtWork = 6;

export interface Options {
  seed: number;
  minutes: number;
  database: Database;
  /** Whom to tell how far it is: it may take hours. */
  tell: (words: string) => void;
}

/** A run, from its seed to its verdict. */
export interface Run {
  options: Options;
  customers: Customers;
  agents: Agents;
  view: View;
  evidence: Evidence;
  rules: Rule[];
  /** What went wrong. */
  struck: Fault[];
  /** What should have, but its victim was down already; and what it met. */
  missed: string[];
  /** What this machine did not allow, and why. */
  left: Map<string, string>;
  settled: Settled;
  seconds: number;
  endings: number;
  logs: string;
}

/** Customers write and agents answer while everything breaks; then all is mended, comes to rest, and is compared. */
export async function chaos(options: Options): Promise<Run> {
  const { seed, minutes, database, tell } = options;
  const world = await startWorld(database, seed);
  const dice = new Dice(seed);
  const customers = new Customers(world, dice.other(1), seed);
  const view = new View(world, dice.other(2));
  const agents = new Agents(world, view, dice.other(3));
  const left = new Map(kindsOn(database).flatMap((kind) => (impossible(world, kind) ? [[kind, impossible(world, kind)!]] : [])));
  const plan = planOf(seed, minutes, database).filter(({ kind }) => !left.has(kind));
  const begin = Date.now();
  const end = begin + minutes * 60_000;
  const eachMinute = setInterval(() => {
    const minute = Math.round((Date.now() - begin) / 60_000);
    const faults = plan.filter(({ at }) => begin + at <= Date.now()).length;
    tell(`Minute ${minute} of ${minutes}: ${customers.letters.length} mails, ${agents.replies.length} replies, ${faults} faults`);
  }, 60_000);
  try {
    const work = Array.from({ length: agentsAtWork }, () => agents.answerUntil(end));
    const [missed] = await Promise.all([carryOut(world, plan), customers.writeUntil(end), view.lookUntil(end + 5_000), ...work]);
    clearInterval(eachMinute);
    tell('Everything is mended. Waiting until it is at rest …');
    const restsSince = Date.now();
    const settled = await settle(world);
    const seconds = Math.round((Date.now() - restsSince) / 1000);
    tell('Comparing what both sides saw …');
    const evidence = await gather(world, mailbox);
    const rules = check(customers, agents, evidence, settled);
    const endings = [...new Set([...world.apis, ...world.workers])].reduce((sum, { endings }) => sum + endings, 0);
    return { options, customers, agents, view, evidence, rules, struck: plan, missed, left, settled, seconds, endings, logs: world.logs };
  } finally {
    clearInterval(eachMinute);
    await world.stop();
  }
}

/** Each at its time, but one of a kind after the other. Resolves when all are over and everything runs again, with what could not be. */
async function carryOut(world: World, plan: Fault[]): Promise<string[]> {
  const begin = Date.now();
  const missed: string[] = [];
  const turns = new Map<string, Promise<void>>();
  for (const fault of plan) {
    await sleep(Math.max(0, begin + fault.at - Date.now()));
    const victim = victimOf(fault);
    const before = turns.get(victim) ?? Promise.resolve();
    const miss = (error: Error) => void missed.push(`${fault.kind} at ${Math.round(fault.at / 1000)} s: ${error.message}`);
    turns.set(
      victim,
      before.then(() => strike(world, fault).catch(miss)),
    );
  }
  await Promise.all(turns.values());
  return missed;
}

const victimOf = ({ kind }: Fault): string => (kind.endsWith('redis') ? 'redis' : kind.split('-')[0]!);
