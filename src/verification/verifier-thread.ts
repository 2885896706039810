import { parentPort, workerData } from "node:worker_threads";
import { type Job, WORK } from "./work.ts";

/** Does one job and is done. */
const { work, assignment } = workerData as Job;
parentPort?.postMessage(WORK[work](assignment));
