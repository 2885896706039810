package io.nexusattest.scenarios;

@FunctionalInterface
interface Task {
  void run() throws Exception;
}
