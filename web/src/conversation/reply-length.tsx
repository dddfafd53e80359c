import type { Capabilities } from '../api/shapes.js';
import { plural, text } from '../text/text.js';

const showBelow = 0.2;

/** How much more fits into a reply on this channel; null where no limit is known. */
export function roomLeft(written: string, { maxLength, lengthUnit }: Capabilities): number | null {
  if (maxLength === null) return null;
  const used = lengthUnit === 'bytes' ? new TextEncoder().encode(written).length : [...written].length;
  return maxLength - used;
}

/** Counts down once the limit comes near. */
export function LengthLeft({ written, capabilities }: { written: string; capabilities: Capabilities }) {
  const left = roomLeft(written, capabilities);
  if (left === null || left > (capabilities.maxLength ?? 0) * showBelow) return null;
  const inBytes = capabilities.lengthUnit === 'bytes';
  const forms =
    left < 0 ? (inBytes ? text.composer.overBytes : text.composer.over) : inBytes ? text.composer.leftBytes : text.composer.left;
  return <span data-tone={left < 0 ? 'bad' : undefined}>{plural(Math.abs(left), forms)}</span>;
}
