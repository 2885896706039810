package io.nexusattest.verify;

/** The null of JSON, which is a value and not the lack of one. */
enum JsonNull {
  NULL
}
