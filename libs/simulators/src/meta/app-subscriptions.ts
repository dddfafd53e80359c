import type { Core } from './core.js';
import type { GraphCall } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { readFields } from './subscription-fields.js';
import type { MetaAccount } from './world.js';

type Kind = MetaAccount['kind'];
const kinds: Kind[] = ['page', 'instagram'];

interface AppSubscription {
  callbackUrl: string;
  /** Null: all there are. */
  fields: string[] | null;
}

/** The first of the two gates: to which callback, and of which fields, the app is told at all, by webhook object. */
export class AppSubscriptions {
  private readonly byKind = new Map<Kind, AppSubscription>();

  constructor(private readonly core: Core) {}

  callbackOf(kind: Kind): string | null {
    return this.byKind.get(kind)?.callbackUrl ?? null;
  }

  /** Why the app is not told of such an event, or null. */
  whyNot(kind: Kind, fields: string[]): string | null {
    const subscription = this.byKind.get(kind);
    if (!subscription) return 'the app has no callback';
    const missing = fields.find((field) => subscription.fields && !subscription.fields.includes(field));
    return missing ? `the app is not subscribed to ${missing} of ${kind}` : null;
  }

  /** Sets a callback as the dashboard does, for these objects. Rejects when the handshake fails; what was set before then stays. */
  async set(
    callbackUrl: string,
    fields: Partial<Record<Kind, string[]>> | undefined,
    verifyToken = this.core.app.verifyToken,
  ): Promise<void> {
    const wanted = kinds.filter((kind) => !fields || fields[kind]);
    const checked = wanted.map((kind) => [kind, fields?.[kind] ? readFields(fields[kind], kind, 'fields') : null] as const);
    await this.shakeHands(callbackUrl, verifyToken);
    for (const [kind, named] of checked) this.byKind.set(kind, { callbackUrl, fields: named });
  }

  /** `/{app-id}/subscriptions`, with the app's own token. The `instagram` object is set in the dashboard alone. */
  answer(call: GraphCall): unknown {
    const { appId, appSecret } = this.core.app;
    if (!new RegExp(`^(/v2[1-6]\\.0)?/${appId}/subscriptions$`).test(call.path)) return undefined;
    if (call.token !== `${appId}|${appSecret}`) throw new GraphError(15, 'This method must be called with an app access_token.');
    if (call.method === 'GET') return { data: kinds.flatMap((kind) => this.shown(kind)) };
    const parameter = (name: string) => call.query.get(name) ?? call.body[name];
    if (parameter('object') !== 'page') throw new GraphError(100, 'Param object must be one of {PAGE, PERMISSIONS, USER}');
    if (call.method === 'DELETE') return { success: this.byKind.delete('page') };
    return this.post(String(parameter('callback_url')), parameter('fields'), String(parameter('verify_token')));
  }

  private async post(callbackUrl: string, fields: unknown, verifyToken: string): Promise<unknown> {
    const page = readFields(fields, 'page', 'fields');
    await this.set(callbackUrl, { page }, verifyToken).catch((error: Error) => {
      throw new GraphError(2200, error.message);
    });
    return { success: true };
  }

  private shown(object: Kind) {
    const { callbackUrl, fields } = this.byKind.get(object) ?? {};
    if (!callbackUrl) return [];
    return [{ object, callback_url: callbackUrl, active: true, fields: fields?.map((name) => ({ name, version: 'v26.0' })) ?? [] }];
  }

  /** The GET before a callback counts; its challenge is a number too big for a double. */
  private async shakeHands(callbackUrl: string, verifyToken: string): Promise<void> {
    const challenge = `${BigInt(this.core.clock.now()) * 10_000n + BigInt(Math.floor(this.core.random() * 10_000))}7`;
    const url = new URL(callbackUrl);
    url.search = `hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${encodeURIComponent(verifyToken)}`;
    const response = await fetch(url, { redirect: 'manual' });
    const text = await response.text();
    if (response.status === 200 && text === challenge) return;
    throw new Error(`The URL couldn't be validated: ${response.status} ${text.slice(0, 80)}`);
  }
}
