import { asText } from './json.js';

const MARK = /^tributary:([\w-]{1,64})$/;

/** What our sends carry as `metadata`; Messenger hands it back in their echoes. */
export const echoMark = (deliveryId: string) => `tributary:${deliveryId}`;

/** The delivery that a `metadata` of ours names; undefined when it is somebody else's. */
export const markedDelivery = (metadata: unknown): string | undefined => MARK.exec(asText(metadata) ?? '')?.[1];
