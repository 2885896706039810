import { parentPort, workerData } from "node:worker_threads";
import { type Assignment, judge } from "./judge.ts";

/** Verifies one package and is done. */
parentPort?.postMessage(judge(workerData as Assignment));
