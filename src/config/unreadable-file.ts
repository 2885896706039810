import { ConfigError } from "./load-config.ts";

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
};

/** Why a file cannot be read, in words where there are some. */
export function whyUnreadable(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return WORDS[code ?? ""] ?? code ?? String(cause);
}

/** A file that the configuration names and that cannot be read: by which key, and where a relative path has led. Never with what is in it. */
export function unreadableFile(key: string, file: string, cause: unknown): ConfigError {
  const where = file.startsWith("/") ? "" : ` Relative paths start at the working directory, ${process.cwd()}.`;
  return new ConfigError(`${key}: the file ${file} cannot be read: ${whyUnreadable(cause)}.${where}`, { cause });
}
