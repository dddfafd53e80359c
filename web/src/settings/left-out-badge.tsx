import { Badge } from '@mantine/core';
import { plural, text } from '../text/text.js';

/** How many events came in and are in no conversation. */
export function LeftOutBadge({ count }: { count: number }) {
  const told = plural(count, text.nav.ledgerCount);
  return (
    <Badge size="sm" variant="light" color="orange" title={told}>
      <span aria-hidden>{count}</span>
      <span className="visually-hidden">{told}</span>
    </Badge>
  );
}
