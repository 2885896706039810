import { hash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { contentDigest } from "../../src/exchange/python-json.ts";
import { readForeignBundle } from "../../src/exchange/read-foreign-bundle.ts";

/** JSON to be changed at will. */
export type Loose = ReturnType<typeof JSON.parse>;

const DIRECTORY = new URL("../../testdata/nexus-attest-python/", import.meta.url);

/** The names of the files that the original exported. */
export const GOLDEN = readdirSync(DIRECTORY).filter((name) => /\.(bundle|package)\.json$/.test(name));

export function golden(name: string): Buffer {
  return readFileSync(new URL(name, DIRECTORY));
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What is wrong with a file; undefined: nothing. */
export function problemWith(file: Uint8Array | string): string | undefined {
  const read = readForeignBundle(typeof file === "string" ? bytesOf(file) : file);
  return "problem" in read ? read.problem : undefined;
}

/** A file of the original, changed, and every digest made good again by somebody who knows the format as well as we do. */
export function forge(name: string, change: Change, late?: LateChange): string {
  return reseal(golden(name).toString(), change, late);
}

type Change = (bundle: Loose, file: Loose) => void;

/** What is changed of the digests themselves, before those are made good that cover them. */
interface LateChange {
  readonly ofEvents?: (events: Loose[]) => void;
  readonly ofBinding?: (binding: Loose) => void;
}

/** The same of any file in the original's formats. */
export function reseal(text: string, change: Change, late: LateChange = {}): string {
  const file = JSON.parse(text);
  const bundle = file.control_bundle ?? file;
  change(bundle, file);
  const { decision_id } = bundle.decision;
  for (const event of bundle.events) event.digest = contentDigest({ event_type: event.type, payload: event.payload });
  late.ofEvents?.(bundle.events);
  const link = bundle.router_link;
  const bare = (digest: string | undefined) => digest?.slice("sha256:".length) ?? null;
  if (link.run_id !== undefined)
    link.control_router_link_digest = `sha256:${contentDigest({
      decision_id,
      run_id: link.run_id,
      router_request_digest: bare(link.router_request_digest),
      router_result_digest: bare(link.router_result_digest),
    })}`;
  const { integrity, provenance, meta: _meta, ...content } = bundle;
  const digest = contentDigest(content);
  integrity.canonical_digest = `sha256:${digest}`;
  record(provenance, decision_id, `bundle:sha256:${digest}`, digest);
  if (file === bundle) return JSON.stringify(file);
  file.binding.control_digest = integrity.canonical_digest;
  file.binding.control_router_link_digest = link.control_router_link_digest;
  late.ofBinding?.(file.binding);
  const binding = contentDigest({ package_version: file.package_version, ...file.binding });
  file.integrity.binding_digest = `sha256:${binding}`;
  record(file.provenance, decision_id, `audit_package:sha256:${binding}`, binding);
  return JSON.stringify(file);
}

function record(provenance: Loose, decisionId: string, output: string, digest: string): void {
  const [first] = provenance.records;
  first.inputs = [`decision:${decisionId}`];
  first.outputs = [output];
  first.prov_id = `prov_${sha256(`${decisionId}:${digest}`).slice(0, 12)}`;
}

function sha256(text: string): string {
  return hash("sha256", text);
}
