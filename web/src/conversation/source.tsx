import { Anchor, Badge, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBroadcast, IconExternalLink, IconPhotoOff, IconSpeakerphone, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { LinkedText } from '../ui/linked-text.js';
import classes from './source.module.css';

type Post = NonNullable<Conversation['source']>;

/** From this length on a text does not fit into the two lines that are shown at first. */
const longText = 140;

/** The public post, ad or broadcast that comments hang under. */
export function Source({ source }: { source: Post }) {
  const [whole, { toggle }] = useDisclosure();
  const { permalink, removedAt, publishedAt } = source;
  const isLong = (source.text?.length ?? 0) > longText || source.text?.includes('\n');
  return (
    <aside className={classes.source} aria-label={text.source.label} data-gone={removedAt ? true : undefined}>
      {source.pictureUrl && <Picture key={source.pictureUrl} url={source.pictureUrl} />}
      <div className={classes.about}>
        <div className={classes.facts}>
          <b>{text.source.label}</b>
          <Marks source={source} />
          {publishedAt && <Age at={publishedAt} />}
          {permalink && (
            <Anchor href={permalink} target="_blank" rel="noopener noreferrer" inherit className={classes.open}>
              {text.source.open} <IconExternalLink size={12} aria-hidden />
            </Anchor>
          )}
        </div>
        {removedAt && <p className={classes.gone}>{text.source.goneHint}</p>}
        <p className={classes.text} data-whole={whole || undefined}>
          {source.text ? <LinkedText>{source.text}</LinkedText> : <span className={classes.none}>{text.source.noText}</span>}
        </p>
        {isLong && (
          <Button variant="subtle" size="compact-xs" ml={-8} onClick={toggle} aria-expanded={whole}>
            {whole ? text.source.less : text.source.more}
          </Button>
        )}
      </div>
    </aside>
  );
}

function Marks({ source: { isAd, adId, adTitle, isLive, removedAt } }: { source: Post }) {
  return (
    <>
      {removedAt && (
        <Badge size="sm" tt="none" variant="light" color="red" leftSection={<IconTrash size={12} aria-hidden />}>
          {text.source.gone}
        </Badge>
      )}
      {isLive && !removedAt && (
        <Badge size="sm" tt="none" variant="light" color="red" leftSection={<IconBroadcast size={12} aria-hidden />}>
          {text.source.live}
        </Badge>
      )}
      {isAd && (
        <Badge size="sm" tt="none" variant="light" color="yellow" leftSection={<IconSpeakerphone size={12} aria-hidden />}>
          {adTitle ? text.source.adTitle(adTitle) : text.source.ad}
        </Badge>
      )}
      {adId && <span>{text.source.adId(adId)}</span>}
    </>
  );
}

/** What the platform shows of it, for as long as it does. */
function Picture({ url }: { url: string }) {
  const [gone, setGone] = useState(false);
  if (gone) {
    return (
      <span className={classes.noPicture} role="img" aria-label={text.source.noPicture} title={text.source.noPicture}>
        <IconPhotoOff size={20} aria-hidden />
      </span>
    );
  }
  return <img className={classes.picture} src={url} alt="" onError={() => setGone(true)} />;
}
