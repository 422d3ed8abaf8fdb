/**
 * What is said to a request that cannot be read.
 *
 * @module
 */

/** A request that is not answered, with the reason as a status and a line. The connection ends with it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
