import type { Capabilities } from '../api/shapes.js';
import { plural, text } from '../text/text.js';

const showBelow = 0.2;

/** How much more fits into a reply on this channel; null where no limit is known, or more of it leaves as a further message. */
export function roomLeft(written: string, { maxLength, lengthUnit, splits }: Capabilities): number | null {
  if (maxLength === null || splits) return null;
  return maxLength - lengthIn(lengthUnit, written);
}

interface LengthLeftProps {
  written: string;
  fileCount: number;
  capabilities: Capabilities;
}

/** Counts down once the limit comes near; where a reply may leave as several messages, says as how many. */
export function LengthLeft({ written, fileCount, capabilities }: LengthLeftProps) {
  const { maxLength, lengthUnit, splits } = capabilities;
  if (splits) {
    const messages = (written.trim() ? countParts(written.trim(), capabilities) : 0) + fileCount;
    if (messages > 1) return <span>{plural(messages, text.composer.leavesAs)}</span>;
  }
  if (maxLength === null) return null;
  const left = maxLength - lengthIn(lengthUnit, written);
  if (left > maxLength * showBelow) return null;
  const inBytes = lengthUnit === 'bytes';
  const forms =
    left < 0 ? (inBytes ? text.composer.overBytes : text.composer.over) : inBytes ? text.composer.leftBytes : text.composer.left;
  return <span data-tone={left < 0 ? 'bad' : undefined}>{plural(Math.abs(left), forms)}</span>;
}

/** Characters are UTF-16 units: no platform counts more of them. */
const lengthIn = (unit: Capabilities['lengthUnit'], written: string) =>
  unit === 'bytes' ? new TextEncoder().encode(written).length : written.length;

/** Into how many messages a text falls when no word is cut that fits into one. */
function countParts(written: string, { maxLength, lengthUnit }: Capabilities): number {
  if (maxLength === null) return 1;
  const words = written.split(/(?<=\s)/);
  let [parts, used] = [1, 0];
  for (const word of words) {
    const length = lengthIn(lengthUnit, word);
    const visible = lengthIn(lengthUnit, word.trimEnd());
    if (used + visible > maxLength && used > 0) [parts, used] = [parts + 1, 0];
    const whole = Math.ceil(visible / maxLength) - 1;
    parts += Math.max(0, whole);
    used += length - Math.max(0, whole) * maxLength;
  }
  return parts;
}
