import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Client, credentials } from "@grpc/grpc-js";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import * as v1 from "../../gen/ts/grpc/reflection/v1/reflection_pb.ts";
import * as v1alpha from "../../gen/ts/grpc/reflection/v1alpha/reflection_pb.ts";
import { serverUnderTest } from "../support/server-under-test.ts";

type Question = NonNullable<MessageInitShape<typeof v1.ServerReflectionRequestSchema>["messageRequest"]>;

let client: Client;
beforeEach(async () => {
  const server = await serverUnderTest();
  client = new Client(new URL(server.url).host, credentials.createInsecure());
  onTestFinished(() => client.close());
});

/** Asks on one stream, as grpcurl does, with a client that is not ours and no name. */
function ask(version: "v1" | "v1alpha", questions: readonly Question[]): Promise<v1.ServerReflectionResponse[]> {
  const call = client.makeBidiStreamRequest(
    `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    (request: v1.ServerReflectionRequest) => Buffer.from(toBinary(v1.ServerReflectionRequestSchema, request)),
    // The messages of both versions are the same to the byte.
    (bytes: Buffer) => fromBinary(v1.ServerReflectionResponseSchema, bytes),
  );
  const answers: v1.ServerReflectionResponse[] = [];
  return new Promise((resolve, reject) => {
    call.on("data", (answer: v1.ServerReflectionResponse) => answers.push(answer));
    call.on("error", reject).on("end", () => resolve(answers));
    for (const messageRequest of questions)
      call.write(create(v1.ServerReflectionRequestSchema, { host: "h", messageRequest }));
    call.end();
  });
}

describe.each(["v1", "v1alpha"] as const)("%s", (version) => {
  const one = async (question: Question) => {
    const [answer] = await ask(version, [question]);
    return answer?.messageResponse;
  };

  test("lists the services", async () => {
    const answer = await one({ case: "listServices", value: "" });
    expect(answer?.case === "listServicesResponse" && answer.value.service.map(({ name }) => name)).toEqual([
      "nexus.attest.v1.DecisionService",
      "nexus.attest.v1.TemplateService",
      "nexus.attest.v1.AuditService",
      "nexus.attest.v1.ApproverKeyService",
      "nexus.attest.v1.ImportedDecisionService",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]);
  });

  test.each([
    "nexus.attest.v1.DecisionService",
    "nexus.attest.v1.DecisionService.GrantApproval",
    "nexus.attest.v1.BlockingReason",
    "nexus.attest.v1.BlockingReason.missing_approvals",
    "nexus.attest.v1.BlockingCode",
    "grpc.health.v1.HealthCheckResponse.ServingStatus",
    "buf.validate.field",
    "grpc.reflection.v1alpha.ServerReflection",
  ])("gives the file of %s with all that it needs, in an order that can be loaded", async (value) => {
    const registry = load(await one({ case: "fileContainingSymbol", value }));
    const [service, message] = ["nexus.attest.v1.DecisionService", "nexus.attest.v1.BlockingReason"];
    if (value === service) expect(registry.getService(service)?.methods).toHaveLength(15);
    if (value.startsWith(message)) expect(registry.getMessage(message)?.fields).toHaveLength(11);
  });

  test("gives a file by name", async () => {
    const registry = load(await one({ case: "fileByFilename", value: "nexus/attest/v1/actor.proto" }));
    expect(registry.getMessage("nexus.attest.v1.Actor")).toBeDefined();
  });

  test("knows the extensions that carry the constraints", async () => {
    const containingType = "google.protobuf.FieldOptions";
    const all = await one({ case: "allExtensionNumbersOfType", value: containingType });
    expect(all?.case === "allExtensionNumbersResponse" && all.value.extensionNumber).toContain(1159);
    const registry = load(
      await one({ case: "fileContainingExtension", value: { containingType, extensionNumber: 1159 } }),
    );
    expect(registry.getExtension("buf.validate.field")?.number).toBe(1159);
  });

  test.each<Question>([
    { case: "fileContainingSymbol", value: "nexus.attest.v1.Nothing" },
    { case: "fileContainingSymbol", value: "" },
    { case: "fileByFilename", value: "../../etc/passwd" },
    { case: "fileContainingExtension", value: { containingType: "nexus.attest.v1.Actor", extensionNumber: 1 } },
    { case: "allExtensionNumbersOfType", value: "nexus.attest.v1.Actor" },
    { case: undefined },
  ])("answers NOT_FOUND about $case $value, and the stream lives on", async (question) => {
    const [unknown, next] = await ask(version, [
      question,
      { case: "fileByFilename", value: "nexus/attest/v1/label.proto" },
    ]);
    expect(unknown).toMatchObject({
      validHost: "h",
      messageResponse: { case: "errorResponse", value: { errorCode: 5 } },
    });
    expect(next?.messageResponse.case).toBe("fileDescriptorResponse");
  });
});

test("the two versions are the same but for their name", () => {
  const shape = ({ fields }: DescMessage) => fields.map(({ name, number, fieldKind }) => [name, number, fieldKind]);
  expect(v1alpha.file_grpc_reflection_v1alpha_reflection.messages.map(shape)).toEqual(
    v1.file_grpc_reflection_v1_reflection.messages.map(shape),
  );
});

function load(answer: v1.ServerReflectionResponse["messageResponse"] | undefined) {
  if (answer?.case !== "fileDescriptorResponse") throw new Error(`no file: ${JSON.stringify(answer)}`);
  const file = answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}
