// The service of echo.proto, loaded as grpc-js's own documents do.
import { fileURLToPath } from "node:url";

import {
  type Client,
  type ClientReadableStream,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

/** The small record. */
export interface Small {
  readonly id: number;
  readonly name: string;
  readonly score: number;
}

/** A record with one field of bytes. */
export interface Bulk {
  readonly data: Uint8Array;
}

/** How many items a stream shall have. */
export interface Count {
  readonly items: number;
}

type Answered<T> = (error: Error | null, answer?: T) => void;

/** The service's methods, which grpc-js makes when it reads the file. */
export interface EchoClient extends Client {
  EchoSmall(record: Small, answered: Answered<Small>): void;
  EchoBulk(record: Bulk, answered: Answered<Bulk>): void;
  Items(count: Count): ClientReadableStream<Small>;
}

/** 10 MB and some more; the default is 4 MB. */
export const LIMITS = {
  "grpc.max_receive_message_length": 16 * 1024 * 1024,
  "grpc.max_send_message_length": 16 * 1024 * 1024,
};

interface Loaded {
  readonly echo: { readonly Echo: ServiceClientConstructor & (new (...args: unknown[]) => EchoClient) };
}

// `longs: Number` is the fastest that it can do; its default makes an object of each 64-bit integer.
const definition = loadSync(fileURLToPath(new URL("../echo.proto", import.meta.url)), {
  longs: Number,
  keepCase: true,
});

/** The client's class, and the service that a server adds. */
export const { Echo } = (loadPackageDefinition(definition) as unknown as Loaded).echo;
