/**
 * What a server takes connections from: a port in plain text, or one with TLS whose certificate can be changed.
 *
 * @module
 */
import { sleep } from "../ops/sleep.ts";
import type { Transport } from "./connection.ts";

/** A certificate, with those between it and an authority, and its key: PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Where connections come from. */
export interface Listener {
  readonly address: Deno.NetAddr;
  /** The next connection. @throws As Deno's listeners do, and where it is closed. */
  accept(): Promise<Transport>;
  /**
   * Takes another certificate for the connections to come; those that are open keep theirs.
   *
   * @throws Where it is none, or has another key; then the one before goes on.
   */
  renew(certificate: Certificate): Promise<void>;
  close(): void;
}

/** Where to listen. */
export interface Place {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Absent: in plain text. */
  readonly certificate?: Certificate | undefined;
}

/** Listens. @throws When it cannot, as Deno.listen and Deno.listenTls do. */
export function listen(place: Place): Listener {
  return place.certificate === undefined ? new PlainListener(place) : new TlsListener(place, place.certificate);
}

class PlainListener implements Listener {
  readonly #listener: Deno.TcpListener;

  constructor({ hostname, port }: Place) {
    this.#listener = Deno.listen({ hostname, port });
  }

  get address(): Deno.NetAddr {
    return this.#listener.addr as Deno.NetAddr;
  }

  accept(): Promise<Transport> {
    return this.#listener.accept();
  }

  renew(): Promise<void> {
    return Promise.reject(new TypeError("Cannot renew certificate: this port has none"));
  }

  close(): void {
    this.#listener.close();
  }
}

/** The port is free again only when nobody waits for a connection on it any more; then it may take a moment. */
const FREE_MS = 20;

/**
 * Deno's listener keeps the certificate that it began with, so that another one takes another listener: the port is
 * closed and opened again. Who asks in between asks again, as clients do; that is once in weeks.
 */
class TlsListener implements Listener {
  readonly address: Deno.NetAddr;
  readonly #hostname: string;
  #certificate: Certificate;
  #listener: Deno.TlsListener;
  #renewing: Promise<void> | undefined;
  #closed = false;

  constructor({ hostname, port }: Place, certificate: Certificate) {
    this.#hostname = hostname;
    this.#certificate = certificate;
    this.#listener = Deno.listenTls({ hostname, port, ...certificate });
    this.address = this.#listener.addr as Deno.NetAddr;
  }

  async accept(): Promise<Transport> {
    for (;;) {
      await this.#renewing?.catch(() => {});
      const listener = this.#listener;
      try {
        return await listener.accept();
      } catch (error) {
        // Another one has taken its place, or is about to.
        if (this.#closed || this.#renewing === undefined && listener === this.#listener) throw error;
      }
    }
  }

  renew(certificate: Certificate): Promise<void> {
    return this.#renewing ??= this.#renew(certificate).finally(() => this.#renewing = undefined);
  }

  async #renew(certificate: Certificate): Promise<void> {
    this.#listener.close();
    try {
      this.#listener = await this.#listen(certificate);
      this.#certificate = certificate;
    } catch (error) {
      this.#listener = await this.#listen(this.#certificate);
      throw error;
    } finally {
      if (this.#closed) this.#listener.close();
    }
  }

  async #listen(certificate: Certificate): Promise<Deno.TlsListener> {
    for (;;) {
      await sleep(FREE_MS);
      try {
        return Deno.listenTls({ hostname: this.#hostname, port: this.address.port, ...certificate });
      } catch (error) {
        if (this.#closed || !(error instanceof Deno.errors.AddrInUse)) throw error;
      }
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#renewing === undefined) this.#listener.close();
  }
}
