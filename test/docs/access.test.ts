import { readdirSync } from "node:fs";
import type { DescFile } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ACCESS } from "../../src/rpc/access-table.ts";
import { documentedCalls } from "./access.ts";

const GENERATED = new URL("../../gen/ts/nexus/attest/v1/", import.meta.url);

/** Served by routers, and called by us. */
const NOT_OURS = "nexus.attest.v1.RouterService";

describe("the table of calls and roles in docs/security.md", () => {
  test("says what the server judges by, call for call", () => {
    const judged = Object.values(ACCESS).flatMap((rules) =>
      Object.entries(rules).map(([method, rule]) => ({
        rpc: `${method.charAt(0).toUpperCase()}${method.slice(1)}`,
        of: rule.of,
        roles: rule.roles,
        own: "own" in rule && rule.own,
      })),
    );
    expect(documentedCalls()).toEqual(judged);
  });

  test("has every RPC of every service of the schema", async () => {
    const files = readdirSync(GENERATED).filter((name) => name.endsWith("_service_pb.ts"));
    const modules = await Promise.all(
      files.map(async (name) => (await import(new URL(name, GENERATED).href)) as Readonly<Record<string, unknown>>),
    );
    const services = modules
      .flatMap((module) => Object.entries(module).filter(([name]) => name.startsWith("file_")))
      .flatMap(([, file]) => (file as DescFile).services)
      .filter(({ typeName }) => typeName !== NOT_OURS);
    expect(services.map(({ typeName }) => typeName).toSorted()).toEqual(Object.keys(ACCESS).toSorted());
    const rpcs = services.flatMap(({ methods }) => methods.map(({ name }) => name));
    expect(
      documentedCalls()
        .map(({ rpc }) => rpc)
        .toSorted(),
    ).toEqual(rpcs.toSorted());
  });
});
