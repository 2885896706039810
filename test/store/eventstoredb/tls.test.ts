import { describe, expect, onTestFinished, test } from "vitest";
import { following, newEvents, readAll } from "../../contract/stored-material.ts";
import { CERTIFICATE, startDouble } from "../../eventstoredb/double.ts";
import { openStore } from "../../eventstoredb/server-under-test.ts";
import { expectNothingUnhandled } from "../../eventstoredb/unhandled.ts";

async function encrypted() {
  const double = await startDouble(undefined, { tls: true });
  onTestFinished(() => double.close());
  return { double, host: `localhost:${double.network.port}` };
}

describe("over TLS (on the double)", () => {
  test("every call carries the credentials of the connection string", async () => {
    const { double, host } = await encrypted();
    const store = openStore(`esdb://attest:p%40ss@${host}?tlsCAFile=${encodeURIComponent(CERTIFICATE)}`);
    const authorization = `Basic ${Buffer.from("attest:p@ss").toString("base64")}`;
    await store.append("decision-1", "none", newEvents(1));
    expect(double.lastHeaders).toMatchObject({ authorization });
    await readAll(store, "decision-1");
    expect(double.lastHeaders).toMatchObject({ authorization });
    await following(store, "decision-").reached(1);
    expect(double.lastHeaders).toMatchObject({ authorization });
    expect(await store.health()).toEqual({ serving: true });
    expect(double.calls.batchAppend).toBe(0);
  });

  test("without credentials none are sent, and appends go the same way", async () => {
    const { double, host } = await encrypted();
    const store = openStore(`esdb://${host}?tlsCAFile=${encodeURIComponent(CERTIFICATE)}`);
    await store.append("decision-1", "none", newEvents(1));
    expect(double.lastHeaders).not.toHaveProperty("authorization");
    expect(double.calls).toMatchObject({ append: 1, batchAppend: 0 });
  });

  test.each([
    ["a certificate that nobody here trusts", (host: string) => `esdb://attest:secret@${host}`],
    ["a server that speaks TLS, called without", (host: string) => `esdb://attest:secret@${host}?tls=false`],
  ])("%s: refused quickly, with a reason, and nothing is sent", async (_, url) => {
    expectNothingUnhandled();
    const { double, host } = await encrypted();
    const store = openStore(url(host), { timing: { connect: 200, call: 2_000 } });
    const refusal = store.append("decision-1", "none", newEvents(1));
    await expect(refusal).rejects.toMatchObject({ name: "StoreUnavailable", message: expect.stringMatching(/\w+/) });
    expect(await store.health()).toMatchObject({ serving: false });
    expect(double.calls.append).toBe(0);
  });
});
