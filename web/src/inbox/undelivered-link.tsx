import { Badge } from '@mantine/core';
import { IconMailExclamation } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { plural, text } from '../text/text.js';
import { useUndeliveredCounts } from '../undelivered/use-undelivered.js';
import classes from './navigation.module.css';

/** The way to the replies that did not arrive, with how many there are; loud only when some are the agent's own. */
export function UndeliveredLink({ onNavigate }: { onNavigate?: () => void }) {
  const { data: counts } = useUndeliveredCounts();
  const { attention = 0, mine = 0 } = counts ?? {};
  const told = [plural(attention, text.undelivered.count), ...(mine ? [plural(mine, text.undelivered.countMine)] : [])].join(', ');
  return (
    <Link to="/not-delivered" search={{}} className={classes.link} activeOptions={{ includeSearch: false }} onClick={onNavigate}>
      <IconMailExclamation size={18} aria-hidden />
      <span className={classes.name}>{text.nav.notDelivered}</span>
      {attention > 0 && (
        <Badge size="sm" variant={mine ? 'filled' : 'light'} color="red" title={told}>
          <span aria-hidden>{attention}</span>
          <span className="visually-hidden">{told}</span>
        </Badge>
      )}
    </Link>
  );
}
