/**
 * A gRPC channel that can be made anew under the clients that use it.
 *
 * @module
 */
import {
  Channel,
  type ChannelCredentials,
  type ChannelInterface,
  type ChannelOptions,
  type ClientOptions,
} from "@grpc/grpc-js";

/** What is used of a socket here. */
type Socket = Parameters<ReturnType<ChannelCredentials["_createSecureConnector"]>["connect"]>[0];

/**
 * gRPC waits without a limit for a server that accepts a connection and says nothing, and notices no connection that
 * swallows what it is given: its HTTP/2 pings are not answered on Deno (`node:http2` has none), so that its keep-alive
 * would end every connection. A channel that is stuck is therefore replaced, by whoever finds that it is. Calls on the
 * old one end with UNAVAILABLE, and every later call goes over the new one, which connects anew.
 */
export class RenewedChannel implements ChannelInterface {
  readonly #make: () => ChannelInterface;
  readonly #sockets = new Set<Socket>();
  #channel: ChannelInterface;
  #closed = false;

  constructor(address: string, credentials: ChannelCredentials, options: ChannelOptions) {
    const watched = watchSockets(credentials, this.#sockets);
    // In the common pool a new channel would be given the old one's connection.
    const own = { ...options, "grpc.use_local_subchannel_pool": 1 };
    this.#make = () => new Channel(address, watched, own);
    this.#channel = this.#make();
  }

  /** Leaves the connection and everything on it. Does nothing once closed. */
  renew(): void {
    if (this.#closed) return;
    const old = this.#channel;
    const sockets = [...this.#sockets];
    this.#channel = this.#make();
    old.close();
    // Closing waits for the server, which says nothing.
    for (const socket of sockets) socket.destroy();
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
  }

  getTarget(): string {
    return this.#channel.getTarget();
  }

  getConnectivityState(...args: Parameters<ChannelInterface["getConnectivityState"]>) {
    return this.#channel.getConnectivityState(...args);
  }

  watchConnectivityState(...args: Parameters<ChannelInterface["watchConnectivityState"]>): void {
    this.#channel.watchConnectivityState(...args);
  }

  getChannelzRef() {
    return this.#channel.getChannelzRef();
  }

  createCall(...args: Parameters<ChannelInterface["createCall"]>) {
    return this.#channel.createCall(...args);
  }
}

/** The setting by which a generated client makes its channel one that can be renewed. */
export const RENEWED_CHANNEL = {
  "grpc.channelFactoryOverride": (
    (address, credentials, options) => new RenewedChannel(address, credentials, options as ChannelOptions)
  ) satisfies ClientOptions["channelFactoryOverride"],
};

/** The same credentials, which keep the sockets of the connections that are made with them: gRPC tells nobody. */
function watchSockets(credentials: ChannelCredentials, sockets: Set<Socket>): ChannelCredentials {
  const create: ChannelCredentials["_createSecureConnector"] = (...args) => {
    const connector = credentials._createSecureConnector(...args);
    return {
      connect(socket) {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        return connector.connect(socket);
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  };
  return Object.create(credentials, { _createSecureConnector: { value: create } });
}
