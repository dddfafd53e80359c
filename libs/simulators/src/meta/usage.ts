import type { Core } from './core.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import type { Limits } from './limits.js';
import type { AllowedSend } from './send.js';
import type { MetaAccount } from './world.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

type UseCase = 'pages' | 'messenger' | 'instagram';

/** What is counted in one rolling window, and until when it is blocked. */
interface Bucket {
  times: number[];
  blockedUntil: number;
}

/** Counts what apps do, tells them how much of their share is used, and makes them wait when it is more. */
export class Usage {
  private readonly buckets = new Map<string, Bucket>();
  private calls = 0;

  constructor(private readonly core: Core) {}

  /** Every call passes here first. Sets the usage headers; throws 4, 17, 32, 613 or 8000x where a share is used up. */
  meter(request: GraphRequest): undefined {
    const { call, accounts, account, target, route } = request;
    const own = account ?? accounts[0];
    const useCase = own ? this.useCaseOf(own, target, route) : null;
    this.calls += 1;
    const errors = this.countCall(request, own, useCase);
    if (own && useCase && this.calls > this.core.habits.limits.usageHeadersAfter)
      Object.assign(call.answerHeaders, this.headers(own, useCase));
    const refusal = errors.find((error) => error !== null);
    if (refusal) throw refusal;
    if (own && useCase === 'messenger' && route.startsWith('GET')) this.checkConversations(own);
  }

  private countCall({ token }: GraphRequest, own: MetaAccount | undefined, useCase: UseCase | null): (GraphError | null)[] {
    const { limits } = this.core.habits;
    const user = token.kind === 'user';
    return [
      this.count('app', limits.appCallsPerHour, HOUR, 4, 'Application request limit reached'),
      user ? this.count(`user ${token.user.id}`, limits.userCallsPerHour, HOUR, 17, 'User request limit reached') : null,
      user && own?.kind === 'page' ? this.count(`page ${own.id}`, limits.pageCallsPerHour, HOUR, 32, 'Page request limit reached') : null,
      own && useCase
        ? this.count(
            `${useCase} ${own.id}`,
            this.dailyLimit(useCase),
            DAY,
            codes[useCase],
            'There have been too many calls to this account',
          )
        : null,
    ];
  }

  /** Throws 613 where an account, or one of its chats, is sent too much. */
  checkSend({ thread, message, use }: AllowedSend): void {
    const { account } = thread;
    const { limits } = this.core.habits;
    const type = (message.attachment as { type?: string } | undefined)?.type;
    const media = type === 'audio' || type === 'video';
    this.spend(account, `${media ? 'media' : 'text'} ${account.id}`, media ? limits.mediaSendsPerSecond : limits.sendsPerSecond, SECOND);
    this.spend(account, `thread ${thread.id}`, limits.sendsToOneThreadPerMinute, 60 * SECOND);
    if (use) this.spend(account, `private replies ${account.id}`, limits.privateRepliesPerHour, HOUR);
  }

  /** Throws 368 where an account writes the same words below posts again and again. */
  checkPublicReply(account: MetaAccount, text: string): void {
    const { identicalPublicReplies } = this.core.habits.limits;
    if (this.add(`reply ${account.id} ${text}`, HOUR) <= identicalPublicReplies) return;
    throw new GraphError(368, 'The action attempted has been deemed abusive or is otherwise disallowed');
  }

  private checkConversations(account: MetaAccount): void {
    const { conversationCallsPerSecond } = this.core.habits.limits;
    if (this.add(`conversations ${account.id}`, SECOND) <= conversationCallsPerSecond) return;
    throw account.kind === 'page' ? new GraphError(80006, 'There have been too many messenger api calls') : tooFast(account);
  }

  private spend(account: MetaAccount, name: string, limit: number, windowMs: number): void {
    if (this.add(name, windowMs) > limit) throw tooFast(account);
  }

  private useCaseOf({ kind }: MetaAccount, target: string, route: string): UseCase {
    const messaging = / (messages|conversations)$/.test(route) || this.core.world.threads.some(({ id }) => id === target);
    return messaging ? 'messenger' : kind === 'page' ? 'pages' : 'instagram';
  }

  private dailyLimit(useCase: UseCase): number {
    return this.core.habits.limits[dailyLimits[useCase]];
  }

  /** Counts a call. Who is blocked and calls all the same is blocked for longer; the error that is due, or null. */
  private count(name: string, limit: number, windowMs: number, code: number, message: string): GraphError | null {
    const { clock, habits } = this.core;
    const bucket = this.bucket(name);
    if (bucket.blockedUntil > clock.now()) bucket.blockedUntil += habits.limits.extendBlockMs;
    else if (this.add(name, windowMs) > limit) bucket.blockedUntil = clock.now() + habits.limits.blockMs;
    else return null;
    bucket.times = [];
    return new GraphError(code, message);
  }

  /** How often something was done within the window, this time included. */
  private add(name: string, windowMs: number): number {
    const now = this.core.clock.now();
    const bucket = this.bucket(name);
    bucket.times = [...bucket.times.filter((time) => time > now - windowMs), now];
    return bucket.times.length;
  }

  private bucket(name: string): Bucket {
    const known = this.buckets.get(name) ?? { times: [], blockedUntil: 0 };
    this.buckets.set(name, known);
    return known;
  }

  private headers(account: MetaAccount, useCase: UseCase): Record<string, string> {
    const { limits } = this.core.habits;
    const own = this.share(`${useCase} ${account.id}`, this.dailyLimit(useCase));
    const regain = Math.max(0, Math.ceil((this.bucket(`${useCase} ${account.id}`).blockedUntil - this.core.clock.now()) / 60_000));
    const business = { [account.id]: [{ type: useCase, ...own, estimated_time_to_regain_access: regain }] };
    return {
      'X-App-Usage': JSON.stringify(this.share('app', limits.appCallsPerHour)),
      ...(account.kind === 'page' && { 'X-Page-Usage': JSON.stringify(own) }),
      'X-Business-Use-Case-Usage': JSON.stringify(business),
    };
  }

  /** In percent of what is allowed; more than 100 while blocked. */
  private share(name: string, limit: number): { call_count: number; total_cputime: number; total_time: number } {
    const { times, blockedUntil } = this.bucket(name);
    const blocked = blockedUntil - this.core.clock.now();
    const used = blocked > 0 ? 100 + Math.ceil(blocked / 60_000) : Math.round((100 * times.length) / limit);
    return { call_count: used, total_cputime: Math.round(used / 4), total_time: Math.round(used / 3) };
  }
}

const codes: Record<UseCase, number> = { pages: 80001, messenger: 80006, instagram: 80002 };
const dailyLimits: Record<UseCase, keyof Limits> = {
  pages: 'pagesCallsPerDay',
  messenger: 'messengerCallsPerDay',
  instagram: 'instagramCallsPerDay',
};

const tooFast = ({ kind }: MetaAccount) =>
  new GraphError(613, 'Calls to this api have exceeded the rate limit.', kind === 'instagram' ? 2534040 : undefined);
