/**
 * Whether the host of a URL is written as it is understood. Of `0x7f.1`, `2130706433`, `[::ffff:127.0.0.1]` or a name in other letters that only look like it,
 * whoever reviews a configuration does not see where it leads.
 */
export function hasPlainHost(url: string): boolean {
  // What is no address at all is told of by its own rule.
  if (!URL.canParse(url)) return true;
  const [, written] = /^https?:\/\/(?:[^@/?#\\]*@)?(\[[^\]]*\]|[^:/?#\\]+)/i.exec(url) ?? [];
  const { hostname } = new URL(url);
  return !url.includes("\\") && written?.toLowerCase() === hostname && !hostname.startsWith("[::ffff:");
}
