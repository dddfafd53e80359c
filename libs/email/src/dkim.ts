import DKIM from 'nodemailer/lib/dkim';
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ConnectorError } from '#libs/connector';
import type { DkimSettings } from './settings.js';

/** The same mail with a signature of the sender's domain on top (RFC 6376). Throws as {@link signingKeyOf}. */
export function signed(raw: Buffer, settings: DkimSettings): Promise<Buffer> {
  const { domain: domainName, selector: keySelector, privateKey } = settings;
  // Asked for its opinion first: nodemailer leaves a mail unsigned when the key is no good, and says nothing.
  signingKeyOf(settings);
  return buffer(new DKIM({ domainName, keySelector, privateKey }).sign(raw));
}

/** The key as one that can sign: RSA of at least 1024 bits (RFC 8301 §3.2). Throws a `rejected` {@link ConnectorError}. */
export function signingKeyOf({ privateKey }: DkimSettings): KeyObject {
  const key = parsed(privateKey);
  if (key.asymmetricKeyType !== 'rsa') throw refusal(`it is of type ${key.asymmetricKeyType}, and mail is signed with RSA`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < 1024) throw refusal(`it has only ${bits} bits; at least 1024 are needed, 2048 are usual`);
  return key;
}

function parsed(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw refusal('it cannot be read as an unencrypted private key in PEM format', error);
  }
}

function refusal(why: string, cause?: unknown): ConnectorError {
  return new ConnectorError('rejected', `The DKIM key is no use: ${why}`, {
    action: 'Paste the whole file, from -----BEGIN to -----END, or remove the DKIM signature from the channel.',
    cause,
  });
}
