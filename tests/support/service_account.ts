/**
 * A service account for one test run: the key file that Google's libraries read, and the check that Google's servers
 * make of the tokens that are signed with it.
 *
 * @module
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { Buffer } from "node:buffer";

/** A service account that only a test's own server knows. */
export interface ServiceAccount {
  /** For `GOOGLE_APPLICATION_CREDENTIALS`. */
  readonly keyFile: string;
  /** Whether a bearer token is a JSON Web Token of this account, signed with its key and valid now. */
  accepts(token: string | undefined): boolean;
}

/** Makes an account whose key file lies in this folder. */
export async function makeServiceAccount(folder: string, projectId: string): Promise<ServiceAccount> {
  const email = `lms@${projectId}.iam.gserviceaccount.com`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keyFile = `${folder}/service_account.json`;
  await Deno.writeTextFile(
    keyFile,
    JSON.stringify({
      type: "service_account",
      project_id: projectId,
      private_key_id: "test",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      client_email: email,
      client_id: "1",
      // Never asked: the libraries sign tokens themselves where a service accepts that, as Pub/Sub does.
      token_uri: "https://oauth2.googleapis.com/token",
    }),
  );
  const publicKey = createPublicKey(privateKey);
  return { keyFile, accepts: (token) => token !== undefined && isSigned(token, publicKey, email) };
}

function isSigned(token: string, publicKey: KeyObject, email: string): boolean {
  const [header, payload, signature] = token.split(".");
  if (header === undefined || payload === undefined || signature === undefined) return false;
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))) return false;
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const now = Date.now() / 1000;
  return claims.iss === email && Number(claims.iat) <= now + 60 && Number(claims.exp) > now;
}
