import type { Core } from '../core.js';
import type { GraphCall } from '../graph-api.js';
import type { RawAnswer } from '../raw-answer.js';
import { Codes } from './codes.js';
import { debugToken } from './debug-token.js';
import { Dialogs } from './dialogs.js';
import { facebookToken, parameter } from './facebook-login.js';
import { instagramExchange, instagramRefresh, instagramToken } from './instagram-login.js';

/** How an app gets its tokens and learns what became of them. All of it is open to callers who hold no token yet. */
export class Login {
  private readonly codes: Codes;
  private readonly dialogs: Dialogs;

  constructor(private readonly core: Core) {
    this.codes = new Codes(core.clock);
    this.dialogs = new Dialogs(core, this.codes);
  }

  /** Answers what belongs to signing in, and undefined for everything else. */
  answer(call: GraphCall): unknown {
    return this.dialogs.answer(call) ?? this.exchange(call);
  }

  private exchange(call: GraphCall): unknown {
    const path = call.path.replace(/^\/v2[1-6]\.0(?=\/)/, '');
    if (call.method === 'GET' && path === '/access_token') return instagramExchange(call, this.core);
    if (call.method === 'GET' && path === '/refresh_access_token') return instagramRefresh(call, this.core);
    if (call.method === 'GET' && path === '/debug_token') return debugToken(call, this.core);
    if (path !== '/oauth/access_token') return undefined;
    return this.ofInstagram(call) ? this.fromInstagram(call) : facebookToken(call, this.core, this.codes);
  }

  private fromInstagram(call: GraphCall): RawAnswer {
    return instagramToken(call, this.core, this.codes);
  }

  // One address may stand for all hosts. Instagram's exchange is a POST without a version; Facebook's carries one.
  private ofInstagram(call: GraphCall): boolean {
    if (call.host) return call.host === 'api.instagram.com';
    const { instagramAppId, appId } = this.core.app;
    return call.method === 'POST' && call.path === '/oauth/access_token' && parameter(call, 'client_id') === (instagramAppId ?? appId);
  }
}
