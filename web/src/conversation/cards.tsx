import { Anchor } from '@mantine/core';
import {
  type Icon,
  IconAt,
  IconCamera,
  IconClick,
  IconExternalLink,
  IconEyeOff,
  IconLink,
  IconMapPin,
  IconMessageReply,
  IconMovie,
  IconPhoto,
  IconQuestionMark,
  IconRoute,
  IconShoppingBag,
  IconSpeakerphone,
  IconTemplate,
} from '@tabler/icons-react';
import type { Card } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './cards.module.css';

const icons: Record<Card['kind'], Icon> = {
  'story-reply': IconMessageReply,
  'story-mention': IconCamera,
  mention: IconAt,
  post: IconPhoto,
  reel: IconMovie,
  link: IconLink,
  ad: IconSpeakerphone,
  referral: IconRoute,
  product: IconShoppingBag,
  location: IconMapPin,
  button: IconClick,
  template: IconTemplate,
  'view-once': IconEyeOff,
  unsupported: IconQuestionMark,
};

/** What came beside the words: something shared, answered to, tapped, or come from. What the words say already is not said again. */
export function Cards({ cards, words }: { cards: Card[]; words: string }) {
  if (!cards.length) return null;
  return cards.map((card, index) => <OneCard key={index} card={card.title === words ? { ...card, title: null } : card} />);
}

function OneCard({ card: { kind, title, url, facts } }: { card: Card }) {
  const CardIcon = icons[kind];
  const what = text.cards[kind];
  return (
    <div className={classes.card} data-kind={kind}>
      <CardIcon size={18} aria-hidden />
      <div className={classes.about}>
        <span className={classes.what}>{what}</span>
        {title && <b>{title}</b>}
        {kind === 'view-once' && <span>{text.cards.viewOnceHint}</span>}
        <Facts facts={facts} />
        {url && isWebAddress(url) && (
          <Anchor
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            size="xs"
            aria-label={text.cards.opens([what, title].filter(Boolean).join(' '))}
          >
            {text.cards.open} <IconExternalLink size={12} aria-hidden />
          </Anchor>
        )}
      </div>
    </div>
  );
}

function Facts({ facts }: { facts: Card['facts'] }) {
  const known = Object.entries(facts);
  if (!known.length) return null;
  return (
    <dl className={classes.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A platform could hand over any address; ours lead to web pages alone. */
const isWebAddress = (url: string) => /^https?:\/\//i.test(url);
