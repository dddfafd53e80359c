import { Badge, Tooltip } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { text } from '../text/text.js';

/** Says that live updates are interrupted; empty while all is well. */
export function LostConnection({ connected }: { connected: boolean }) {
  return (
    <div role="status">
      {!connected && (
        <Tooltip label={text.live.hint} multiline maw={260}>
          <Badge color="orange" variant="light" size="lg" leftSection={<IconPlugConnectedX size={14} />} tt="none">
            {text.live.lost}
          </Badge>
        </Tooltip>
      )}
    </div>
  );
}
