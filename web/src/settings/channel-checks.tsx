import { Alert } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { CheckResult } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './settings.module.css';

/** What a live test found, check by check, in the platform's own words. */
export function ChannelChecks({ result: { ok, checks } }: { result: CheckResult }) {
  return (
    <Alert color={ok ? 'teal' : 'red'} variant="light" title={ok ? text.channels.testOk : text.channels.testBad}>
      <ul className={classes.checks} aria-label={text.channels.tested}>
        {checks.map((check) => (
          <li key={check.name} className={classes.check} data-ok={check.ok}>
            {check.ok ? (
              <IconCircleCheck size={18} role="img" aria-label={text.channels.passed} />
            ) : (
              <IconCircleX size={18} role="img" aria-label={text.channels.notPassed} />
            )}
            <span>
              <b>{check.name}</b> {check.detail}
            </span>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
