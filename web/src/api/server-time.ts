/** Below this the difference is that of the header's whole seconds and of the way here. */
const noticedMs = 2_000;
let aheadMs = 0;

/** Notes what the server's clock says (`Date`, RFC 9110): this machine's may be wrong by more than an undo takes. */
export function noteServerTime(response: Response): void {
  const told = Date.parse(response.headers.get('date') ?? '');
  const difference = told - Date.now();
  if (!Number.isNaN(difference)) aheadMs = Math.abs(difference) > noticedMs ? difference : 0;
}

/** The time at the server, in milliseconds since the epoch. */
export const serverNow = (): number => Date.now() + aheadMs;
