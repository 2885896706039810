import { beforeEach, describe, expect, test } from "vitest";
import { STRICT_JSON } from "../../src/strict-json.ts";
import { DECISIONS, enveloped, postHttp2 } from "../e2e/raw-call.ts";
import { type ServerUnderTest, serverUnderTest } from "../support/server-under-test.ts";

let server: ServerUnderTest;
beforeEach(async () => {
  server = await serverUnderTest();
});

const bytes = (text: string) => new TextEncoder().encode(text);

// An error that quotes half a character cannot be written into a trailer: such a call was once never answered.
describe("half a character in JSON is refused at once, by every protocol:", () => {
  test.each([
    ["as a key", '{"\\ud800":1}'],
    ["as a value of the wrong type", '{"pageSize":"\\udfff"}'],
    ["as a value", '{"pageToken":"\\ud800"}'],
    ["beside another character", '{"\\ud83dx\\n":1}'],
    ["in the wrong order", '{"\\ude00\\ud83d":1}'],
  ])("%s", async (_, json) => {
    for (const type of ["application/grpc+json", "application/grpc-web+json", "application/json"]) {
      const body = type === "application/json" ? bytes(json) : enveloped(bytes(json));
      const headers = { "content-type": type, "nexus-actor": "human:alice" };
      for (const rpc of ["ListDecisions", ...(type === "application/json" ? [] : ["WatchDecisions"])]) {
        const { status, trailers, text } = await postHttp2(server.url, `${DECISIONS}/${rpc}`, headers, body);
        const said = `${status} ${String(trailers["grpc-status"])} ${text}`;
        expect(said, `${type} ${rpc}`).toMatch(/^400 |^200 3 |grpc-status: ?3\b/);
      }
    }
  });
});

test("whole characters are taken, escaped or not", () => {
  const { decode } = STRICT_JSON.textDecoder;
  for (const json of ['"\\ud83d\\ude00"', '"\u{1f600}"', '"\\\\ud800"', '"\\n\\u0041\\ud83d\\ude00\\"\\ud83d\\ude00"'])
    expect(decode(bytes(json))).toBe(json);
  for (const json of [
    '"\\ud83d"',
    '"\\\\\\ud83d"',
    '"\\ude00"',
    '"\\ud83d\\ud83d\\ude00"',
    '"\\ud83d \\ude00"',
    '"\\uD83D\\n"',
  ])
    expect(() => decode(bytes(json)), json).toThrow("half of a character");
});
