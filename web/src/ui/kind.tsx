import { IconMail, IconMessage, IconMessageCircle2 } from '@tabler/icons-react';
import type { ConversationKind } from '../api/shapes.js';

const icons = { email: IconMail, dm: IconMessage, comment: IconMessageCircle2 };

/** The icon of a kind of conversation; always beside its word. */
export function KindIcon({ kind, size = 14 }: { kind: ConversationKind; size?: number }) {
  const Icon = icons[kind];
  return <Icon size={size} aria-hidden style={{ flexShrink: 0 }} />;
}
