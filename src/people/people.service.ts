import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { newId } from '../database/columns.js';
import { isDuplicate } from '../database/data-source.js';
import { Conflict, Invalid, NotFound, Unauthorized } from '../errors.js';
import { hashPassword, newToken, passwordMatches, sha256 } from './passwords.js';
import { ApiKey, Credential, Session, User, type UserRole, usualUndoSeconds } from './user.entity.js';

const sessionDays = 30;

export interface NewUser {
  name: string;
  email: string;
  password: string;
  role: UserRole;
}

/** Who is asking: the user, and the session's CSRF token when a browser asks. */
export interface Caller {
  user: User;
  csrfToken: string | null;
  tokenHash: string | null;
}

/** Users, and how they prove who they are. */
@Injectable()
export class People {
  constructor(private readonly database: DataSource) {}

  async needsSetup(): Promise<boolean> {
    return (await this.database.manager.count(User)) === 0;
  }

  /** The first admin, once: of two first visits at the same time one gets 409. */
  async createFirstAdmin(admin: Omit<NewUser, 'role'>): Promise<User> {
    const passwordHash = await hashPassword(admin.password);
    return this.database.transaction(async (manager) => {
      if (this.database.options.type === 'postgres') await manager.query('LOCK TABLE app_user IN EXCLUSIVE MODE');
      if (await manager.count(User)) throw new Conflict('There is an admin already. Sign in, or ask them to add you.');
      return insertUser(manager, { ...admin, role: 'admin' }, passwordHash);
    });
  }

  async create(user: NewUser): Promise<User> {
    const passwordHash = await hashPassword(user.password);
    try {
      return await this.database.transaction((manager) => insertUser(manager, user, passwordHash));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new Invalid('Somebody with this email address is here already.', [{ path: 'email', message: 'is taken' }]);
    }
  }

  list(): Promise<User[]> {
    return this.database.manager.find(User, { order: { name: 'ASC', id: 'ASC' } });
  }

  async get(id: string): Promise<User> {
    const user = await this.database.manager.findOneBy(User, { id });
    if (!user) throw new NotFound('There is no such user.');
    return user;
  }

  /** Changes what users decide about themselves; what is left out stays as it is. */
  async change(id: string, { signature, undoSeconds }: { signature?: string | null; undoSeconds?: number }): Promise<User> {
    const changed = {
      ...(signature !== undefined && { signature: signature?.trim() || null }),
      ...(undoSeconds !== undefined && { undoSeconds }),
    };
    if (Object.keys(changed).length) await this.database.manager.update(User, id, changed);
    return this.get(id);
  }

  /** Opens a session. The token is for the cookie and is not kept. */
  async signIn(email: string, password: string): Promise<{ caller: Caller; token: string; expiresAt: Date }> {
    const user = await this.database.manager.findOneBy(User, { email: email.toLowerCase() });
    const credential = user && (await this.database.manager.findOneBy(Credential, { userId: user.id }));
    const matches = await passwordMatches(credential?.passwordHash, password);
    if (!user || !matches) throw new Unauthorized('The email address or the password is wrong.');
    return this.openSession(user);
  }

  async openSession(user: User): Promise<{ caller: Caller; token: string; expiresAt: Date }> {
    const token = newToken();
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + sessionDays * 86_400_000);
    const session = { tokenHash: sha256(token), userId: user.id, csrfToken: newToken(), createdAt, expiresAt };
    await this.database.manager.delete(Session, { expiresAt: LessThan(createdAt) });
    await this.database.manager.insert(Session, session);
    return { caller: { user, csrfToken: session.csrfToken, tokenHash: session.tokenHash }, token, expiresAt };
  }

  async bySession(token: string): Promise<Caller | null> {
    const session = await this.database.manager.findOneBy(Session, { tokenHash: sha256(token) });
    if (!session || session.expiresAt < new Date()) return null;
    const user = await this.database.manager.findOneBy(User, { id: session.userId });
    return user && { user, csrfToken: session.csrfToken, tokenHash: session.tokenHash };
  }

  async signOut(tokenHash: string): Promise<void> {
    await this.database.manager.delete(Session, { tokenHash });
  }

  /** The key is answered once and kept only as its hash. */
  async createApiKey(user: User, name: string): Promise<{ id: string; key: string }> {
    const key = `trb_${newToken()}`;
    const row = { id: newId(), userId: user.id, name, keyHash: sha256(key), createdAt: new Date(), lastUsedAt: null };
    await this.database.manager.insert(ApiKey, row);
    return { id: row.id, key };
  }

  async byApiKey(key: string): Promise<Caller | null> {
    const row = await this.database.manager.findOneBy(ApiKey, { keyHash: sha256(key) });
    const user = row && (await this.database.manager.findOneBy(User, { id: row.userId }));
    if (!row || !user) return null;
    if (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > 60_000)
      await this.database.manager.update(ApiKey, row.id, { lastUsedAt: new Date() });
    return { user, csrfToken: null, tokenHash: null };
  }
}

async function insertUser(manager: EntityManager, { name, email, role }: NewUser, passwordHash: string): Promise<User> {
  const own = { signature: null, undoSeconds: usualUndoSeconds };
  const user: User = { id: newId(), name, email: email.toLowerCase(), role, ...own, createdAt: new Date() };
  await manager.insert(User, user);
  await manager.insert(Credential, { userId: user.id, passwordHash });
  return user;
}
