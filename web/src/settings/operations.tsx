import { Anchor, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { text } from '../text/text.js';
import classes from './settings.module.css';

const pages = [
  { href: '/admin/queues', ...text.operations.queues },
  { href: '/api/docs', ...text.operations.api },
  { href: '/health/ready', ...text.operations.health },
  { href: '/metrics', ...text.operations.metrics },
];

/** The way to what operators look at. */
export function Operations() {
  return (
    <>
      <Text c="dimmed" mb="sm">
        {text.operations.lead}
      </Text>
      <ul className={classes.cards} aria-label={text.settings.operations}>
        {pages.map(({ href, title, hint }) => (
          <li key={href} className={classes.card}>
            <Anchor href={href} target="_blank" rel="noopener" fw={600} className={classes.fact}>
              {title} <IconExternalLink size={15} aria-label={text.operations.newTab} />
            </Anchor>
            <Text c="dimmed">{hint}</Text>
          </li>
        ))}
      </ul>
    </>
  );
}
