const address = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/g;

/** Plain text as written, with its web addresses clickable. */
export function LinkedText({ children }: { children: string }) {
  return children.split(address).map((part, index) =>
    index % 2 ? (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
