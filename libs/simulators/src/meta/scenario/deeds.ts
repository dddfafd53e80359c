import { chatDeeds } from './chat-deeds.js';
import { commentDeeds } from './comment-deeds.js';
import type { Deed } from './deed.js';
import { platformDeeds } from './platform-deeds.js';

/** Everything that can be done to the platform, by name. */
export const deeds = new Map<string, Deed>(Object.entries({ ...chatDeeds, ...commentDeeds, ...platformDeeds }));
