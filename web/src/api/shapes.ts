import type { components } from './schema.js';

type Schemas = components['schemas'];

export type Attachment = Schemas['AttachmentView'];
export type Capabilities = Schemas['CapabilitiesView'];
export type Card = Schemas['CardView'];
export type Channel = Schemas['ChannelView'];
export type ChannelWithSettings = Schemas['ChannelWithSettings'];
export type Connector = Schemas['ConnectorView'];
export type Conversation = Schemas['ConversationView'];
export type Attempt = Schemas['AttemptView'];
export type Delivery = Schemas['DeliveryView'];
export type FailureKind = NonNullable<Delivery['error']>['kind'];
export type Undelivered = Schemas['DeliveryItem'];
export type Message = Schemas['MessageView'];
export type Moderation = Message['moderation'][number];
export type ReplyMode = NonNullable<Message['mode']>;
export type RecipientFate = Delivery['recipients'][number];
export type ReplyPreview = Schemas['ReplyPreviewView'];
export type Audit = Schemas['AuditView'];
export type SignInItem = Schemas['SignInItemView'];
export type SignInOutcome = Schemas['SignInOutcomeView'];
export type User = Schemas['UserView'];
export type InboundEvent = Schemas['InboundEventView'];
export type CheckResult = Schemas['ChannelTestView'];
export type ConversationKind = Conversation['kind'];
export type ConversationStatus = Conversation['status'];
export type Role = User['role'];
