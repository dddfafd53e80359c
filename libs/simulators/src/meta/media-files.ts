import { crc32, deflateSync } from 'node:zlib';

/** What a file is to Meta: the `type` of an attachment. */
export type FileKind = 'image' | 'video' | 'audio' | 'file';

/** A file as its maker has it. */
export interface MediaFile {
  name: string;
  contentType: string;
  bytes: Buffer;
}

/** A small real file of a kind, which viewers and players open: a PNG of a lamp, an MP4, a WAV, a PDF. `seed` varies the picture. */
export function sampleFile(kind: FileKind, seed = 0): MediaFile {
  if (kind === 'image') return { name: `lamp-${seed}.png`, contentType: 'image/png', bytes: picture(seed) };
  if (kind === 'video') return { name: 'lamp.mp4', contentType: 'video/mp4', bytes: Buffer.from(glowingLamp, 'base64') };
  if (kind === 'audio') return { name: 'voice.wav', contentType: 'audio/wav', bytes: beep() };
  return { name: 'invoice.pdf', contentType: 'application/pdf', bytes: invoice() };
}

const width = 160;
const height = 120;
/** There are so many different pictures. */
const variety = 24;
const drawn = new Map<number, Buffer>();

function picture(seed: number): Buffer {
  const known = drawn.get(seed % variety) ?? draw(seed % variety);
  drawn.set(seed % variety, known);
  return known;
}

/** A lamp that hangs before a wall, as an 8-bit RGB PNG (RFC 2083). */
function draw(seed: number): Buffer {
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: width }, (_, x) => pixel(x, y, seed)).flat()]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function pixel(x: number, y: number, seed: number): number[] {
  const wall = 235 - Math.round(Math.hypot(x - width / 2, y - 70));
  if (Math.abs(x - width / 2) < 1 && y < 40) return [60, 55, 50];
  const shade = y >= 40 && y < 75 && Math.abs(x - width / 2) < (y - 34) * 0.9;
  if (!shade) return [wall, wall - 12, wall - 30];
  return [(90 + seed * 83) % 200, (120 + seed * 47) % 200, (70 + seed * 61) % 200];
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** A quarter of a second of 440 Hz, 8 kHz 8-bit mono (RIFF/WAVE). */
function beep(): Buffer {
  const sound = Buffer.from(Array.from({ length: 2000 }, (_, i) => 128 + Math.round(60 * Math.sin((i * 440 * 2 * Math.PI) / 8000))));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + sound.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.set([1, 0, 1, 0], 20);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.set([1, 0, 8, 0], 32);
  header.write('data', 36);
  header.writeUInt32LE(sound.length, 40);
  return Buffer.concat([header, sound]);
}

/** One page with one line (PDF 1.4), its cross-reference table right to the byte. */
function invoice(): Buffer {
  const line = 'BT /F1 18 Tf 20 150 Td (Invoice HL-30412: 1 lamp, 49.00 EUR) Tj ET';
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${line.length} >>\nstream\n${line}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let pdf = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  return Buffer.from(`${pdf}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`);
}

/** 0.4 s of a wall that grows brighter: H.264 in a fragmented MP4, 64×48. */
const glowingLamp = [
  'AAAAJGZ0eXBpc29tAAACAGlzb21pc282aXNvMmF2YzFtcDQxAAACym1vb3YAAAB4bXZoZAEAAAAAAAAA5yh1UwAAAADnKHVTAAAD6AAAAAAAAAGyAAEAAAEAAAAAAAAA',
  'AAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAIidHJhawAAAGh0a2hkAQAAAwAAAADnKHVT',
  'AAAAAOcodVMAAAABAAAAAAAAAAAAAAGyAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAABAAAAAMAAAAAABsm1kaWEAAAAs',
  'bWRoZAEAAAAAAAAA5yh1UwAAAADnKHVTAAB1MAAAAAAAAAGyVcQAAAAAAC1oZGxyAAAAAAAAAAB2aWRlAAAAAAAAAAAAAAAAVmlkZW9IYW5kbGVyAAAAAVFtaW5mAAAA',
  'FHZtaGQAAAABAAAAAAAAAAAAAAAlZGluZgAAAB1kcmVmAAAAAAAAAAEAAAANdXJsIAAAAAEAAAABEHN0YmwAAAAQc3RzYwAAAAAAAAAAAAAAEHN0dHMAAAAAAAAAAAAA',
  'ABRzdHN6AAAAAAAAAAAAAAAAAAAAEHN0Y28AAAAAAAAAAAAAAMRzdHNkAAAAAAAAAAEAAAC0YXZjMQAAAAAAAAABAAAAAQAAAAAAAAAAAAAAAABAADAASAAAAEgAAAAA',
  'AAAAAQtBVkMxIENvZGluZwAAAAAAAAAAAAAAAAAAAAAAAAAAABj//wAAABBwYXNwAAAAAQAAAAEAAAAUYnRydAAAAAAAAAAAAAAAAAAAACdhdmNDAULACv/hABBnQsAK',
  'jI1COTcBDQEHhEI1AQAEaM48gAAAABNjb2xybmNseAABAA0AAYAAAAAobXZleAAAACB0cmV4AAAAAAAAAAEAAAABAAAAAAAAAAAAAAAAAAAAeG1vb2YAAAAQbWZoZAAA',
  'AAAAAAABAAAAYHRyYWYAAAAUdGZoZAACACAAAAABAQEAAAAAABR0ZmR0AQAAAAAAAAAAAAAAAAAAMHRydW4BAAMFAAAAAwAAAIACAAAAAAAXigAAAB8AABeFAAAAVgAA',
  'A+cAAAAoAAAApW1kYXQAAAAbZbgABAAABDiMXHAAEAWOAASk5OTrrrrrrrrwAAAAUmHgAEAAvkBD+FIoABCKAAQigAEIoABCKAAQigAEIoABCKAAQigAEIoABCKAAQig',
  'AEIoABCKAAQigAEIoABCOAARjgOJ1ifE+eRZ/P5/PJn8/n8AAAAkYeAAgAE+QHv4UqqqqqqqqqqqOGOA4neJ8T594jxHiPP5/P5/AAAATG1mcmEAAAA0dGZyYQEAAAAA',
  'AAABAAAAPwAAAAEAAAAAAAAAAAAAAAAAAALuAAAAAQAAAAEAAAABAAAAEG1mcm8AAAAAAAAATA==',
].join('');
