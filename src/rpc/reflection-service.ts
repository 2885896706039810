import {
  create,
  type DescExtension,
  type DescFile,
  type DescMessage,
  type DescService,
  fromBinary,
  toBinary,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import {
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
  ServerReflectionResponseSchema,
} from "../../gen/ts/grpc/reflection/v1/reflection_pb.ts";
import {
  type ServerReflectionRequest as AlphaRequest,
  ServerReflectionRequestSchema as AlphaRequestSchema,
  ServerReflectionResponseSchema as AlphaResponseSchema,
} from "../../gen/ts/grpc/reflection/v1alpha/reflection_pb.ts";

type Answer = Exclude<ServerReflectionResponse["messageResponse"], { case: undefined }>;

/** The standard reflection service, for grpcurl, `buf curl` and their like. */
export function createReflectionService(services: readonly DescService[]) {
  const files = filesOf(services);
  return {
    async *serverReflectionInfo(requests: AsyncIterable<ServerReflectionRequest>) {
      for await (const originalRequest of requests) {
        const { host: validHost, messageRequest } = originalRequest;
        const messageResponse = answer(messageRequest);
        yield create(ServerReflectionResponseSchema, { validHost, originalRequest, messageResponse });
      }
    },
  };

  function answer(request: ServerReflectionRequest["messageRequest"]): Answer {
    switch (request.case) {
      case "listServices":
        return { case: "listServicesResponse", value: list(services) };
      case "fileByFilename":
        return withDependencies(files.get(request.value), request.value);
      case "fileContainingSymbol":
        return withDependencies(
          [...files.values()].find((file) => symbolsOf(file).has(request.value)),
          request.value,
        );
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = request.value;
        const file = [...files.values()].find((each) =>
          extensionsOf(each).some(
            ({ extendee, number }) => extendee.typeName === containingType && number === extensionNumber,
          ),
        );
        return withDependencies(file, `extension ${extensionNumber} of ${containingType}`);
      }
      case "allExtensionNumbersOfType": {
        const all = [...files.values()].flatMap((file) => extensionsOf(file));
        const numbers = all.filter(({ extendee }) => extendee.typeName === request.value).map(({ number }) => number);
        if (numbers.length === 0) return notFound(`${request.value} has no extensions here`);
        return { case: "allExtensionNumbersResponse", value: extensionNumbers(request.value, numbers) };
      }
      default:
        return notFound("ask for services, files, symbols or extensions");
    }
  }

  function withDependencies(file: DescFile | undefined, name: string): Answer {
    if (file === undefined) return notFound(`${name} is not known here`);
    const all = new Map<string, DescFile>();
    collect(file, all);
    const fileDescriptorProto = [...all.values()].map((each) => toBinary(FileDescriptorProtoSchema, each.proto));
    return {
      case: "fileDescriptorResponse",
      value: { $typeName: "grpc.reflection.v1.FileDescriptorResponse", fileDescriptorProto },
    };
  }
}

/** The same under its older name: the messages of v1alpha are those of v1 to the byte. */
export function createReflectionAlphaService(v1: ReturnType<typeof createReflectionService>) {
  return {
    async *serverReflectionInfo(requests: AsyncIterable<AlphaRequest>) {
      for await (const response of v1.serverReflectionInfo(fromAlpha(requests)))
        yield fromBinary(AlphaResponseSchema, toBinary(ServerReflectionResponseSchema, response));
    },
  };
}

async function* fromAlpha(requests: AsyncIterable<AlphaRequest>): AsyncIterable<ServerReflectionRequest> {
  for await (const request of requests)
    yield fromBinary(ServerReflectionRequestSchema, toBinary(AlphaRequestSchema, request));
}

function list(services: readonly DescService[]) {
  const service = services.map(({ typeName }) => ({
    $typeName: "grpc.reflection.v1.ServiceResponse" as const,
    name: typeName,
  }));
  return { $typeName: "grpc.reflection.v1.ListServiceResponse" as const, service };
}

function extensionNumbers(baseTypeName: string, extensionNumber: number[]) {
  return { $typeName: "grpc.reflection.v1.ExtensionNumberResponse" as const, baseTypeName, extensionNumber };
}

function notFound(errorMessage: string): Answer {
  const value = { $typeName: "grpc.reflection.v1.ErrorResponse" as const, errorCode: Code.NotFound, errorMessage };
  return { case: "errorResponse", value };
}

function filesOf(services: readonly DescService[]): ReadonlyMap<string, DescFile> {
  const files = new Map<string, DescFile>();
  for (const { file } of services) collect(file, files);
  return files;
}

/** A file after everything that it depends on, each once. */
function collect(file: DescFile, files: Map<string, DescFile>): void {
  if (files.has(file.proto.name)) return;
  for (const dependency of file.dependencies) collect(dependency, files);
  files.set(file.proto.name, file);
}

function extensionsOf(file: DescFile): readonly DescExtension[] {
  const nested = (messages: readonly DescMessage[]): readonly DescExtension[] =>
    messages.flatMap((message) => [...message.nestedExtensions, ...nested(message.nestedMessages)]);
  return [...file.extensions, ...nested(file.messages)];
}

/** The full names of what a file defines: services, their methods, messages, enums, extensions, and what is nested in them. */
function symbolsOf(file: DescFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const service of file.services) {
    names.add(service.typeName);
    for (const method of service.methods) names.add(`${service.typeName}.${method.name}`);
  }
  for (const { typeName } of [...file.enums, ...extensionsOf(file)]) names.add(typeName);
  const messages = [...file.messages];
  for (const message of messages) {
    names.add(message.typeName);
    messages.push(...message.nestedMessages);
    for (const { typeName } of message.nestedEnums) names.add(typeName);
    for (const { name } of [...message.fields, ...message.oneofs]) names.add(`${message.typeName}.${name}`);
  }
  return names;
}
