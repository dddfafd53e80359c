import { randomId } from '@mantine/hooks';
import { useState } from 'react';
import { failureText } from '../api/problem.js';
import type { Capabilities } from '../api/shapes.js';
import { uploadFile } from '../api/upload.js';
import { text } from '../text/text.js';
import { changeDraft } from './draft.js';
import { refusal } from './sendable.js';

interface Upload {
  key: string;
  name: string;
  /** 0 to 1. */
  share: number;
}

/** Files on their way into a reply, and why others were not taken. They are uploaded at once; the reply then only names them. */
export function useFiles(conversationId: string, capabilities: Capabilities) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [refused, setRefused] = useState<string[]>([]);

  const upload = async (file: File) => {
    const key = randomId();
    setUploads((others) => [...others, { key, name: file.name, share: 0 }]);
    const tell = (share: number) => setUploads((all) => all.map((one) => (one.key === key ? { ...one, share } : one)));
    try {
      const attachment = await uploadFile(file, tell);
      changeDraft('reply', conversationId, (draft) => ({ ...draft, attachments: [...draft.attachments, attachment] }));
    } catch (error) {
      setRefused((others) => [...others, text.composer.uploadFailed(file.name, failureText(error))]);
    } finally {
      setUploads((all) => all.filter((one) => one.key !== key));
    }
  };

  const add = (files: File[]) => {
    const judged = files.map((file) => ({ file, why: refusal(file, capabilities) }));
    setRefused(judged.flatMap(({ file, why }) => (why ? text.composer.cannotSend(file.name, why) : [])));
    for (const { file, why } of judged) if (!why) void upload(file);
  };
  return { uploads, refused, add, forget: () => setRefused([]) };
}
