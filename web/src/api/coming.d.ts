import type { components } from './schema.js';
type S = components['schemas'];
type Op<P, B, R> = {
  parameters: { query?: never; header?: never; path?: P; cookie?: never };
  requestBody: { content: { 'application/json': B } };
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': R } } };
};
type Id = { id: string };
interface ChoiceItem {
  externalId: string;
  label: string;
  address: string;
  usable: boolean;
  missing: string[];
  connected: boolean;
}
declare module './schema.js' {
  interface paths {
    '/api/v1/messages/{id}/moderate': {
      parameters: object;
      post: Op<Id, { action: 'hide' | 'unhide' | 'like' | 'unlike' | 'delete' }, S['MessageView']> & { parameters: { path: Id } };
    };
    '/api/v1/messages/{id}/reaction': {
      parameters: object;
      put: Op<Id, { emoji: string | null }, S['MessageView']> & { parameters: { path: Id } };
    };
    '/api/v1/conversations/{id}/typing': {
      parameters: object;
      post: {
        parameters: { path: Id };
        requestBody: { content: { 'application/json': { on: boolean } } };
        responses: { 204: { headers: Record<string, unknown>; content?: never } };
      };
    };
    '/api/v1/conversations/{id}/take-over': {
      parameters: object;
      post: {
        parameters: { path: Id };
        requestBody?: never;
        responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['ConversationView'] } } };
      };
    };
    '/api/v1/channels/{id}/check': {
      parameters: object;
      post: {
        parameters: { path: Id };
        requestBody?: never;
        responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['ChannelView'] } } };
      };
    };
    '/api/v1/channels/sign-in/{state}': {
      parameters: object;
      get: {
        parameters: { path: { state: string } };
        requestBody?: never;
        responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { type: string; items: ChoiceItem[] } } } };
      };
      post: {
        parameters: { path: { state: string } };
        requestBody: { content: { 'application/json': { externalIds: string[] } } };
        responses: {
          200: {
            headers: Record<string, unknown>;
            content: {
              'application/json': { items: Array<{ externalId: string; channel: S['ChannelView'] | null; error: string | null }> };
            };
          };
        };
      };
    };
  }
}
