import type { EventElement, EventList } from '../core.js';
import { control } from './control.js';
import { pageFeed } from './feed.js';
import { instagramComments } from './instagram-comments.js';
import { instagram } from './instagram.js';
import { messenger } from './messenger.js';
import { odd } from './odd.js';
import type { Recipe, Scene } from './scene.js';

const shelves = { messenger, instagram, control, feed: pageFeed, 'instagram-comments': instagramComments, odd };
type Shelves = typeof shelves;

/** `messenger/text`, `feed/remove` … : every event Meta documents, and those seen that it does not. */
export type CatalogueName = { [Shelf in keyof Shelves]: `${Shelf}/${keyof Shelves[Shelf] & string}` }[keyof Shelves];

const recipes = new Map<string, Recipe>(
  Object.entries(shelves).flatMap(([shelf, all]) => Object.entries(all).map(([name, recipe]) => [`${shelf}/${name}`, recipe] as const)),
);

export const catalogueNames = [...recipes.keys()] as CatalogueName[];

/** Makes the event of a name. Those with a `field` belong into `changes`, the others into `messaging` or `standby`. */
export function fromCatalogue(name: CatalogueName, scene: Scene): { element: EventElement; list: EventList } {
  const element = recipes.get(name)!(scene);
  return { element, list: 'field' in element ? 'changes' : 'messaging' };
}
