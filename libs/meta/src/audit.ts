import type { Audit, AuditContext } from '#libs/connector';
import { auditChats } from './audit-chats.js';
import { auditInstagramComments } from './audit-instagram-comments.js';
import { auditPageComments } from './audit-page-comments.js';
import { Findings } from './findings.js';
import { callGraph } from './graph.js';
import { asId, asText } from './json.js';
import type { Line } from './line.js';

/**
 * Compares what Meta has of a Page with what is stored, and takes in what is missing: of the last 30 days the chats (the newest
 * 20 messages of each), posts of visitors, and comments on posts and ads. Mentions elsewhere cannot be listed.
 */
export async function auditPage(context: AuditContext, line: Line, now = new Date()): Promise<Audit> {
  const findings = new Findings(context, now);
  await auditChats(findings, line, [line.account]);
  await auditPageComments(findings, line);
  return findings.audit;
}

/** The same for an Instagram account: chats, and comments on its media. */
export async function auditInstagram(context: AuditContext, line: Line, now = new Date()): Promise<Audit> {
  const findings = new Findings(context, now);
  const own = await ownNames(line);
  await auditChats(findings, line, own);
  await auditInstagramComments(findings, line, own);
  return findings.audit;
}

/** Through Instagram Login the account has a second id, under which it may stand among the partners of a chat. */
async function ownNames({ access, self, account }: Line): Promise<string[]> {
  const { body } = await callGraph(access, { method: 'GET', path: self, query: { fields: 'id,username' } });
  return [account, asId(body.id), asText(body.username)].filter((name) => name !== undefined);
}
