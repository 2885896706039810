import { ADVERSARIES, type AdversaryName } from "./adversaries.ts";
import { COLUMNS, type Column } from "./attempt.ts";
import { ATTEMPTS, nameOf } from "./attempts.ts";
import { EXPECTED } from "./expected.ts";

const NAMES = Object.keys(ADVERSARIES) as AdversaryName[];

/** The expected ending of one cell, for a verifier who believes nobody (0), the server (1) or everybody (2). */
export function expectedEnding(attempt: (typeof ATTEMPTS)[number], who: AdversaryName, trust: 0 | 1 | 2): string {
  const rows = (EXPECTED[nameOf(attempt)] ?? []).filter((row) => row.who === "anybody" || row.who.includes(who));
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows for ${who}, ${nameOf(attempt)}`);
  return row.endings[trust];
}

/** The attempts of a column, with their numbers on the page. */
function attemptsOf(column: Column) {
  return ATTEMPTS.map((attempt, index) => ({ attempt, number: index + 1 })).filter(
    ({ attempt }) => attempt.column === column,
  );
}

/** Who goes undetected with what: a row an adversary, a column what they try, in a cell the numbers of the attempts. */
function overview(trust: 1 | 2): readonly string[] {
  return [
    `| holds | ${COLUMNS.join(" | ")} |`,
    `|-${"|-".repeat(COLUMNS.length)}|`,
    ...NAMES.map((who) => {
      const cells = COLUMNS.map((column) => {
        const undetected = attemptsOf(column).filter(
          ({ attempt }) => expectedEnding(attempt, who, trust) === "AUTHENTIC",
        );
        return undetected.length === 0 ? "·" : undetected.map(({ number }) => number).join(", ");
      });
      return `| ${who} | ${cells.join(" | ")} |`;
    }),
  ];
}

function details(column: Column): readonly string[] {
  const rows = attemptsOf(column).flatMap(({ attempt, number }) =>
    (EXPECTED[nameOf(attempt)] ?? []).map(({ who, endings }, index) => {
      const tried = index === 0 ? `**${number}** ${attempt.what}` : "";
      return `| ${[tried, who === "anybody" ? who : who.join("; "), ...endings.map(inCode)].join(" | ")} |`;
    }),
  );
  const undetected = attemptsOf(column).filter(({ attempt }) => attempt.why !== undefined);
  return [
    `#### To ${column}`,
    "",
    "| attempt | who holds | nobody is believed | the server's key | everybody's keys, checks required |",
    "|-|-|-|-|-|",
    ...rows,
    "",
    ...undetected.flatMap(({ attempt, number }) => [`- **${number}** where it is not detected: ${attempt.why}.`]),
    ...(undetected.length === 0 ? [] : [""]),
  ];
}

/** Checks as code, words as words. */
function inCode(ending: string): string {
  return ending.replaceAll(
    /[a-z]+(?:_[a-z]+)+|(?<=BROKEN: |, )(?:format|outcome|replay|template)|(?<=no )template/g,
    "`$&`",
  );
}

/** The part of docs/threat-model.md that the table gives. */
export function tables(): string {
  return [
    "### Not detected, although everybody is believed and the checks are required",
    "",
    "Rows hold, columns try. A dot: nothing of the kind goes undetected. A number: this attempt does, and [below](#every-cell) it says why.",
    "",
    ...overview(2),
    "",
    "### Not detected by whoever believes the server alone",
    "",
    ...overview(1),
    "",
    "### Every cell",
    "",
    "How each attempt ends at best. AUTHENTIC: it is not detected. CONSISTENT: the verifier says that nobody vouches for it (exit code 9 with `--trust`). BROKEN: the",
    "checks that fail; with *no*, a required check that has nothing to pass by.",
    "",
    ...COLUMNS.flatMap(details),
  ]
    .join("\n")
    .trimEnd();
}
