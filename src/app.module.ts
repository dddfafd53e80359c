import { type DynamicModule, Global, Module, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AssignmentController } from './assignment/assignment.controller.js';
import { AssignmentService } from './assignment/assignment.service.js';
import { ChannelsController } from './channels/channels.controller.js';
import { ChannelViews } from './channels/channel-views.service.js';
import { ChannelSecrets } from './channels/channel-secrets.service.js';
import { Channels } from './channels/channels.service.js';
import { SignInController } from './channels/sign-in.controller.js';
import { SignInChoices } from './channels/sign-in-choices.service.js';
import { SignIns } from './channels/sign-in.service.js';
import { Vault } from './channels/vault.js';
import { Config } from './config.js';
import { connectorModules, Connectors } from './connectors.js';
import { ContactsController } from './contacts/contacts.controller.js';
import { Contacts } from './contacts/contacts.service.js';
import { FileStore } from './files/file-store.js';
import { RemoteFiles } from './files/remote-files.js';
import { RemoteImages } from './files/remote-image.js';
import { AttachmentsController } from './conversations/attachments.controller.js';
import { PostsController } from './conversations/posts.controller.js';
import { Posts } from './conversations/posts.service.js';
import { RemoteImagesController } from './conversations/remote-images.controller.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { Actions } from './conversations/actions.service.js';
import { Conversations } from './conversations/conversations.service.js';
import { Composition } from './conversations/composition.service.js';
import { MessageChanges } from './conversations/message-changes.service.js';
import { Receipts } from './conversations/receipts.service.js';
import { PublicFilesController } from './conversations/public-files.controller.js';
import { PublicFiles } from './conversations/public-files.service.js';
import { PlatformCalls } from './conversations/platform-calls.service.js';
import { Replies } from './conversations/replies.service.js';
import { ReleasedFilesSweep } from './conversations/released-files.sweep.js';
import { ReplyWindowSweep } from './conversations/reply-window.sweep.js';
import { ReplyWindows } from './conversations/reply-windows.service.js';
import { Dismissals } from './conversations/dismissals.service.js';
import { Retries } from './conversations/retries.service.js';
import { SecondThoughts } from './conversations/second-thoughts.service.js';
import { Deliveries } from './outbound/deliveries.service.js';
import { SignsOfLife } from './conversations/signs-of-life.service.js';
import { Moves } from './conversations/moves.service.js';
import { NextReply } from './conversations/next-reply.service.js';
import { WindowSteps } from './conversations/window-steps.service.js';
import { Snooze } from './conversations/snooze.service.js';
import { ProblemFilter } from './errors.js';
import { HealthController } from './health/health.controller.js';
import { Heartbeat } from './health/heartbeat.js';
import { HttpTimes } from './health/http-times.js';
import { MetricsController } from './health/metrics.controller.js';
import { Stopping } from './health/stopping.js';
import { Metrics } from './health/metrics.js';
import { QueueBoard } from './health/queue-board.js';
import { Tally } from './health/tally.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { WebController } from './http/web.controller.js';
import { AuditController } from './inbound/audit.controller.js';
import { Audits } from './inbound/audit.service.js';
import { Deletions } from './inbound/deletions.service.js';
import { DeletionsController } from './inbound/deletions.controller.js';
import { Doors } from './inbound/door.service.js';
import { Grants } from './inbound/grants.service.js';
import { InboundEventsController } from './inbound/inbound-events.controller.js';
import { InboundSweep } from './inbound/inbound.sweep.js';
import { InboundWorker } from './inbound/inbound.worker.js';
import { AutoAnswer } from './inbound/auto-answer.service.js';
import { ChatMarks } from './inbound/chat-marks.service.js';
import { Copies } from './inbound/copies.service.js';
import { Happenings } from './inbound/happenings.service.js';
import { Ingest } from './inbound/ingest.service.js';
import { Ledger } from './inbound/ledger.service.js';
import { Names } from './inbound/names.service.js';
import { RoughTimes } from './inbound/rough-times.service.js';
import { NamesSweep } from './inbound/names.sweep.js';
import { MediaCopies } from './inbound/media-copies.service.js';
import { NightlyAudit } from './inbound/nightly-audit.js';
import { OriginalsController } from './inbound/originals.controller.js';
import { OwnMessages } from './inbound/own-messages.service.js';
import { Places } from './inbound/places.service.js';
import { Retention } from './inbound/retention.js';
import { UpkeepController } from './inbound/upkeep.controller.js';
import { UpkeepRounds } from './inbound/upkeep-rounds.js';
import { Upkeeps } from './inbound/upkeep.service.js';
import { Watcher } from './inbound/watcher.service.js';
import { WebhooksController } from './inbound/webhooks.controller.js';
import { DeliveriesController } from './outbound/deliveries.controller.js';
import { AttemptsController } from './outbound/attempts.controller.js';
import { Cargos } from './outbound/cargo.service.js';
import { Circuits } from './outbound/circuits.service.js';
import { Claims } from './outbound/claims.service.js';
import { HeldReplies } from './outbound/held-replies.service.js';
import { SendingController } from './outbound/sending.controller.js';
import { Settlement } from './outbound/settlement.service.js';
import { Outcomes } from './outbound/outcomes.service.js';
import { OutboundSweep } from './outbound/outbound.sweep.js';
import { OutboundWorker } from './outbound/outbound.worker.js';
import { AuthGuard } from './people/auth.guard.js';
import { PeopleController } from './people/people.controller.js';
import { People } from './people/people.service.js';
import type { Backend } from './queue/backend.js';
import { QueueModule } from './queue/queue.module.js';
import { Changes } from './realtime/changes.service.js';
import { EventsController } from './realtime/events.controller.js';

const remoteFiles: Provider[] = [
  { provide: RemoteFiles, inject: [Config], useFactory: ({ ALLOW_PRIVATE_HOSTS }: Config) => new RemoteFiles(ALLOW_PRIVATE_HOSTS) },
  { provide: RemoteImages, inject: [RemoteFiles], useFactory: (files: RemoteFiles) => new RemoteImages(files) },
];

const services: Provider[] = [
  ...[
    People,
    Connectors,
    ChannelSecrets,
    Channels,
    ChannelViews,
    SignIns,
    SignInChoices,
    Contacts,
    Conversations,
    Composition,
    Replies,
    SecondThoughts,
    Retries,
    Dismissals,
    Deliveries,
    Moves,
    ReplyWindows,
    WindowSteps,
    NextReply,
    PlatformCalls,
    Actions,
    SignsOfLife,
    PublicFiles,
    MessageChanges,
    Receipts,
    AssignmentService,
  ],
  ...[Stopping, FileStore, Circuits, HeldReplies, Changes, Ledger, Audits, Upkeeps, Posts, Grants],
  ...remoteFiles,
  ...[{ provide: Registry, useFactory: () => new Registry() }, Tally, Heartbeat],
];

const workers: Provider[] = [
  Ingest,
  Places,
  Copies,
  Happenings,
  ChatMarks,
  AutoAnswer,
  OwnMessages,
  Names,
  RoughTimes,
  NamesSweep,
  Watcher,
  Doors,
  NightlyAudit,
  Deletions,
  UpkeepRounds,
  InboundWorker,
  InboundSweep,
  Retention,
  Cargos,
  Settlement,
  Claims,
  Outcomes,
  OutboundWorker,
  OutboundSweep,
  Snooze,
  ReplyWindowSweep,
  MediaCopies,
  ReleasedFilesSweep,
];

const controllers: Type[] = [
  ...[
    PeopleController,
    ChannelsController,
    SignInController,
    ConversationsController,
    AttachmentsController,
    AssignmentController,
    ContactsController,
  ],
  ...[
    RemoteImagesController,
    PostsController,
    PublicFilesController,
    AuditController,
    UpkeepController,
    DeletionsController,
    OriginalsController,
    WebhooksController,
    InboundEventsController,
    DeliveriesController,
    AttemptsController,
    SendingController,
    EventsController,
  ],
  WebController,
];

/** What every process tells of itself that listens. */
const observed: Type[] = [HealthController, MetricsController];
const observing: Provider[] = [Metrics, HttpTimes, { provide: APP_FILTER, useClass: ProblemFilter }];

const http: Provider[] = [
  { provide: APP_GUARD, useClass: AuthGuard },
  { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  QueueBoard,
];

export interface Foundations {
  config: Config;
  database: DataSource;
  backend: Backend;
  vault: Vault;
}

/** The product. The role decides whether it answers HTTP, works through the queue, or both; a worker may tell how it is doing. */
@Global()
@Module({})
export class AppModule {
  static register({ config, database, backend, vault }: Foundations): DynamicModule {
    const listens = config.listenPort !== null;
    const foundations: Provider[] = [
      { provide: Config, useValue: config },
      { provide: DataSource, useValue: database },
      { provide: Vault, useValue: vault },
    ];
    return {
      module: AppModule,
      imports: [DiscoveryModule, QueueModule.register(backend), ...connectorModules(config)],
      controllers: [...(listens ? observed : []), ...(config.servesHttp ? controllers : [])],
      providers: [
        ...[...foundations, ...services],
        ...(listens ? observing : []),
        ...(config.servesHttp ? http : []),
        ...(config.works ? workers : []),
      ],
    };
  }
}
