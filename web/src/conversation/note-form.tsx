import { Button, Textarea } from '@mantine/core';
import { getHotkeyHandler } from '@mantine/hooks';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import { text } from '../text/text.js';
import { modifierKey } from '../ui/platform.js';
import { Refused } from '../ui/refused.js';
import classes from './composer.module.css';
import { changeDraft, emptyDraft, useDraft } from './draft.js';

/** A word among the team; it keeps its text until the server has it. */
export function NoteForm({ conversationId: id }: { conversationId: string }) {
  const [draft, edit] = useDraft('note', id);
  const note = api.useMutation('post', '/api/v1/conversations/{id}/notes', {
    onSuccess: () => {
      changeDraft('note', id, emptyDraft);
      return refresh(keys.messages(id));
    },
  });
  const words = draft.text.trim();
  const add = () => {
    if (words && !note.isPending)
      note.mutate({ params: { path: { id }, header: { 'Idempotency-Key': draft.key } }, body: { text: words } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Refused title={text.composer.noteNotSaved} error={note.error} />
      <Textarea
        aria-label={text.composer.noteBox}
        placeholder={text.composer.notePlaceholder}
        className={classes.note}
        autosize
        minRows={2}
        maxRows={12}
        value={draft.text}
        onChange={({ currentTarget }) => edit({ text: currentTarget.value })}
        onKeyDown={getHotkeyHandler([['mod+Enter', add]])}
      />
      <div className={classes.foot}>
        <div className={classes.hints}>
          <span className={classes.shortcut}>{text.composer.shortcut(modifierKey)}</span>
        </div>
        <Button type="submit" size="sm" disabled={!words} loading={note.isPending}>
          {text.composer.addNote}
        </Button>
      </div>
    </form>
  );
}
