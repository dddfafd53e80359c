import { useEffect, useRef } from 'react';
import { api } from '../api/client.js';

/** Platforms show it for some twenty seconds; told again before that, it does not flicker. */
const againMs = 10_000;

/** Shows the customer that we type, while `words` grow; and no longer once the box is empty or left. It is a courtesy: nobody hears of its failure. */
export function useTyping(conversationId: string, words: string, enabled: boolean): void {
  const { mutate } = api.useMutation('post', '/api/v1/conversations/{id}/typing');
  const told = useRef(0);
  const before = useRef(words);
  useEffect(() => {
    const typed = before.current !== words;
    before.current = words;
    if (!enabled || !typed) return;
    const tell = (on: boolean) => mutate({ params: { path: { id: conversationId } }, body: { on } });
    const now = Date.now();
    if (words && now - told.current > againMs) {
      told.current = now;
      tell(true);
    }
    if (!words && told.current) {
      told.current = 0;
      tell(false);
    }
  }, [conversationId, words, enabled, mutate]);
}
