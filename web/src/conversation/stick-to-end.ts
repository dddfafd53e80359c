import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

const nearPx = 80;

/**
 * Keeps a scrolled area at its end while it is there, as messages arrive and mails find their height.
 * Who has scrolled up stays where they are; `atEnd` turns false when something new arrived below.
 */
export function useStickToEnd(latestId: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticking = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    sticking.current = true;
    setAtEnd(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);

  useLayoutEffect(() => {
    if (sticking.current) toEnd();
    else setAtEnd(false);
  }, [latestId, toEnd]);

  useEffect(() => {
    const area = scroller.current!;
    let top = area.scrollTop;
    const onScroll = () => {
      const isNear = area.scrollHeight - area.scrollTop - area.clientHeight < nearPx;
      // Only who moves up leaves the end: that it moved away below says nothing of what they want.
      if (isNear) sticking.current = true;
      else if (area.scrollTop < top) sticking.current = false;
      if (sticking.current) setAtEnd(true);
      top = area.scrollTop;
    };
    area.addEventListener('scroll', onScroll, { passive: true });
    const resized = new ResizeObserver(() => sticking.current && toEnd());
    resized.observe(content.current!);
    resized.observe(area);
    return () => {
      area.removeEventListener('scroll', onScroll);
      resized.disconnect();
    };
  }, [toEnd]);

  return { scroller, content, atEnd, toEnd };
}
