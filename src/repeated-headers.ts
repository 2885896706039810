import type { IncomingHttpHeaders } from "node:http";
import { IDENTITY_HEADERS } from "./app/identity-headers.ts";

interface Headed {
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/**
 * Shows every value of a header that says who calls. Of some headers, such as `authorization`, Node keeps the first and drops the others without a word; a proxy
 * in front may have looked at the last. Joined by a comma they are no valid identity.
 */
export function joinRepeatedIdentities({ headers, rawHeaders }: Headed): void {
  for (const name of IDENTITY_HEADERS) {
    const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
    if (values.length > 1) headers[name] = values.join(", ");
  }
}
