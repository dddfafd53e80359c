import type { MetaUser } from '../users.js';
import type { MetaAccount } from '../world.js';

/** What somebody decides in a dialog. By default the owner agrees to everything. */
export interface Choice {
  user?: MetaUser;
  deny?: boolean;
  /** Fewer scopes than were asked for. */
  scopes?: string[];
  /** Some accounts of theirs; an Instagram account on a Page is chosen beside it. */
  accounts?: MetaAccount[];
}

/** Sends the decision as the dialog's own form does. Rejects when the dialog cannot go on; else resolves with where the browser is sent. */
export async function decide(dialogUrl: string, { user, deny, scopes, accounts }: Choice): Promise<string> {
  const url = new URL(dialogUrl);
  url.searchParams.set('decision', deny ? 'deny' : 'approve');
  if (user) url.searchParams.set('user', user.id);
  for (const scope of scopes ?? []) url.searchParams.append('grant', scope);
  for (const { id } of accounts ?? []) url.searchParams.append('account', id);
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location) return location;
  throw new Error(`The dialog stands still: ${response.status} ${(await response.text()).replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ')}`);
}
