/** A refusal in Graph's own envelope: `{"error":{message,type,code,error_subcode,…}}`. */
export class GraphError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly subcode?: number,
    readonly status = 400,
  ) {
    super(message);
  }

  get body() {
    return {
      error: {
        message: this.code === 190 || this.code < 3 ? this.message : `(#${this.code}) ${this.message}`,
        type: this.code === 100 && this.subcode === 33 ? 'GraphMethodException' : 'OAuthException',
        code: this.code,
        ...(this.subcode && { error_subcode: this.subcode }),
        fbtrace_id: 'AbCdSimulated01',
      },
    };
  }
}

/** How a token dies, by the subcode of error 190 that every call then answers. */
export const tokenDeaths = {
  'app-removed': [458, 'Error validating access token: The user has not authorized application.'],
  checkpoint: [
    459,
    'Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions given.',
  ],
  'password-changed': [
    460,
    'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  ],
  expired: [463, 'Error validating access token: Session has expired.'],
  'unconfirmed-user': [
    464,
    'Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.',
  ],
  'logged-out': [467, 'Error validating access token: The session is invalid because the user logged out.'],
  'role-lost': [492, 'Error validating access token: The user is not an administrator of the Page any more.'],
} as const satisfies Record<string, readonly [number, string]>;

export type TokenDeath = keyof typeof tokenDeaths;
