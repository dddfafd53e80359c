import { type ClipboardEvent, type DragEvent, useState } from 'react';

/** Takes files that are dropped on an element or pasted into it; `over` while some hang above it. */
export function useDropFiles(add: (files: File[]) => void, enabled: boolean) {
  const [over, setOver] = useState(false);
  if (!enabled) return { over: false, dropProps: {}, onPaste: undefined };
  const dropProps = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: ({ currentTarget, relatedTarget }: DragEvent) => {
      if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      add([...event.dataTransfer.files]);
    },
  };
  // Word processors put a picture beside the text they copy: the text is what is meant then.
  const onPaste = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes('text/plain')) return;
    event.preventDefault();
    add([...files]);
  };
  return { over, dropProps, onPaste };
}
