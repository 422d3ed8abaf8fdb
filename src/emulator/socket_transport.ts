/**
 * A socket of node:net, as a conversation in HTTP uses it.
 *
 * @module
 */
import type { Socket } from "node:net";
import type { Transport } from "../http/conversation.ts";

/** How much is given to the socket at once: how a reader who stands still is told from one who is slow. */
const WRITE_BYTES = 64 * 1024;

/**
 * Takes over a socket.
 *
 * @param socket Paused; nobody else reads or writes it from now on.
 */
export function socketTransport(socket: Socket): Transport {
  // What came and was not read, while the socket stands still.
  let come: Uint8Array | undefined;
  let ended: "by the client" | "broken" | undefined;
  let heard = () => {};
  socket.on("data", (bytes: Uint8Array) => {
    socket.pause();
    // A pause lets through what was on its way.
    come = come === undefined ? bytes : joined(come, bytes);
    heard();
  });
  socket.on("end", () => {
    ended ??= "by the client";
    heard();
  });
  // An error is followed by it.
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = "broken";
    heard();
  });
  return {
    async read(buffer) {
      while (come === undefined) {
        if (socket.destroyed || ended === "broken") throw broken();
        if (ended !== undefined) return null;
        const hearing = Promise.withResolvers<void>();
        heard = hearing.resolve;
        socket.resume();
        await hearing.promise;
      }
      const part = come.subarray(0, buffer.length);
      buffer.set(part);
      come = part.length < come.length ? come.subarray(part.length) : undefined;
      return part.length;
    },
    write(bytes) {
      const part = bytes.subarray(0, WRITE_BYTES);
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      // Closing calls nobody back whose bytes wait.
      const lost = () => reject(broken());
      if (socket.destroyed) lost();
      else {
        socket.once("close", lost);
        socket.write(part, (error) => {
          socket.off("close", lost);
          if (error) lost();
          else resolve(part.length);
        });
      }
      return promise;
    },
    closeWrite() {
      socket.end();
      return Promise.resolve();
    },
    close: () => void socket.destroy(),
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** As Deno's own connections say it. */
function broken(): Error {
  return new Deno.errors.ConnectionReset("the connection is closed");
}
