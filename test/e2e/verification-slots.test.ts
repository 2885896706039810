import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { expect, onTestFinished, test } from "vitest";
import { Verdict } from "../../gen/ts/nexus/attest/v1/audit_package_pb.ts";
import { MAX_VERIFICATIONS } from "../../src/rpc/verification-slots.ts";
import { eventually } from "../support/eventually.ts";
import { type Protocol, serverUnderTest } from "../support/server-under-test.ts";
import { refusalOf } from "./refusal.ts";

const packageJson = new Uint8Array(
  readFileSync(new URL("../../docs/examples/audit-package.embedded.json", import.meta.url)),
);

test.each<[Protocol, string, string]>([
  ["grpc", "application/grpc", "VerifyAuditPackage"],
  ["connect", "application/proto", "VerifyAuditPackage"],
  ["grpc", "application/grpc", "VerifyBundle"],
  ["grpc", "application/grpc", "ImportBundle"],
])(
  "over %s, callers that keep their files to themselves keep the memory of the server bounded (%s, %s)",
  async (protocol, type, rpc) => {
    const server = await serverUnderTest();
    const { audit, decisions } = server.as("human:erin", { protocol });
    const session = connect(server.url);
    onTestFinished(() => session.destroy());
    const open = () =>
      session
        .request(
          {
            ":method": "POST",
            ":path": `/nexus.attest.v1.AuditService/${rpc}`,
            "content-type": type,
            "nexus-actor": "human:mallory",
          },
          { endStream: false },
        )
        .on("error", () => undefined);
    const slow = Array.from({ length: MAX_VERIFICATIONS }, open);
    const verify = () => audit.verifyAuditPackage({ packageJson });
    const refusal = await eventually("no turn is left", () => refusalOf(verify()).catch(() => undefined));
    expect(refusal).toMatchObject({ code: "Unavailable", reason: "TOO_BUSY" });
    await decisions.listDecisions({});

    slow[0]?.close();
    const { report } = await eventually("a turn is free", () => verify().catch(() => undefined));
    expect(report?.verdict).toBe(Verdict.CONSISTENT);
    for (let index = 0; index < 2 * MAX_VERIFICATIONS; index++) await verify();
  },
);
