const extensions: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'message/rfc822': 'eml',
  'message/delivery-status': 'txt',
  'text/calendar': 'ics',
  'text/plain': 'txt',
  'text/html': 'html',
};

/** A file name without path, control and direction characters, at most 150 bytes; `attachment-2.pdf` where nothing is left. */
export function safeFilename(name: string, contentType: string, number: number): string {
  const base = name.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  // Direction marks can make `gpj.exe` read as `exe.jpg`.
  const visible = base.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]/g, '');
  const trimmed = visible.replace(/^[.\s]+|[.\s]+$/g, '');
  const whole = trimmed || `attachment-${number}.${extensions[contentType] ?? 'bin'}`;
  return shorten(whole);
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= 150) return name;
  const extension = /\.\w{1,10}$/.exec(name)?.[0] ?? '';
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem + extension) > 150) stem = stem.slice(0, -1);
  return stem.toWellFormed() + extension;
}
