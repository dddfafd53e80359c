/** Follows redirects and keeps cookies as a browser does, until it is sent to `end`; resolves with that address. */
export async function walk(from: string, end: string): Promise<string> {
  const cookies = new Map<string, string>();
  for (let at = from, steps = 0; steps < 20; steps += 1) {
    if (at.startsWith(end)) return at;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (!location) throw new Error(`The browser stands still at ${at}: ${response.status} ${(await response.text()).slice(0, 500)}`);
    at = new URL(location, at).href;
  }
  throw new Error('The browser is sent in circles');
}
