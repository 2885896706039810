/** A text without the user names and passwords of URLs in it. */
export function hideCredentials(text: string): string {
  return text.replaceAll(/\b(https?|esdb(?:\+discover)?):\/\/\S*@/g, "$1://(hidden)@");
}
