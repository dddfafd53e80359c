/** How much an app may do before the platform makes it wait. `Infinity` is no limit. */
export interface Limits {
  /** Calls of the whole app in an hour: error 4. */
  appCallsPerHour: number;
  /** Calls with a person's token in an hour: error 17. */
  userCallsPerHour: number;
  /** Calls about one Page with a person's token in an hour: error 32. */
  pageCallsPerHour: number;
  /** Calls of one Page or account in 24 h, by business use case: errors 80001, 80006 and 80002. */
  pagesCallsPerDay: number;
  messengerCallsPerDay: number;
  instagramCallsPerDay: number;
  /** Reads of conversations per account: 80006, on Instagram 613/2534040. */
  conversationCallsPerSecond: number;
  /** Sends per account: error 613. */
  sendsPerSecond: number;
  mediaSendsPerSecond: number;
  privateRepliesPerHour: number;
  /** To one customer. */
  sendsToOneThreadPerMinute: number;
  /** How often the same words may stand below posts in an hour; then error 368. */
  identicalPublicReplies: number;
  /** Usage headers come once so many calls were made. */
  usageHeadersAfter: number;
  /** How long a block lasts, and what every call during it adds. */
  blockMs: number;
  extendBlockMs: number;
}

export const noLimits: Limits = {
  appCallsPerHour: Infinity,
  userCallsPerHour: Infinity,
  pageCallsPerHour: Infinity,
  pagesCallsPerDay: Infinity,
  messengerCallsPerDay: Infinity,
  instagramCallsPerDay: Infinity,
  conversationCallsPerSecond: Infinity,
  sendsPerSecond: Infinity,
  mediaSendsPerSecond: Infinity,
  privateRepliesPerHour: Infinity,
  sendsToOneThreadPerMinute: Infinity,
  identicalPublicReplies: Infinity,
  usageHeadersAfter: 50,
  blockMs: 5 * 60_000,
  extendBlockMs: 60_000,
};

/** As Meta states them, for a small shop with a hundred people a day. */
export const statedLimits: Limits = {
  ...noLimits,
  appCallsPerHour: 200 * 100,
  userCallsPerHour: 200,
  pageCallsPerHour: 4800,
  pagesCallsPerDay: 4800 * 100,
  messengerCallsPerDay: 200 * 100,
  instagramCallsPerDay: 4800 * 10,
  conversationCallsPerSecond: 2,
  sendsPerSecond: 100,
  mediaSendsPerSecond: 10,
  privateRepliesPerHour: 750,
  sendsToOneThreadPerMinute: 60,
  identicalPublicReplies: 30,
};
