export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of a Dockerfile: comments gone, continued lines joined. */
export function instructionsOf(dockerfile: string): Instruction[] {
  return dockerfile
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, name = "", rest = ""] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), rest };
    });
}

/** What a Dockerfile copies from the checkout, in its order. */
export function copiedFrom(instructions: readonly Instruction[]): string[] {
  return instructions
    .filter(({ name, rest }) => name === "COPY" && !rest.includes("--from="))
    .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
}

/** What in a Dockerfile is not as it has to be, given the Node that the tests run on and what may be copied. */
export function faultsOf(dockerfile: string, node: string, copied: readonly string[]): string[] {
  const instructions = instructionsOf(dockerfile);
  const of = (name: string) => instructions.filter((each) => each.name === name).map(({ rest }) => rest);
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"));
  const user = last.findLast(({ name }) => name === "USER")?.rest ?? "root";
  return [
    ...of("FROM")
      .filter(
        (from) =>
          !new RegExp(`^node:${node.replaceAll(".", "\\.")}-[a-z-]+(@sha256:[0-9a-f]{64})?( AS \\w+)?$`).test(from),
      )
      .map((from) => `FROM ${from}`),
    ...(/^(root|0)(:|$)/.test(user) ? [`runs as ${user}`] : []),
    ...of("ADD").map((what) => `ADD ${what}`),
    ...copiedFrom(instructions)
      .filter((path) => !copied.includes(path))
      .map((path) => `copies ${path}`),
    ...(of("HEALTHCHECK").some((check) => check.includes('"health"')) ? [] : ["has no health check"]),
    ...[...of("ENV"), ...of("ARG")].filter((it) => /password|secret|token/i.test(it)).map((it) => `holds ${it}`),
    ...of("RUN")
      .filter((run) => /npm (i|install|ci)\b/.test(run) && !/npm ci .*--omit=dev\b/.test(run))
      .map((run) => `RUN ${run}`),
    ...of("RUN")
      .filter((run) => /https?:|curl|wget/.test(run))
      .map((run) => `RUN ${run}`),
    ...[...of("ENTRYPOINT"), ...of("CMD")].filter((it) => !it.startsWith("[")).map((it) => `starts ${it} by a shell`),
  ];
}
