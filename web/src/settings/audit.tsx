import { Alert, Button, Progress, Text } from '@mantine/core';
import { IconCircleCheck, IconListSearch } from '@tabler/icons-react';
import { api } from '../api/client.js';
import { keys, refresh, useConnector } from '../api/resources.js';
import type { Audit, Channel } from '../api/shapes.js';
import { kindOf } from '../inbox/views.js';
import { moment, plural, text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { Refused } from '../ui/refused.js';
import classes from './settings.module.css';

/** Whether everything the account holds is here: what the last comparison found, and a new one on demand. */
export function AuditLine({
  channel: {
    id,
    name,
    type,
    health: { audit },
  },
}: {
  channel: Channel;
}) {
  const place = text.audit.places[kindOf(useConnector(type)?.kinds)];
  const compare = api.useMutation('post', '/api/v1/channels/{id}/audit', { onSuccess: () => refresh(keys.channels) });
  return (
    <>
      <div className={classes.audit}>
        <Text size="sm" c="dimmed">
          {audit ? (
            <>
              {text.audit.last} (<Age at={audit.at} />
              ): {findings(audit, place)}
            </>
          ) : (
            text.audit.never
          )}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconListSearch size={14} aria-hidden />}
          loading={compare.isPending}
          aria-label={text.audit.compareName(name)}
          onClick={() => compare.mutate({ params: { path: { id } } })}
        >
          {text.audit.compare}
        </Button>
      </div>
      <div aria-live="polite">
        {compare.isPending && (
          <>
            <Text size="sm" mb={4}>
              {text.audit.comparing}
            </Text>
            <Progress value={100} animated aria-label={text.audit.comparing} />
          </>
        )}
        <Refused title={text.audit.failed} error={compare.error} />
        {compare.data && <Findings audit={compare.data} place={place} />}
      </div>
    </>
  );
}

function Findings({ audit, place }: { audit: Audit; place: string }) {
  const { missing } = audit;
  const found = { ...audit, missing: missing.length };
  if (!missing.length) {
    return (
      <Alert color="teal" variant="light" p="xs" icon={<IconCircleCheck aria-hidden />}>
        {findings(found, place)} {text.audit.complete}
      </Alert>
    );
  }
  return (
    <div className={classes.found}>
      <b>{findings(found, place)}</b>
      <ul className={classes.missing} aria-label={text.audit.missing}>
        {missing.map(({ platformId, place, receivedAt, key }, index) => (
          <li key={index}>
            <b>{platformId ?? text.audit.unnamed}</b> {place}, {moment(new Date(receivedAt))}
            {!key && ` – ${text.audit.notFetched}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Figures {
  there: number;
  here: number;
  missing: number;
  reimported: number;
}

function findings({ there, here, missing, reimported }: Figures, place: string): string {
  const sums = text.audit.sums(there.toLocaleString(), here.toLocaleString(), place);
  if (!missing) return sums;
  const rest = reimported < missing ? plural(reimported, text.audit.someTaken) : text.audit.allTaken;
  return `${sums} ${plural(missing, text.audit.were)}, ${rest}`;
}
