import { expect, test } from "vitest";
import { createOneAtATime } from "../../src/app/one-at-a-time.ts";

test("tasks with one key run one after the other in the order they came, those with another do not wait", async () => {
  const oneAtATime = createOneAtATime<string>();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const tasks = [
    oneAtATime("a", async () => {
      told.push("a1 begins");
      await first.promise;
      told.push("a1 ends");
    }),
    oneAtATime("a", async () => void told.push("a2")),
    oneAtATime("a", async () => void told.push("a3")),
  ];
  await oneAtATime("b", async () => void told.push("b1"));
  expect(told).toEqual(["a1 begins", "b1"]);
  first.resolve();
  await Promise.all(tasks);
  expect(told).toEqual(["a1 begins", "b1", "a1 ends", "a2", "a3"]);
});

test("a task that fails fails alone", async () => {
  const oneAtATime = createOneAtATime<string>();
  const failing = oneAtATime("a", () => Promise.reject(new Error("mine")));
  const next = oneAtATime("a", async () => "fine");
  await expect(failing).rejects.toThrow("mine");
  expect(await next).toBe("fine");
  expect(await oneAtATime("a", async () => "again")).toBe("again");
});
