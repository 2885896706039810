import { describe, expect, test } from "vitest";
import { InvalidConnection, parseConnection } from "../../../src/store/eventstoredb/connection.ts";

describe("a connection string", () => {
  test.each([
    ["esdb://host", "esdb://host", undefined],
    ["esdb://host:2113/", "esdb://host:2113", undefined],
    ["  esdb://10.0.0.1:1,10.0.0.2:2?tls=false ", "esdb://10.0.0.1:1,10.0.0.2:2?tls=false", undefined],
    ["esdb+discover://a.b.c?node_preference=leader", "esdb+discover://a.b.c?node_preference=leader", undefined],
    ["esdb://admin:changeit@host:2113", "esdb://host:2113", { username: "admin", password: "changeit" }],
    ["esdb://a%40b:p%20w%3A%2F@host", "esdb://host", { username: "a@b", password: "p w:/" }],
    ["esdb://a:p:w@host", "esdb://host", { username: "a", password: "p:w" }],
    ["esdb://a:p@w@host", "esdb://host", { username: "a", password: "p@w" }],
  ])("%s: an address that is safe to print, and credentials", (text, address, credentials) => {
    expect(parseConnection(text)).toEqual({ address, credentials });
  });

  test.each([
    ["", /begins with esdb/],
    ["embedded", /begins with esdb/],
    ["http://host", /begins with esdb/],
    ["esdb://", /begins with esdb/],
    ["esdb://hunter2:@host", /user:password/],
    ["esdb://:hunter2@host", /user:password/],
    ["esdb://hunter2@host", /user:password/],
    ["esdb://a:hunter2%@host", /percent-encoded/],
    ["esdb://a:hunter2@", /hosts/],
    ["esdb://a:hunter2@host:port", /hosts/],
    ["esdb://a:hunter2@host/path", /hosts/],
    ["esdb://a:hunter2@one,,two", /hosts/],
    ["esdb://a:hunter2@host?tls=false?x=y", /hosts/],
    ["esdb://a:hunter2@host?password=hunter2", /knows the options tls, /],
    ["esdb://a:hunter2@host?throwOnAppendFailure=false", /knows the options/],
    ["esdb://a:hunter2@host?defaultDeadline=1", /knows the options/],
    ["esdb://a:hunter2@host?tls", /tls has no value/],
    ["esdb://a:hunter2@10.0.0.1:2113", /goes by its name/],
    ["esdb://host,10.0.0.1?tls=true", /goes by its name/],
  ])("%s is refused, without a word of what stood there", (text, words) => {
    const error = (() => {
      try {
        return parseConnection(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(InvalidConnection);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).not.toContain("hunter2");
  });
});
