import type { ReplyPreview } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './composer.module.css';

/** What will stand below an answer without being typed: the signature, and the mail it answers. */
export function BelowText({ preview: { signature, quotes } }: { preview: ReplyPreview }) {
  if (!signature && !quotes) return null;
  return (
    <div className={classes.below} role="note" aria-label={text.composer.below}>
      {signature && (
        <div className={classes.signature} tabIndex={0} role="group" aria-label={text.composer.signature}>
          {signature}
        </div>
      )}
      {quotes && <p>{text.composer.quotes}</p>}
    </div>
  );
}
