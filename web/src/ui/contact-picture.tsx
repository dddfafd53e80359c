import { Avatar } from '@mantine/core';

interface ContactPictureProps {
  name: string | null;
  /** Null when there is none: initials then stand for it. */
  url: string | null;
  size: number;
}

/** The face of somebody whose name stands beside it. */
export function ContactPicture({ name, url, size }: ContactPictureProps) {
  return (
    <Avatar src={url} name={name ?? undefined} size={size} alt="" aria-hidden variant="light" color="gray" style={{ flexShrink: 0 }} />
  );
}
