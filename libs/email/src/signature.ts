import { ValidateBy } from 'class-validator';
import type { ChannelAccess, Draft } from '#libs/connector';
import type { EmailSettings } from './settings.js';

type Writer = Pick<Draft, 'agentName' | 'signature' | 'customer'>;

/** What a channel's signature may name. */
const variables: Record<string, (draft: Writer, address: string) => string> = {
  'agent.name': ({ agentName }) => agentName,
  'agent.signature': ({ signature }) => signature ?? '',
  'channel.address': (_draft, address) => address,
  'customer.name': ({ customer }) => customer.name ?? '',
};

const variable = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** The text below a reply: the channel's signature with its variables filled in, else the agent's own; null for none. It is text, so a name can never become HTML. */
export function signatureOf(
  draft: Writer,
  { address, settings }: Pick<ChannelAccess<EmailSettings>, 'address' | 'settings'>,
): string | null {
  const filled = (settings.signature ?? '').replace(variable, (given, name: string) => variables[name]?.(draft, address) ?? given);
  const tidy = (settings.signature?.trim() ? filled : (draft.signature ?? '')).replace(/\n{3,}/g, '\n\n').trim();
  return tidy || null;
}

/** Refuses a signature with a variable that does not exist, so that no customer reads its braces. */
export const OnlyKnownVariables = () =>
  ValidateBy({
    name: 'onlyKnownVariables',
    validator: {
      validate: (text: unknown) => typeof text === 'string' && unknownIn(text).length === 0,
      defaultMessage: (given) =>
        `${given!.property} names ${unknownIn(String(given!.value)).join(', ')}; there are ${Object.keys(variables)
          .map((name) => `{{${name}}}`)
          .join(', ')}`,
    },
  });

function unknownIn(text: string): string[] {
  return [...text.matchAll(variable)].filter(([, name]) => !variables[name!]).map(([given]) => given);
}
